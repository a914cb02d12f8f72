//! `agent.d.ts`: what pages that are in sync with the state know of it, in TypeScript, for `AgentClient` and `useAgent` of the npm package
//! `agents`.

use super::Declared;
use crate::emit::json;
use crate::model::{
    Agent, Field, Input, NamedType, Output, Permission, SyncMode, Task, Tool, ToolBody, Type,
};
use serde_json::Value;

/// Where it lies in a project.
pub const PATH: &str = "agent.d.ts";

/// Where named types are, so that none is called as something else here.
const TYPES: &str = "types";

/// The file, where pages see the state.
pub(super) fn render(agent: &Agent, declared: Declared<'_>) -> Option<String> {
    let state = agent.state.as_ref()?;
    if state.sync == SyncMode::Off {
        return None;
    }
    // A Rust type writes `null` for what is not there, and says itself what a tool answers.
    let is_in_rust = declared.is_in_rust();
    let mut out = String::from(
        "// Derived by `mcp-gen sync`: change the declaration instead.\n\
         // For pages: `new AgentClient<Agent>({ … })`, `useAgent<Agent, State>({ … })`.\n\n\
         /** What the agent keeps. */\nexport interface State ",
    );
    let kept = |field: &Field| {
        let is_settable = state.sync == SyncMode::ReadWrite && field.writable;
        let set = is_settable.then_some("A page may set it.");
        let null = if is_in_rust && field.optional {
            " | null"
        } else {
            ""
        };
        let mark = if field.optional { "?" } else { "" };
        member(1, field, set, mark, null)
    };
    out.push_str(&braced(0, state.fields.iter().map(kept)));
    out.push_str("\n\n/** The agent: its state, and its tools as pages call them. */\nexport interface Agent ");
    let tools = agent.tools.iter().filter(|it| is_callable(it));
    let tools = tools.map(|it| method(it, is_in_rust));
    let own = std::iter::once("  readonly state: State;\n".to_owned());
    out.push_str(&braced(0, own.chain(tools)));
    if !agent.types.is_empty() {
        out.push_str(&format!(
            "\n\n/** The types that both speak of. */\nexport namespace {TYPES} "
        ));
        out.push_str(&braced(0, agent.types.iter().map(interface)));
    }
    out.push('\n');
    Some(out)
}

/// Whether a page could ever be answered: it cannot be asked, and knows no tasks.
fn is_callable(tool: &Tool) -> bool {
    let waits = tool.interactive || tool.confirm.is_some() || tool.task == Task::Required;
    !waits && tool.permission != Permission::Nobody
}

fn interface(named: &NamedType) -> String {
    let fields = named.fields.iter().map(|it| {
        let mark = if it.optional { "?" } else { "" };
        member(2, it, None, mark, "")
    });
    let body = braced(1, fields);
    let doc = doc(1, named.description.as_deref(), None);
    format!("{doc}  interface {} {body}\n", named.name)
}

/// A tool, with the one object of its arguments.
fn method(tool: &Tool, is_in_rust: bool) -> String {
    let arguments = match &tool.input {
        Input::Schema { .. } => "args: Record<string, unknown>".to_owned(),
        // What a Rust type has is not known here.
        Input::Fields(fields) if is_in_rust && fields.is_empty() && tool.handle.is_none() => {
            "args?: Record<string, unknown>".to_owned()
        }
        Input::Fields(fields) => arguments(tool, fields),
    };
    let answer = match (&tool.output, tool.body) {
        (Output::Named(name), _) => format!("{TYPES}.{name}"),
        (Output::Fields(fields), _) => object(1, fields),
        (Output::Text, ToolBody::Close) => "string".to_owned(),
        (Output::Text, _) if !is_in_rust => "string".to_owned(),
        (Output::Text | Output::Content, _) => "unknown".to_owned(),
    };
    let end = tool.deprecated.as_ref();
    let end = end.map(|it| format!("@deprecated {}", json::sentence(it)));
    let doc = doc(1, Some(&tool.description), end.as_deref());
    format!(
        "{doc}  {}({arguments}): Promise<{answer}>;\n",
        key(&tool.name)
    )
}

fn arguments(tool: &Tool, fields: &[Field]) -> String {
    let given = fields.iter().filter(|it| it.bound.is_none());
    let may_lack = |it: &Field| it.optional || it.default.is_some();
    let mut all_may_lack = given.clone().all(may_lack);
    let mut members: Vec<String> = Vec::new();
    if let Some(handle) = tool
        .handle
        .as_ref()
        .filter(|_| tool.body != ToolBody::Create)
    {
        all_may_lack = false;
        members.push(format!("    {}: string;\n", key(handle)));
    }
    members.extend(given.map(|it| {
        let mark = if may_lack(it) { "?" } else { "" };
        member(2, it, None, mark, "")
    }));
    if members.is_empty() {
        return String::new();
    }
    let mark = if all_may_lack { "?" } else { "" };
    format!("args{mark}: {}", braced(1, members.into_iter()))
}

fn object(depth: usize, fields: &[Field]) -> String {
    let fields = fields.iter().map(|it| {
        let mark = if it.optional { "?" } else { "" };
        member(depth + 1, it, None, mark, "")
    });
    braced(depth, fields)
}

fn braced(depth: usize, members: impl Iterator<Item = String>) -> String {
    let members: String = members.collect();
    match members.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{\n{members}{}}}", indent(depth)),
    }
}

fn member(depth: usize, field: &Field, more: Option<&str>, mark: &str, or: &str) -> String {
    let doc = doc(depth, field.description.as_deref(), more);
    let (key, ty) = (key(&field.name), written(depth, &field.ty));
    format!("{doc}{}{key}{mark}: {ty}{or};\n", indent(depth))
}

/// A type, some of whose lines stand at this depth.
fn written(depth: usize, ty: &Type) -> String {
    match ty {
        Type::String(_) => "string".to_owned(),
        Type::Enum(values) => {
            let values = values.iter().map(|it| Value::from(it.as_str()).to_string());
            values.collect::<Vec<_>>().join(" | ")
        }
        Type::Integer { .. } | Type::Number { .. } => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Array { items, .. } => match &**items {
            Type::Enum(_) => format!("({})[]", written(depth, items)),
            items => format!("{}[]", written(depth, items)),
        },
        Type::Object(fields) => object(depth, fields),
        Type::Any => "unknown".to_owned(),
        Type::Named(name) => format!("{TYPES}.{name}"),
    }
}

/// The name of a member, in quotes where it is no identifier.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_$".contains(c);
    match name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(plain) {
        true => Value::from(name).to_string(),
        false => name.to_owned(),
    }
}

/// What is said of something, so that an editor shows it. Nothing in it ends the comment.
fn doc(depth: usize, text: Option<&str>, more: Option<&str>) -> String {
    let text = text.map(str::trim).filter(|it| !it.is_empty());
    let words: Vec<&str> = [text, more]
        .into_iter()
        .flatten()
        .flat_map(str::lines)
        .collect();
    if words.is_empty() {
        return String::new();
    }
    let text = words.join(" ").replace("*/", "*\u{200b}/");
    format!("{}/** {text} */\n", indent(depth))
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}
