//! Handlers: the methods of the trait that a user implements.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Field, Model, PromptBody, ResourceBody, ToolBody};
use crate::name;
use std::collections::HashMap;

/// Whether a handler is given a `call`. What has a fixed `body` has no handler that could be given one.
pub(super) fn check_interactive(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<bool>,
    body: Option<&str>,
) -> bool {
    let Some(interactive) = raw else {
        return false;
    };
    check_has_handler(cx, at, "interactive", body) && interactive
}

/// Whether the handler of a resource or a prompt answers content of any kind: `output = "content"`. Other outputs are for tools.
pub(super) fn check_content(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&str>,
    kind: &str,
    body: Option<&str>,
) -> bool {
    let Some(output) = raw else { return false };
    if !check_has_handler(cx, at, "output", body) {
        return false;
    }
    if output != "content" {
        let help = match output {
            "text" | "string" => format!("leave `output` out: a {kind} answers text"),
            _ => "output = \"content\", or leave it out for text".to_owned(),
        };
        cx.report(
            Code::BadOutput,
            at,
            format!("`{output}` is not an output of a {kind}"),
        )
        .help(help);
    }
    output == "content"
}

/// A key for handlers stands where there is one. `body` is the key that leaves none to write.
fn check_has_handler(cx: &mut Cx<'_>, at: &Address, key: &str, body: Option<&str>) -> bool {
    let Some(body) = body else { return true };
    cx.report(
        Code::KeyWithoutHandler,
        at,
        format!("`{key}` is for a handler, and `{body}` leaves none to write"),
    )
    .at_key()
    .help(format!("leave out `{key}` or `{body}`"));
    false
}

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
    let mut first: HashMap<String, Address> = HashMap::new();
    for (method, at) in handlers(model)
        .into_iter()
        .filter(|(method, _)| !method.is_empty())
    {
        let Some(first_at) = first.get(&method) else {
            first.insert(method, at);
            continue;
        };
        let resource = matches!(at.item(), Some(("resources", _)));
        let help = if resource {
            format!("name = \"{}_resource\"", name::plain(&method))
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

/// The handlers and what they serve.
fn handlers(model: &Model) -> Vec<(String, Address)> {
    let root = Address::root();
    let tools = model
        .tools
        .iter()
        .filter(|t| t.body == ToolBody::Handler)
        .map(|t| (t.method.clone(), root.keys(["tools", &t.name])));
    let at = |uri: &str| root.keys(["resources", uri]);
    let resources = model
        .resources
        .iter()
        .filter(|r| r.body == ResourceBody::Handler)
        .map(|r| (r.method.clone(), at(r.uri.as_str())));
    let prompts = model
        .prompts
        .iter()
        .filter(|p| p.body == PromptBody::Handler)
        .map(|p| (p.method.clone(), root.keys(["prompts", &p.name])));
    let variables = model
        .resources
        .iter()
        .flat_map(|r| completions(&r.method, &r.params, at(r.uri.as_str())));
    let arguments = model
        .prompts
        .iter()
        .flat_map(|p| completions(&p.method, &p.params, root.keys(["prompts", &p.name])));
    let schedules = model
        .schedules
        .iter()
        .map(|s| (s.method.clone(), root.keys(["schedules", &s.name])));
    // Whose names nobody chose come first: the others can be renamed.
    events(model)
        .into_iter()
        .chain(tools)
        .chain(resources)
        .chain(prompts)
        .chain(variables)
        .chain(arguments)
        .chain(schedules)
        .collect()
}

/// The handlers of events that are there once.
fn events(model: &Model) -> Vec<(String, Address)> {
    let root = Address::root();
    let state = model.state.as_ref();
    let sockets = ["on_connect", "on_message", "on_close", "on_error"];
    let websocket = sockets
        .into_iter()
        .filter(|_| model.websocket.is_some())
        .map(|method| (method, root.key("websocket")));
    let request = model
        .request
        .iter()
        .map(|_| ("on_request", root.key("request")));
    let updated = state
        .filter(|it| it.on_update)
        .map(|_| ("on_state_update", root.keys(["state", "on_update"])));
    let migrate = state
        .filter(|it| it.version > 1)
        .map(|_| ("migrate", root.keys(["state", "version"])));
    let all = websocket.chain(request).chain(updated).chain(migrate);
    all.map(|(method, at)| (method.to_owned(), at)).collect()
}

/// The handlers that complete the params of the item at `at`. What has no name has been reported.
fn completions(
    method: &str,
    params: &[Field],
    at: Address,
) -> impl Iterator<Item = (String, Address)> {
    let named = params
        .iter()
        .filter(|param| param.complete && !method.is_empty())
        .filter_map(|param| Some((name::completion(method, &param.name)?, param)));
    named.map(move |(completion, param)| (completion, at.keys(["params", &param.name])))
}
