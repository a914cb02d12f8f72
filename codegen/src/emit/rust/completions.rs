//! What can be completed: arguments of prompts and variables of templates that are an `enum`, or that a handler completes.

use super::catalog::place;
use super::handlers::{Params, Returned, Signature};
use crate::model::{Access, Agent, Field, Type};
use crate::name;
use proc_macro2::TokenStream;
use quote::quote;

/// What an argument may be of that is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A resource template.
    Resource,
    /// A prompt.
    Prompt,
}

/// One param that can be completed.
struct Completable<'a> {
    /// The kind of its item.
    target: TargetKind,
    /// The item's place in its list.
    index: usize,
    /// Its item, for people.
    item: String,
    /// The name of its item's handler.
    method: &'a str,
    /// How its item uses the state.
    access: Access,
    param: &'a Field,
}

/// All of them, resources first, each in the order of the declaration.
fn completables(agent: &Agent) -> Vec<Completable<'_>> {
    let mut all = Vec::new();
    for (index, resource) in agent.resources.iter().enumerate() {
        let item = format!("the resource `{}`", resource.uri.as_str());
        let (method, access) = (resource.method.as_str(), resource.access);
        all.extend(resource.params.iter().map(|param| Completable {
            target: TargetKind::Resource,
            index,
            item: item.clone(),
            method,
            access,
            param,
        }));
    }
    for (index, prompt) in agent.prompts.iter().enumerate() {
        let item = format!("the prompt `{}`", prompt.name);
        let (method, access) = (prompt.method.as_str(), prompt.access);
        all.extend(prompt.params.iter().map(|param| Completable {
            target: TargetKind::Prompt,
            index,
            item: item.clone(),
            method,
            access,
            param,
        }));
    }
    all.retain(|one| one.param.complete || matches!(one.param.ty, Type::Enum(_)));
    all
}

/// What handlers complete, in their order: the kind and the place of the item, and the name of its argument.
pub fn by_handlers(agent: &Agent) -> Vec<(TargetKind, usize, &str)> {
    let completed = completables(agent)
        .into_iter()
        .filter(|one| one.param.complete);
    completed
        .map(|one| (one.target, one.index, one.param.name.as_str()))
        .collect()
}

/// The entries of the catalog's list. Handlers are numbered in the order of [`signatures`].
pub fn catalog(agent: &Agent) -> Vec<TokenStream> {
    let places = completables(agent)
        .into_iter()
        .filter(|one| one.param.complete);
    entries(
        agent,
        &places.map(|one| one.handler_access()).collect::<Vec<_>>(),
    )
}

/// The same, given how each handler uses the state.
pub fn entries(agent: &Agent, accesses: &[Access]) -> Vec<TokenStream> {
    let mut handlers = 0_usize;
    let entry = |one: Completable<'_>| {
        let Completable { index, param, .. } = &one;
        let kind = match one.target {
            TargetKind::Resource => quote!(::mcp_agent::__rt1::TargetKind::Resource),
            TargetKind::Prompt => quote!(::mcp_agent::__rt1::TargetKind::Prompt),
        };
        let argument = &param.name;
        let source = match &param.ty {
            Type::Enum(values) => {
                quote!(::mcp_agent::__rt1::CompletionSource::Values(&[#(#values),*]))
            }
            _ => {
                let access = accesses.get(handlers).copied();
                let (index, place) = (handlers, place(access.unwrap_or(Access::None)));
                handlers += 1;
                quote!(::mcp_agent::__rt1::CompletionSource::Handler { index: #index, place: #place })
            }
        };
        quote!(::mcp_agent::__rt1::Completion { kind: #kind, index: #index, argument: #argument, source: #source })
    };
    completables(agent).into_iter().map(entry).collect()
}

/// The handlers of completions.
pub fn signatures(agent: &Agent) -> impl Iterator<Item = Signature> {
    let completed = completables(agent)
        .into_iter()
        .filter(|one| one.param.complete);
    completed.map(|one| Signature {
        // `check` made sure that there is a name.
        method: name::completion(one.method, &one.param.name).unwrap_or_default(),
        item: format!("Completes `{}` of {}.", one.param.name, one.item),
        description: None,
        access: one.handler_access(),
        interactive: false,
        handle: None,
        params: Some(Params::Complete),
        output: Returned::Strings,
    })
}

impl Completable<'_> {
    /// A completion of what uses the state may read it; nothing is written while somebody types.
    fn handler_access(&self) -> Access {
        match self.access {
            Access::None => Access::None,
            Access::Read | Access::Write => Access::Read,
        }
    }
}
