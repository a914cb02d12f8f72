//! `[handles.*]`, and the tools that come with each.

use super::permission::check_requires;
use super::quantity::{DAY, HOUR, MINUTE, SECOND, check_duration};
use super::{Cx, member, state};
use crate::diag::{Address, Code};
use crate::model::{
    Access, Annotations, Field, Handle, Input, Output, StringType, Task, Tool, ToolBody, Type,
};
use crate::name;
use crate::read::nearest;
use crate::read::raw::RawTool;

/// The longest name: `create_<name>` is one that every model takes.
const MAX_NAME: usize = 50;

/// What a handler's other arguments are called.
const ARGUMENTS: [&str; 3] = ["cx", "call", "p"];

pub(super) fn check_handles(cx: &mut Cx<'_>) -> Vec<Handle> {
    let at = Address::root().key("handles");
    let declared = cx.raw.handles.clone().unwrap_or_default();
    let check = |(name, raw): (String, crate::read::raw::RawHandle)| {
        let at = at.key(&name);
        check_name(cx, &at, &name);
        let fields = member::check_members(cx, &at.key("fields"), raw.fields.as_ref());
        for field in &fields {
            let at = at.key("fields").key(&field.name);
            state::check_initial_value(cx, &at, "handle", field);
        }
        Handle {
            type_name: name::camel(&name),
            ttl_ms: check_duration(
                cx,
                &at.key("ttl"),
                raw.ttl.as_deref(),
                DAY,
                SECOND..=30 * DAY,
            ),
            description: raw.description,
            permission: check_requires(cx, &at.key("requires"), raw.requires.as_ref()),
            fields,
            name,
        }
    };
    declared.into_iter().map(check).collect()
}

/// A handle's name is that of a parameter on the wire, of an argument in Rust, and a part of two tools' names.
fn check_name(cx: &mut Cx<'_>, at: &Address, name: &str) {
    let taken = ARGUMENTS.contains(&name);
    if name::identifier(name).as_deref() == Some(name) && name.len() <= MAX_NAME && !taken {
        return;
    }
    let snake = name::identifier(name).unwrap_or_default();
    let help = if taken || snake.is_empty() || snake == name || snake.len() > MAX_NAME {
        "[handles.cart]".to_owned()
    } else {
        format!(
            "[handles.{}]",
            name::plain(&snake).to_owned()
                + if snake.starts_with("r#") {
                    "_handle"
                } else {
                    ""
                }
        )
    };
    let label = if taken {
        "handlers have an argument of this name already".to_owned()
    } else {
        format!("at most {MAX_NAME} small letters, digits and `_`, and no word of Rust's own")
    };
    cx.report(
        Code::BadHandleName,
        at,
        format!("`{name}` cannot be the name of a handle"),
    )
    .at_key()
    .label(label)
    .help(help);
}

/// A tool takes a handle that is declared, and has room for its parameter.
pub(super) fn check_handle(cx: &mut Cx<'_>, tool_at: &Address, raw: &RawTool) -> Option<String> {
    let name = raw.handle.clone()?;
    let at = tool_at.key("handle");
    let declared: Vec<&str> = cx
        .raw
        .handles
        .iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    if !declared.contains(&name.as_str()) {
        if !cx.unread(&["handles"]) {
            let help = match nearest(&name, &declared) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("declare it: `[handles.{name}]`"),
            };
            cx.report(
                Code::UnknownHandle,
                &at,
                format!("there is no handle `{name}`"),
            )
            .help(help);
        }
        return None;
    }
    if raw.input_schema.is_some() {
        cx.report(
            Code::NoRoomForHandle,
            &at,
            format!("an `input_schema` is sent as it is, and has no room for `{name}`"),
        )
        .related(tool_at.key("input_schema"), "the schema")
        .help("declare `params` instead of the schema");
    }
    if raw
        .params
        .as_ref()
        .is_some_and(|params| params.contains_key(&name))
    {
        let param = tool_at.key("params").key(&name);
        cx.report(
            Code::NoRoomForHandle,
            &param,
            format!("the handle is the param `{name}` already"),
        )
        .at_key()
        .related(at, "the handle")
        .help("leave the param out, or rename it");
    }
    Some(name)
}

