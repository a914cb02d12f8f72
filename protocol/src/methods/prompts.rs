//! `prompts/get`.

use super::{Context, Outcome, arguments, invalid_arguments, target};
use crate::call::TargetKind;
use crate::engine::Engine;
use crate::error::{RpcError, clip};
use crate::jsonrpc::Params;
use crate::wire::{Object, string};
use std::borrow::Cow;

impl Engine {
    pub(super) fn get_prompt<'r>(
        &self,
        context: Context,
        id: &str,
        params: &Params<'r>,
    ) -> Outcome<'r> {
        let name = params
            .name
            .and_then(string)
            .ok_or_else(|| RpcError::invalid_params("`name` must be a string"))?;
        let Some(index) = self.index.prompt(&self.catalog, &name) else {
            return Err(RpcError::invalid_params(
                ["unknown prompt: ", &clip(&name)].concat(),
            ));
        };
        let target = target(TargetKind::Prompt, index);
        self.may_use(&context, target)
            .map_err(|refusal| refusal.error())?;
        let arguments = arguments(params)?;
        if !are_strings(arguments) {
            return Err(RpcError::invalid_params(
                "the arguments of a prompt must be strings",
            ));
        }
        let arguments = self
            .check_arguments(target, Cow::Borrowed(arguments))?
            .map_err(|violations| invalid_arguments(&violations))?;
        let place = self.catalog.prompts[index].place;
        if self.lacks_session(&context, place) {
            let message = "this prompt shows the state of a session, and this protocol version has no sessions";
            return Err(RpcError::invalid_params(message));
        }
        Ok(self.call(context, id, place, target, arguments, None))
    }
}

/// Whether every member of an object is a string, as the specification has it for prompts.
fn are_strings(arguments: &str) -> bool {
    serde_json::from_str::<Object<'_>>(arguments)
        .is_ok_and(|Object(members)| members.iter().all(|(_, value)| string(value).is_some()))
}
