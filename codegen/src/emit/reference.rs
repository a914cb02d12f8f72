//! `docs/keys.md`: every key of `mcp.toml`, out of its JSON Schema.

use super::schema;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The tables, by their headers and by where the schema has them.
const TABLES: [(&str, &str); 29] = [
    ("The whole", ""),
    ("`[server]`", "/properties/server"),
    ("`[transport]`", "/$defs/Transport"),
    ("`cors` of the transport", "/$defs/Cors"),
    ("`[types.Name]`", "/$defs/NamedType"),
    ("`[state]`", "/$defs/State"),
    ("`[handles.name]`", "/$defs/Handle"),
    ("`[tools.name]`", "/$defs/Tool"),
    ("`deprecated` of a tool", "/$defs/Deprecated"),
    ("`annotations` of a tool", "/$defs/Annotations"),
    ("`[resources.\"uri\"]`", "/$defs/Resource"),
    ("`annotations` of a resource", "/$defs/ResourceAnnotations"),
    ("`[prompts.name]`", "/$defs/Prompt"),
    ("`[schedules.name]`", "/$defs/Schedule"),
    ("`[websocket]`", "/$defs/WebSocket"),
    ("`[request]`", "/$defs/Request"),
    ("`[auth]`", "/$defs/Auth"),
    ("`[auth.bearer.name]`", "/$defs/Bearer"),
    ("`[auth.upstream]`", "/$defs/Upstream"),
    ("`[auth.roles]`: `name = { … }`", "/$defs/Role"),
    ("`[auth.tokens]`", "/$defs/Tokens"),
    ("`[auth.registration]`", "/$defs/Registration"),
    (
        "A setting: `\"text\"`, `{ secret = \"NAME\" }` or `{ var = \"NAME\" }`",
        "/$defs/NamedSetting",
    ),
    (
        "`requires` of a handle, a tool, a resource or a prompt",
        "/$defs/Requires",
    ),
    (
        "`icons` of the server, a tool, a resource or a prompt",
        "/$defs/Icon",
    ),
    ("`[deploy]`", "/$defs/Deploy"),
    ("`[review]`", "/$defs/Review"),
    ("`[[review.allow]]`", "/$defs/Allow"),
    (
        "A member: `params.x`, `fields.x`, `output.x`, `items`",
        "/$defs/MemberTable",
    ),
];

/// The page, as Markdown.
pub fn keys() -> String {
    let schema: Value = serde_json::from_str(&schema::declaration()).unwrap_or_default();
    let mut out = String::from(
        "# Keys of `mcp.toml`\n\nMade from the JSON Schema (`schema/mcp.schema.json`) by `UPDATE=1 cargo test -p mcp-agent-codegen`. \
         An unknown key is an error; a key in **bold** must be there.\n",
    );
    for (header, pointer) in TABLES {
        let Some(table) = schema.pointer(pointer).and_then(Value::as_object) else {
            continue;
        };
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "\n## {header}\n\n{}\n\n| key | value | |\n|---|---|---|\n",
            text(table)
        );
        let required: Vec<&str> = table
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (key, member) in table
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let Some(member) = member.as_object() else {
                continue;
            };
            let shown = if required.contains(&key.as_str()) {
                format!("**`{key}`**")
            } else {
                format!("`{key}`")
            };
            let _ = writeln!(
                out,
                "| {shown} | {} | {} |",
                kind(member),
                text(member).replace('|', "\\|").replace('\n', " ")
            );
        }
    }
    out
}

fn text(schema: &Map<String, Value>) -> &str {
    schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// What a value is, in a few words.
fn kind(schema: &Map<String, Value>) -> String {
    if let Some(name) = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|at| at.rsplit('/').next())
    {
        return match name {
            "Duration" => "duration".into(),
            "Size" => "size".into(),
            "TypeName" => "type".into(),
            "Member" => "member".into(),
            "Setting" => "setting".into(),
            "Secret" => "secret".into(),
            "Rule" => "id of a rule".into(),
            _ => "table".into(),
        };
    }
    if let Some(value) = schema.get("const") {
        return format!("`{value}`");
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        return values
            .iter()
            .map(|value| format!("`{value}`"))
            .collect::<Vec<_>>()
            .join(" ");
    }
    if let Some(Value::Array(choices)) = schema.get("anyOf") {
        return choices
            .iter()
            .filter_map(Value::as_object)
            .map(kind)
            .collect::<Vec<_>>()
            .join(" or ");
    }
    let inner = |key: &str| schema.get(key).and_then(Value::as_object).map(kind);
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => match inner("items") {
            // One of some words, and not a kind of value.
            Some(words) if words.starts_with('`') => format!("list of {words}"),
            Some(kind) => format!("list of {kind}s"),
            None => "list of values".into(),
        },
        Some("object") => match inner("additionalProperties").as_deref() {
            None if schema.get("additionalProperties") == Some(&Value::Bool(true)) => {
                "values by name".into()
            }
            None => "table".into(),
            Some("table") => "tables by name".into(),
            Some(words) if words.starts_with('`') => format!("{words} by name"),
            Some(kind) => format!("{kind}s by name"),
        },
        Some(ty) => ty.to_owned(),
        None => "any".into(),
    }
}
