//! `src/lib.rs` of a new project: a handler for each item that Rust answers, which says what to write.

use super::events::{self, Event};
use super::handlers::{Params, Returned, Signature, signatures};
use crate::model::{Access, Agent, written};
use crate::name;

/// The width that rustfmt breaks lines at.
const WIDTH: usize = 100;

/// What a handler file speaks of: the runtime's prelude and Rust's.
const TAKEN: [&str; 36] = [
    "Annotations",
    "Box",
    "Call",
    "ClientCaps",
    "CompleteParams",
    "Content",
    "Cx",
    "Due",
    "Elicit",
    "Elicited",
    "Err",
    "Error",
    "Json",
    "Level",
    "List",
    "Message",
    "None",
    "Ok",
    "Option",
    "PromptMessage",
    "PromptResult",
    "Request",
    "ResourceContents",
    "ResourceLink",
    "Response",
    "Result",
    "Role",
    "Root",
    "Sampled",
    "Sampling",
    "Self",
    "Socket",
    "Some",
    "String",
    "ToolResult",
    "Vec",
];

/// What a handler is told that may change the state.
const CHANGE: &str =
    "Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.";

/// One handler to write.
pub struct Stub {
    /// The method, without a raw prefix.
    pub method: String,
    /// `async fn add(&mut self, cx: &Cx, p: counter::AddParams) -> Result<String>`.
    pub signature: String,
    /// The whole method, indented as it stands in the impl.
    pub text: String,
    /// Whether the compiler asks for it: others do nothing where they are not written.
    pub is_required: bool,
}

/// The struct that a new project gets: `acme-orders` is `AcmeOrders`.
pub fn struct_name(agent: &Agent) -> String {
    let name = name::camel(&agent.server.name);
    // A name that starts with a digit is legal for a Worker and not for a type; one of the prelude's would hide it.
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !TAKEN.contains(&name.as_str()) {
        name
    } else {
        format!("Agent{name}")
    }
}

/// The handlers that the declaration needs or allows, in its order.
pub fn handlers(agent: &Agent, module: &str) -> Vec<Stub> {
    let signatures = signatures(agent);
    let items = signatures.iter().map(|signature| stub(signature, module));
    items
        .chain(events::all(agent).iter().map(event_stub))
        .collect()
}

/// The whole file.
pub fn stubs(agent: &Agent) -> String {
    let owner = struct_name(agent);
    let module = name::identifier(&owner).unwrap_or_else(|| "agent".into());
    let handlers: Vec<_> = handlers(agent, &module)
        .into_iter()
        .filter(|stub| stub.is_required)
        .map(|stub| stub.text)
        .collect();
    let body = if handlers.is_empty() {
        "{}\n".to_owned()
    } else {
        format!("{{\n{}}}\n", handlers.join("\n"))
    };
    format!(
        "use mcp_agent::prelude::*;\n\n// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.\n\
         #[mcp_agent(config = \"mcp.toml\")]\npub struct {owner};\n\nimpl {module}::Handlers for {owner} {body}"
    )
}

fn stub(signature: &Signature, module: &str) -> Stub {
    let completes = matches!(signature.params, Some(Params::Complete));
    let what = match signature.access {
        _ if completes => "Values that go on from `_p.value`, best first.",
        Access::None if signature.handle.is_some() => {
            "Runs where the handle is, which is kept as it is left when this returns `Ok`."
        }
        Access::None => "Runs anywhere, without the state.",
        Access::Read => "`self` is the state as it was last committed.",
        Access::Write => CHANGE,
    };
    let method = &signature.method;
    let plain = name::plain(method);
    let output = output(signature, module);
    let head = format!("async fn {method}");
    let body = match completes {
        true => "Ok(Vec::new())".to_owned(),
        false => not_yet(plain),
    };
    let parameters = |unused| parameters(signature, module, unused);
    Stub {
        method: plain.into(),
        signature: one_line(&head, &parameters(""), &output),
        text: method_text(&head, &parameters("_"), &output, what, &body),
        is_required: true,
    }
}

/// The handler of an event.
fn event_stub(event: &Event) -> Stub {
    let (method, plain) = (&event.method, name::plain(&event.method));
    let what = match event.access {
        _ if !event.is_async() => "Every state of an older version comes here once.",
        Access::None => "Runs anywhere, without the state.",
        Access::Read => "`self` is the state as it was last committed.",
        Access::Write => CHANGE,
    };
    let receiver = match event.access {
        Access::None => None,
        Access::Read => Some("&self".to_owned()),
        Access::Write => Some("&mut self".to_owned()),
    };
    let parameters = |unused: &str| {
        let given = event.given.iter().map(|it| it.written(unused));
        receiver
            .clone()
            .into_iter()
            .chain(given)
            .collect::<Vec<_>>()
    };
    let asynchronous = if event.is_async() { "async " } else { "" };
    let head = format!("{asynchronous}fn {method}");
    let output = written(event.output);
    Stub {
        method: plain.into(),
        signature: one_line(&head, &parameters(""), &output),
        text: method_text(&head, &parameters("_"), &output, what, &not_yet(plain)),
        is_required: event.is_required,
    }
}

fn one_line(head: &str, parameters: &[String], output: &str) -> String {
    format!("{head}({}) -> Result<{output}>", parameters.join(", "))
}

fn method_text(head: &str, parameters: &[String], output: &str, what: &str, body: &str) -> String {
    let mut whole = one_line(head, parameters, output);
    if whole.len() + "     {".len() > WIDTH {
        let lines = parameters.iter().map(|it| format!("        {it},\n"));
        let lines: String = lines.collect();
        whole = format!("{head}(\n{lines}    ) -> Result<{output}>");
    }
    format!("    {whole} {{\n        // {what}\n        {body}\n    }}\n")
}

/// The body of a handler that nobody has written.
fn not_yet(method: &str) -> String {
    let message = format!("\"`{method}` is not implemented yet\"");
    let error = format!("Err(Error::tool({message}))");
    match error.len() + "        ".len() > WIDTH {
        true => format!("Err(Error::tool(\n            {message},\n        ))"),
        false => error,
    }
}

/// The parameters of a handler. `unused` is put before the names of those that a stub does not use.
fn parameters(signature: &Signature, module: &str, unused: &str) -> Vec<String> {
    let receiver = match signature.access {
        Access::None => None,
        Access::Read => Some("&self".to_owned()),
        Access::Write => Some("&mut self".to_owned()),
    };
    let arguments = signature.params.as_ref().map(|params| match params {
        Params::Complete => format!("{unused}p: CompleteParams"),
        Params::Value => format!("{unused}p: mcp_agent::serde_json::Value"),
        Params::Type(ty) => format!("{unused}p: {module}::{ty}"),
    });
    let context = Some(format!("{unused}cx: &Cx"));
    let call = signature
        .interactive
        .then(|| format!("{unused}call: &Call"));
    let handle = signature
        .handle
        .as_ref()
        .map(|(name, ty)| format!("{unused}{name}: &mut {module}::{ty}"));
    [receiver, context, call, handle, arguments]
        .into_iter()
        .flatten()
        .collect()
}

fn output(signature: &Signature, module: &str) -> String {
    match &signature.output {
        Returned::String => "String".into(),
        Returned::ToolResult => "ToolResult".into(),
        Returned::Contents => "Vec<ResourceContents>".into(),
        Returned::PromptResult => "PromptResult".into(),
        Returned::Strings => "Vec<String>".into(),
        Returned::Type(ty) => format!("{module}::{ty}"),
    }
}
