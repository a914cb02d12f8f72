//! `src/lib.rs` of a new project: a handler for each item that Rust answers, which says what to write.

use super::handlers::{Params, Returned, Signature, signatures};
use crate::model::{Access, Agent};
use crate::name;

/// The width that rustfmt breaks lines at.
const WIDTH: usize = 100;

/// What a handler file speaks of: the runtime's prelude and Rust's.
const TAKEN: [&str; 29] = [
    "Annotations",
    "Box",
    "Call",
    "ClientCaps",
    "CompleteParams",
    "Content",
    "Cx",
    "Elicit",
    "Elicited",
    "Err",
    "Error",
    "Level",
    "None",
    "Ok",
    "Option",
    "PromptMessage",
    "PromptResult",
    "ResourceContents",
    "ResourceLink",
    "Result",
    "Role",
    "Root",
    "Sampled",
    "Sampling",
    "Self",
    "Some",
    "String",
    "ToolResult",
    "Vec",
];

/// One handler to write.
pub struct Stub {
    /// The method, without a raw prefix.
    pub method: String,
    /// `async fn add(&mut self, cx: &Cx, p: counter::AddParams) -> Result<String>`.
    pub signature: String,
    /// The whole method, indented as it stands in the impl.
    pub text: String,
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

/// The handlers that the declaration needs, in its order.
pub fn handlers(agent: &Agent, module: &str) -> Vec<Stub> {
    signatures(agent)
        .iter()
        .map(|signature| stub(signature, module))
        .collect()
}

/// The whole file.
pub fn stubs(agent: &Agent) -> String {
    let owner = struct_name(agent);
    let module = name::identifier(&owner).unwrap_or_else(|| "agent".into());
    let handlers: Vec<_> = handlers(agent, &module)
        .into_iter()
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
        Access::Write => {
            "Change `self`: it is committed when this returns `Ok`, and left as it was when it fails."
        }
    };
    let method = &signature.method;
    let plain = name::plain(method);
    let output = output(signature, module);
    let head = |parameters: &[String]| {
        let parameters = parameters.join(", ");
        format!("async fn {method}({parameters}) -> Result<{output}>")
    };
    let mut used_head = head(&parameters(signature, module, "_"));
    if used_head.len() + "     {".len() > WIDTH {
        let lines: String = parameters(signature, module, "_")
            .iter()
            .map(|parameter| format!("        {parameter},\n"))
            .collect();
        used_head = format!("async fn {method}(\n{lines}    ) -> Result<{output}>");
    }
    let message = format!("\"`{plain}` is not implemented yet\"");
    let mut error = format!("Err(Error::tool({message}))");
    if error.len() + "        ".len() > WIDTH {
        error = format!("Err(Error::tool(\n            {message},\n        ))");
    }
    if completes {
        error = "Ok(Vec::new())".to_owned();
    }
    let text = format!("    {used_head} {{\n        // {what}\n        {error}\n    }}\n");
    Stub {
        method: plain.into(),
        signature: head(&parameters(signature, module, "")),
        text,
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
