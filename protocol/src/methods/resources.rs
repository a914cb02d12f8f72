//! `resources/read`.

use super::{Context, Outcome, invalid_arguments, target};
use crate::call::{Target, TargetKind};
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
        self.may_use(&context, target)
            .map_err(|refusal| refusal.error())?;
        let variables = self.variables(target, variables)?;
        let variables = self
            .check_arguments(target, variables)?
            .map_err(|violations| invalid_arguments(&violations))?;
        let place = self.catalog.resources[index].place;
        if self.lacks_session(&context, place) {
            let message = "this resource shows the state of a session, and this protocol version has no sessions";
            return Err(RpcError::invalid_params(message));
        }
        Ok(self.call(context, id, place, target, variables, Some(uri)))
    }

    /// A plain URI first, then the templates in their order; with the variables' values.
    pub(crate) fn find_resource(&self, uri: &str) -> Option<(usize, Vec<(&'static str, String)>)> {
        let resources = self.catalog.resources;
        let exact = self.index.resource(&self.catalog, uri);
        if let Some(index) = exact.filter(|index| !resources[*index].template) {
            return Some((index, Vec::new()));
        }
        let mut templates = resources
            .iter()
            .enumerate()
            .filter(|(_, item)| item.template);
        templates.find_map(|(index, item)| Some((index, uri_template::matches(item.uri, uri)?)))
    }

    /// Variables as a JSON object: strings, and numbers where integers are declared.
    fn variables(
        &self,
        target: Target,
        variables: Vec<(&str, String)>,
    ) -> Result<Cow<'static, str>, RpcError> {
        if variables.is_empty() {
            return Ok(Cow::Borrowed("{}"));
        }
        let validator = self
            .index
            .validator(&self.catalog, target)
            .map_err(|()| RpcError::internal())?;
        let mut json = String::new();
        for (name, value) in variables {
            json.push(if json.is_empty() { '{' } else { ',' });
            quote(&mut json, name);
            json.push(':');
            if is_integer(&value)
                && validator.is_some_and(|validator| validator.wants_integer(name))
            {
                json.push_str(&value);
            } else {
                quote(&mut json, &value);
            }
        }
        json.push('}');
        Ok(Cow::Owned(json))
    }
}

/// Whether a text is an integer as JSON writes it.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
}
