//! `[tools.*]`.

use super::annotations::check_annotations;
use super::confirm::check_confirm;
use super::handle::check_handle;
use super::icon::check_icons;
use super::lifecycle::{check_aliases, check_deprecated};
use super::member::{self, check_members};
use super::meta::check_meta;
use super::permission::check_requires;
use super::state::check_access;
use super::{Cx, handler, input_schema};
use crate::diag::{Address, Code};
use crate::model::{Input, Output, Task, Tool, ToolBody, Type};
use crate::read::raw::{RawField, RawOutput, RawTool};

/// The longest name, Model Context Protocol 2025-11-25, Tools, "Tool Names".
const MAX_NAME: usize = 128;

/// The longest name that the function calls of common models take.
const MAX_COMMON_NAME: usize = 64;

pub(super) fn check_tools(cx: &mut Cx<'_>) -> Vec<Tool> {
    let at = Address::root().key("tools");
    let declared = cx.raw.tools.iter().flatten();
    declared
        .map(|(name, raw)| check_tool(cx, &at.key(name), name, raw))
        .collect()
}

fn check_tool(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawTool) -> Tool {
    check_item_name(cx, at, "tool", name);
    if name.len() > MAX_COMMON_NAME && name.len() <= MAX_NAME {
        cx.report(
            Code::LongToolName,
            at,
            format!("some models take no tool names of more than {MAX_COMMON_NAME} characters"),
        )
        .at_key()
        .help("choose a shorter name");
    }
    let access = check_access(cx, &at.key("state"), raw.state.as_deref());
    let input = check_input(cx, at, raw);
    Tool {
        name: name.to_owned(),
        method: handler::check_method(cx, at, name),
        title: raw.title.clone(),
        description: check_description(cx, &at.key("description"), name, raw),
        confirm: check_confirm(cx, at, raw, &input),
        input,
        output: check_output(cx, &at.key("output"), raw.output.as_ref()),
        access,
        // Every tool has a handler.
        interactive: raw.interactive.unwrap_or(false),
        body: ToolBody::Handler,
        task: check_task(cx, &at.key("task"), raw.task.as_deref()),
        handle: check_handle(cx, at, raw),
        permission: check_requires(cx, &at.key("requires"), raw.requires.as_ref()),
        aliases: check_aliases(cx, &at.key("aliases"), raw.aliases.as_ref()),
        deprecated: check_deprecated(cx, &at.key("deprecated"), name, raw.deprecated.as_ref()),
        annotations: check_annotations(cx, at, raw.annotations.as_ref(), access),
        icons: check_icons(cx, &at.key("icons"), raw.icons.as_ref()),
        meta: check_meta(cx, &at.key("meta"), raw.meta.as_ref()),
    }
}

/// Whether a tool may run as a task.
fn check_task(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Task {
    match raw {
        None | Some("never") => Task::Never,
        Some("optional") => Task::Optional,
        Some("deferred") => Task::Deferred,
        Some("required") => Task::Required,
        Some(other) => {
            cx.report(Code::UnknownWord, at, format!("unknown word `{other}`"))
                .help("`never`, `optional`, `deferred` or `required`");
            Task::Never
        }
    }
}

/// The name of a tool or a prompt, where it is declared.
pub(super) fn check_item_name(cx: &mut Cx<'_>, at: &Address, kind: &str, name: &str) {
    let help = |fixed: String| format!("[{kind}s.{}]", crate::diag::quoted(&fixed));
    check_name(cx, at, &format!("the name of a {kind}"), name, help);
}

/// A name of a tool or a prompt has 1 to 128 letters, digits, `_`, `-` and `.`, as the specification has it for tools, so that every
/// client can show and call it.
pub(crate) fn is_tool_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_legal)
}

fn is_legal(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.".contains(c)
}

/// A name of that kind, which is `what`. `help` says where one that is allowed goes.
pub(super) fn check_name(
    cx: &mut Cx<'_>,
    at: &Address,
    what: &str,
    name: &str,
    help: impl Fn(String) -> String,
) {
    if is_tool_name(name) {
        return;
    }
    let pieces: Vec<&str> = name
        .split(|c| !is_legal(c))
        .filter(|piece| !piece.is_empty())
        .collect();
    let fixed = pieces.join("_");
    let label = format!("1 to {MAX_NAME} letters, digits, `_`, `-` and `.`");
    let help = match fixed.len() {
        1..=MAX_NAME => help(fixed),
        0 => "choose a name of letters and digits".to_owned(),
        _ => "choose a shorter name".to_owned(),
    };
    cx.report(Code::BadItemName, at, format!("`{name}` cannot be {what}"))
        .at_key()
        .label(label)
        .help(help);
}

/// A model chooses a tool by its description alone.
fn check_description(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawTool) -> String {
    let description = raw.description.clone().unwrap_or_default();
    if description.trim().is_empty() {
        cx.report(
            Code::MissingDescription,
            at,
            format!("the tool `{name}` has no description"),
        )
        .help("description = \"What it does, and when to use it.\"");
    }
    description
}

/// Arguments are declared here or in a file, not in both.
fn check_input(cx: &mut Cx<'_>, at: &Address, raw: &RawTool) -> Input {
    let fields = check_members(cx, &at.key("params"), raw.params.as_ref());
    let Some(path) = &raw.input_schema else {
        return Input::Fields(fields);
    };
    if raw.params.is_some() {
        cx.report(
            Code::ParamsAndSchema,
            &at.key("input_schema"),
            "a tool has either `params` or an `input_schema`",
        )
        .at_key()
        .related(at.key("params"), "declared here too")
        .help("move the params into the schema's file, or leave `input_schema` out");
    }
    input_schema::check_input_schema(cx, &at.key("input_schema"), path)
}

/// An output is content of any kind, a named type, or a struct of its own. A single value is no structured content: up to 2025-11-25
/// that is an object.
fn check_output(cx: &mut Cx<'_>, at: &Address, raw: Option<&RawOutput>) -> Output {
    match raw {
        None => Output::Text,
        Some(RawOutput::Named(name)) if name == "content" => Output::Content,
        Some(RawOutput::Named(name)) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
            match member::check_name(cx, at, name) {
                Type::Named(name) => Output::Named(name),
                _ => Output::Content,
            }
        }
        Some(RawOutput::Named(name)) => {
            let help = match name.as_str() {
                "text" | "string" => "leave `output` out: a tool answers text".to_owned(),
                "none" => "leave `output` out: a tool answers at least a text".to_owned(),
                _ => format!(
                    "`\"content\"`, the name of a type, or a field: `output.value = \"{name}\"`"
                ),
            };
            cx.report(Code::BadOutput, at, format!("`{name}` is not an output"))
                .help(help);
            Output::Content
        }
        Some(RawOutput::Fields(fields)) => {
            if fields.is_empty() {
                cx.report(Code::BadOutput, at, "an output without fields says nothing")
                    .help("output.value = \"string\", or leave `output` out");
            }
            // `output = { type = "object", … }`, as a member would have it.
            let shape = fields.get("type").map(|RawField(raw)| raw);
            if shape.is_some_and(|raw| raw.ty.as_deref() == Some("object") && raw.fields.is_none())
            {
                cx.sink.take_back(at);
                cx.report(
                    Code::BadOutput,
                    at,
                    "an output is an object, and does not say so",
                )
                .help("its fields stand right under it: `output.id = \"string\"`");
                return Output::Content;
            }
            Output::Fields(check_members(cx, at, Some(fields)))
        }
    }
}
