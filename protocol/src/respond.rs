//! What a handler gave, as the response to its request: in that version's shape.

use crate::answer::{Answer, PromptResult, Role, ToolResult};
use crate::blocks::{content, resource_contents, text};
use crate::call::{CallHead, TargetKind};
use crate::content::ResourceContents;
use crate::engine::Engine;
use crate::error::{INVALID_PARAMS, RpcError};
use crate::http::Reply;
use crate::jsonrpc;
use crate::list::SERVER_INFO;
use crate::methods::failed;
use crate::route::frame;
use crate::version::Version;
use crate::wire::{Object, quote};

/// What most answers say takes less, in bytes.
const ROOM: usize = 256;

impl Engine {
    pub(crate) fn respond(&self, head: &CallHead, result: Result<Answer, RpcError>) -> Reply {
        let version = head.version;
        let result = match result {
            // What the handler's own type refuses is a wrong argument like any other.
            Err(error)
                if head.target.kind == TargetKind::Tool
                    && error.code == INVALID_PARAMS
                    && version.input_errors_are_results() =>
            {
                Ok(Answer::Tool(ToolResult::error(error.message)))
            }
            result => result,
        };
        let answer = match (result, head.target.kind) {
            (Ok(answer @ Answer::Tool(_)), TargetKind::Tool) => answer,
            (Ok(answer @ Answer::Resource(_)), TargetKind::Resource) => answer,
            (Ok(answer @ Answer::Prompt(_)), TargetKind::Prompt) => answer,
            (Ok(answer @ Answer::Completion(_)), TargetKind::Completion) => answer,
            // A handler of one kind with an answer of another is our mistake, not the client's.
            (Ok(_), _) => return failed(head.framing, version, &head.id, &RpcError::internal()),
            (Err(error), _) => {
                return failed(head.framing, version, &head.id, &error.in_version(version));
            }
        };
        let ours = self.lists.meta(&self.catalog, version);
        let mut out = jsonrpc::open_result(&head.id, ROOM + ours.len());
        out.push('{');
        if version.is_stateless() {
            out.push_str("\"resultType\":\"complete\",");
        }
        match &answer {
            Answer::Tool(result) => tool(&mut out, version, result),
            Answer::Resource(contents) => {
                let default = self
                    .catalog
                    .resources
                    .get(head.target.index)
                    .and_then(|item| item.mime);
                resource(&mut out, version, contents, default);
            }
            Answer::Prompt(result) => prompt(&mut out, version, result),
            Answer::Completion(values) => completion(&mut out, values),
        }
        match &answer {
            Answer::Tool(ToolResult { meta: Some(it), .. })
            | Answer::Prompt(PromptResult { meta: Some(it), .. }) => meta(&mut out, ours, it),
            _ => out.push_str(ours),
        }
        out.push_str("}}");
        frame(head.framing, 200, out)
    }
}

fn tool(out: &mut String, version: Version, result: &ToolResult) {
    out.push_str("\"content\":[");
    match &result.structured {
        // Models and clients that know nothing of structured content read its text.
        Some(json) if result.content.is_empty() => text(out, json),
        _ => join(out, &result.content, |out, one| content(out, version, one)),
    }
    out.push(']');
    let fits = |json: &&str| {
        version.has_any_output() || (version.has_structured_output() && json.starts_with('{'))
    };
    if let Some(json) = result.structured.as_deref().map(str::trim).filter(fits) {
        out.push_str(",\"structuredContent\":");
        out.push_str(json);
    }
    if result.is_error {
        out.push_str(",\"isError\":true");
    }
}

fn resource(
    out: &mut String,
    version: Version,
    contents: &[ResourceContents],
    default: Option<&str>,
) {
    out.push_str("\"contents\":[");
    join(out, contents, |out, one| {
        resource_contents(out, version, one, default);
    });
    out.push(']');
    if version.is_stateless() {
        // What a handler reads may change at any time and may be for one caller only.
        out.push_str(",\"ttlMs\":0,\"cacheScope\":\"private\"");
    }
}

fn prompt(out: &mut String, version: Version, result: &PromptResult) {
    if let Some(description) = &result.description {
        out.push_str("\"description\":");
        quote(out, description);
        out.push(',');
    }
    out.push_str("\"messages\":[");
    join(out, &result.messages, |out, message| {
        out.push_str(match message.role {
            Role::User => "{\"role\":\"user\",\"content\":",
            Role::Assistant => "{\"role\":\"assistant\",\"content\":",
        });
        content(out, version, &message.content);
        out.push('}');
    });
    out.push(']');
}

/// `CompleteResult`: at most 100 values, and how many there are.
fn completion(out: &mut String, values: &[String]) {
    const MOST: usize = 100;
    let shown = &values[..values.len().min(MOST)];
    out.push_str("\"completion\":{\"values\":[");
    join(out, shown, |out, value| quote(out, value));
    out.push_str("],\"total\":");
    out.push_str(&values.len().to_string());
    out.push_str(if shown.len() < values.len() {
        ",\"hasMore\":true}"
    } else {
        ",\"hasMore\":false}"
    });
}

/// A result's `_meta`: what the handler gave, beside what is ours.
fn meta(out: &mut String, ours: &str, given: &str) {
    let Ok(Object(mut given)) = serde_json::from_str::<Object<'_>>(given) else {
        out.push_str(ours);
        return;
    };
    given.retain(|(name, _)| name != SERVER_INFO);
    match ours.strip_suffix('}') {
        Some(ours) => out.push_str(ours),
        None => out.push_str(",\"_meta\":{"),
    }
    for (at, (name, value)) in given.iter().enumerate() {
        if at > 0 || !ours.is_empty() {
            out.push(',');
        }
        quote(out, name);
        out.push(':');
        out.push_str(value.get());
    }
    out.push('}');
}

pub(crate) fn join<T>(out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
}
