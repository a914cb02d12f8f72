//! `resources/read`.

use super::{Context, Outcome, invalid_arguments, target};
use crate::call::TargetKind;
use crate::engine::Engine;
use crate::error::RpcError;
use crate::jsonrpc::Params;
use crate::uri_template;
use crate::wire::{quote, string};
use std::borrow::Cow;

impl Engine {
    pub(super) fn read_resource<'r>(
        &self,
        context: Context,
        id: &str,
        params: &Params<'r>,
    ) -> Outcome<'r> {
        let uri = params
            .uri
            .and_then(string)
            .ok_or_else(|| RpcError::invalid_params("`uri` must be a string"))?;
        let Some((index, variables)) = self.find_resource(&uri) else {
            return Err(RpcError::resource_not_found(&uri).in_version(context.version));
        };
        let target = target(TargetKind::Resource, index);
        if let Err(violations) = self.check_arguments(target, &variables)? {
            return Err(invalid_arguments(&violations));
        }
        let place = self.catalog.resources[index].place;
        if self.lacks_session(&context, place) {
            let message = "this resource shows the state of a session, and this protocol version has no sessions";
            return Err(RpcError::invalid_params(message));
        }
        Ok(self.call(context, id, place, target, variables, Some(uri)))
    }

    /// A plain URI first, then the templates in their order; with the variables as a JSON object of strings.
    fn find_resource(&self, uri: &str) -> Option<(usize, Cow<'static, str>)> {
        let resources = self.catalog.resources;
        if let Some(index) = self
            .index
            .resource(&self.catalog, uri)
            .filter(|index| !resources[*index].template)
        {
            return Some((index, Cow::Borrowed("{}")));
        }
        let templates = resources
            .iter()
            .enumerate()
            .filter(|(_, item)| item.template);
        let mut matches = templates
            .filter_map(|(index, item)| Some((index, uri_template::matches(item.uri, uri)?)));
        matches.next().map(|(index, variables)| {
            let mut json = String::from("{");
            for (name, value) in variables {
                if json.len() > 1 {
                    json.push(',');
                }
                quote(&mut json, name);
                json.push(':');
                quote(&mut json, &value);
            }
            json.push('}');
            (index, Cow::Owned(json))
        })
    }
}