/// The tools that make and close each handle. A tool of the declaration with such a name would never be called.
pub(super) fn check_tools_of(cx: &mut Cx<'_>, handles: &[Handle]) -> Vec<Tool> {
    let root = Address::root();
    let mut tools = Vec::new();
    for handle in handles {
        for tool in [create(handle), close(handle)] {
            let declared = cx.raw.tools.as_ref();
            if declared.is_some_and(|tools| tools.contains_key(&tool.name)) {
                cx.report(
                    Code::ToolOfHandle,
                    &root.keys(["tools", &tool.name]),
                    format!(
                        "the handle `{}` comes with a tool `{}`",
                        handle.name, tool.name
                    ),
                )
                .at_key()
                .related(root.keys(["handles", &handle.name]), "the handle")
                .help("rename the tool or the handle");
            }
            tools.push(tool);
        }
    }
    tools
}

fn create(handle: &Handle) -> Tool {
    let Handle { name, ttl_ms, .. } = handle;
    let lasts = words(*ttl_ms);
    let what = sentence(handle);
    let id = Field {
        description: Some(format!("The id of the new `{name}`.")),
        ..parameter(handle)
    };
    Tool {
        output: Output::Fields(vec![id]),
        access: Access::Read,
        annotations: hints(false),
        ..of_handle(
            handle,
            ToolBody::Create,
            format!("create_{name}"),
            format!(
                "Makes a new `{name}` and answers its id, which other tools take as `{name}`.{what} It lasts {lasts} after its last use."
            ),
        )
    }
}

fn close(handle: &Handle) -> Tool {
    let name = &handle.name;
    of_handle(
        handle,
        ToolBody::Close,
        format!("close_{name}"),
        format!("Closes a `{name}` that is not needed any more: what it holds is gone."),
    )
}

fn of_handle(handle: &Handle, body: ToolBody, name: String, description: String) -> Tool {
    Tool {
        name,
        method: String::new(),
        title: None,
        description,
        input: Input::Fields(Vec::new()),
        output: Output::Text,
        access: Access::Write,
        interactive: false,
        body,
        confirm: None,
        task: Task::Never,
        handle: Some(handle.name.clone()),
        permission: handle.permission.clone(),
        aliases: Vec::new(),
        deprecated: None,
        annotations: hints(true),
        icons: Vec::new(),
        meta: serde_json::Map::new(),
    }
}

/// The parameter that takes a handle.
pub(crate) fn parameter(handle: &Handle) -> Field {
    let name = &handle.name;
    Field {
        name: name.clone(),
        ty: Type::String(StringType::default()),
        description: Some(format!(
            "The id of a `{name}` that `create_{name}` made.{}",
            sentence(handle)
        )),
        optional: false,
        default: None,
        complete: false,
        header: None,
        bound: None,
        writable: false,
    }
}

/// What the declaration says of it, to be put behind a sentence.
fn sentence(handle: &Handle) -> String {
    let said = handle.description.as_deref().map(str::trim);
    let said = said.filter(|said| !said.is_empty());
    said.map_or_else(String::new, |said| {
        let end = if said.ends_with(['.', '!', '?']) {
            ""
        } else {
            "."
        };
        format!(" {said}{end}")
    })
}

fn hints(destructive: bool) -> Annotations {
    Annotations {
        read_only: Some(false),
        destructive: Some(destructive),
        idempotent: Some(false),
        open_world: Some(false),
    }
}

/// A duration as models read it: `24 hours`.
fn words(ms: u64) -> String {
    let units = [
        (2 * DAY, DAY, "day"),
        (HOUR, HOUR, "hour"),
        (MINUTE, MINUTE, "minute"),
        (SECOND, SECOND, "second"),
    ];
    for (least, unit, word) in units {
        if ms >= least && ms.is_multiple_of(unit) {
            let count = ms / unit;
            let plural = if count == 1 { "" } else { "s" };
            return format!("{count} {word}{plural}");
        }
    }
    format!("{ms} milliseconds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_words() {
        for (ms, expected) in [
            (DAY, "24 hours"),
            (2 * DAY, "2 days"),
            (HOUR, "1 hour"),
            (90 * MINUTE, "90 minutes"),
            (1_500, "1500 milliseconds"),
        ] {
            assert_eq!(words(ms), expected);
        }
    }
}
