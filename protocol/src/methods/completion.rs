//! `completion/complete`.

use super::{Context, Outcome, target};
use crate::Answer;
use crate::call::{CallHead, Target, TargetKind};
use crate::catalog::CompletionSource;
use crate::engine::{Engine, Output};
use crate::error::{RpcError, clip};
use crate::jsonrpc::Params;
use crate::order::order;
use crate::uri_template;
use crate::wire::{Object, members, quote, string};
use serde_json::value::RawValue;
use std::borrow::Cow;

impl Engine {
    pub(super) fn complete<'r>(
        &self,
        context: Context,
        id: &str,
        params: &Params<'r>,
    ) -> Outcome<'r> {
        let of = self.referred(params.reference)?;
        self.may_use(&context, of)
            .map_err(|refusal| refusal.error())?;
        let argument = params
            .argument
            .and_then(members)
            .ok_or_else(|| RpcError::invalid_params("`argument` must be an object"))?;
        let text = |name: &str| {
            unique(&argument, name).and_then(string).ok_or_else(|| {
                RpcError::invalid_params(["`argument.", name, "` must be a string"].concat())
            })
        };
        let (name, value) = (text("name")?, text("value")?);
        let known = if context.version.has_completion_context() {
            known_arguments(params.context)?
        } else {
            None
        };
        let completion = self
            .catalog
            .completions
            .iter()
            .find(|it| it.kind == of.kind && it.index == of.index && it.argument == name);
        match completion.map(|completion| completion.source) {
            Some(CompletionSource::Values(all)) => {
                Ok(self.completed(context, id, matching(all, &value)))
            }
            Some(CompletionSource::Handler { index, place }) => {
                if self.lacks_session(&context, place) {
                    let message = "this argument is completed from the state of a session, and this protocol version has no sessions";
                    return Err(RpcError::invalid_params(message));
                }
                let target = target(TargetKind::Completion, index);
                let mut json = String::from("{\"value\":");
                quote(&mut json, &value);
                json.push_str(",\"arguments\":");
                json.push_str(known.map_or("{}", RawValue::get));
                json.push('}');
                Ok(self.call(context, id, place, target, Cow::Owned(json), None))
            }
            None if self.has_argument(of, &name) => Ok(self.completed(context, id, Vec::new())),
            None => Err(RpcError::invalid_params(
                ["there is no such argument: ", &clip(&name)].concat(),
            )),
        }
    }

    /// The prompt or resource that is meant.
    fn referred(&self, reference: Option<&RawValue>) -> Result<Target, RpcError> {
        let reference = reference
            .and_then(members)
            .ok_or_else(|| RpcError::invalid_params("`ref` must be an object"))?;
        let text = |name: &str| {
            unique(&reference, name).and_then(string).ok_or_else(|| {
                RpcError::invalid_params(["`ref.", name, "` must be a string"].concat())
            })
        };
        match &*text("type")? {
            "ref/prompt" => {
                let name = text("name")?;
                let index = self.index.prompt(&self.catalog, &name);
                index
                    .map(|index| target(TargetKind::Prompt, index))
                    .ok_or_else(|| {
                        RpcError::invalid_params(["unknown prompt: ", &clip(&name)].concat())
                    })
            }
            "ref/resource" => {
                let uri = text("uri")?;
                // The template's own text, or a URI of it.
                let index = self.index.resource(&self.catalog, &uri);
                let index = index.or_else(|| self.find_resource(&uri).map(|(index, _)| index));
                index
                    .map(|index| target(TargetKind::Resource, index))
                    .ok_or_else(|| {
                        RpcError::invalid_params(["unknown resource: ", &clip(&uri)].concat())
                    })
            }
            _ => Err(RpcError::invalid_params(
                "`ref.type` must be `ref/prompt` or `ref/resource`",
            )),
        }
    }

    /// Whether an argument is declared, be it without completion.
    fn has_argument(&self, of: Target, name: &str) -> bool {
        if of.kind == TargetKind::Resource {
            let item = &self.catalog.resources[of.index];
            return item.template && uri_template::variables(item.uri).any(|it| it == name);
        }
        let listed = serde_json::from_str::<Object<'_>>(self.catalog.prompts[of.index].json).ok();
        let listed = listed.and_then(|listed| listed.get("arguments"));
        let arguments =
            listed.and_then(|all| serde_json::from_str::<Vec<Object<'_>>>(all.get()).ok());
        arguments.is_some_and(|all| {
            all.iter().any(|one| {
                one.get("name")
                    .and_then(string)
                    .is_some_and(|it| it == name)
            })
        })
    }

    /// The response, without a handler.
    fn completed<'r>(&self, context: Context, id: &str, values: Vec<String>) -> Output<'r> {
        let head = CallHead {
            id: id.to_owned(),
            version: context.version,
            framing: context.framing,
            session: None,
            client: context.client,
            target: target(TargetKind::Completion, 0),
            trace: None,
            who: None,
        };
        Output::Reply(self.respond(&head, Ok(Answer::Completion(values))))
    }
}

/// A member that is there once.
fn unique<'a>(object: &Object<'a>, name: &str) -> Option<&'a RawValue> {
    let count = object.0.iter().filter(|(key, _)| key == name).count();
    object.get(name).filter(|_| count == 1)
}

/// `context.arguments` as written: strings, each name once.
fn known_arguments(context: Option<&RawValue>) -> Result<Option<&RawValue>, RpcError> {
    let given = |raw: Option<&'_ RawValue>| raw.is_some_and(|raw| raw.get() != "null");
    if !given(context) {
        return Ok(None);
    }
    let context = context
        .and_then(members)
        .ok_or_else(|| RpcError::invalid_params("`context` must be an object"))?;
    if !given(context.get("arguments")) {
        return Ok(None);
    }
    let arguments = unique(&context, "arguments");
    let strings = |Object(all): &Object<'_>| {
        let sorted = order(all.len(), &|a, b| all[a].0 < all[b].0);
        let unique = sorted
            .windows(2)
            .all(|pair| all[pair[0]].0 != all[pair[1]].0);
        unique && all.iter().all(|(_, value)| string(value).is_some())
    };
    match arguments.and_then(members) {
        Some(all) if strings(&all) => Ok(arguments),
        _ => Err(RpcError::invalid_params(
            "`context.arguments` must be an object of strings without duplicates",
        )),
    }
}

/// The values that begin with what was typed, in their order; where none does, those that do but for the case of ASCII letters.
fn matching(all: &[&str], typed: &str) -> Vec<String> {
    let begins = |value: &str, alike: fn(&str, &str) -> bool| {
        value
            .get(..typed.len())
            .is_some_and(|start| alike(start, typed))
    };
    let pick = |alike| -> Vec<String> {
        let found = all.iter().filter(|value| begins(value, alike));
        found.map(|value| (*value).to_owned()).collect()
    };
    let found = pick(|start, typed| start == typed);
    if found.is_empty() {
        return pick(str::eq_ignore_ascii_case);
    }
    found
}
