//! Handlers: the methods of the trait that a user implements.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Model, PromptBody, ResourceBody};
use crate::name;
use std::collections::HashMap;

/// A handler is named after its item, so that the item's name holds one: a letter first once it is in snake case.
pub(super) fn check_method(cx: &mut Cx<'_>, at: &Address, item: &str) -> String {
    name::identifier(item).unwrap_or_else(|| {
        cx.report(
            Code::NoIdentifier,
            at,
            format!("`{item}` gives no name for a Rust method"),
        )
        .at_key()
        .help("begin with a letter, and not with `self`, `super` or `crate` alone");
        String::new()
    })
}

/// All handlers are methods of one trait, so that no two items may share a name in snake case, whatever they are: `get-order` and
/// `getOrder` do.
pub(super) fn check_handlers(model: &Model, cx: &mut Cx<'_>) {
    let mut first: HashMap<&str, Address> = HashMap::new();
    for (method, at) in handlers(model)
        .into_iter()
        .filter(|(method, _)| !method.is_empty())
    {
        let Some(first_at) = first.get(method) else {
            first.insert(method, at);
            continue;
        };
        let resource = Address::root().key("resources").contains(&at);
        let help = if resource {
            format!("name = \"{}_resource\"", name::plain(method))
        } else {
            "rename one of them".to_owned()
        };
        cx.report(
            Code::HandlerCollision,
            &at,
            format!("two handlers would be called `{method}`"),
        )
        .at_key()
        .related(first_at.clone(), "the other one")
        .help(help);
    }
}

/// The handlers and the items they serve.
fn handlers(model: &Model) -> Vec<(&str, Address)> {
    let root = Address::root();
    let tools = model
        .tools
        .iter()
        .map(|t| (t.method.as_str(), root.keys(["tools", &t.name])));
    let resources = model
        .resources
        .iter()
        .filter(|r| r.body == ResourceBody::Handler);
    let prompts = model
        .prompts
        .iter()
        .filter(|p| p.body == PromptBody::Handler);
    tools
        .chain(resources.map(|r| (r.method.as_str(), root.keys(["resources", r.uri.as_str()]))))
        .chain(prompts.map(|p| (p.method.as_str(), root.keys(["prompts", &p.name]))))
        .collect()
}
