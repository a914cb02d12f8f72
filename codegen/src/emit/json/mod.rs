//! Items as clients see them, and the JSON Schema 2020-12 of types.
//!
//! Everything is compact JSON in the shape of 2025-11-25, the newest with these items; the engine projects it down. Keys stand
//! in one order, so that the same declaration gives the same bytes.

mod elicit;
mod lifecycle;
mod output;
mod pieces;
mod schema;
mod writable;

pub use elicit::requested_schema;
pub use lifecycle::sentence;

use crate::check::handle_parameter;
use crate::model::{
    Agent, Annotations, Field, Icon, Input, Output, Prompt, Resource, ResourceAnnotations, Server,
    Tool, ToolBody, Uri,
};
pub use output::checked_output;
pub use pieces::{Foreign, late_tool};
use schema::{number, object_schema, required};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
pub use writable::checked_fields;

/// `Implementation` of the server.
pub fn server(server: &Server) -> String {
    let mut out = Map::new();
    out.insert("name".into(), json!(server.name));
    insert(&mut out, "title", server.title.as_ref());
    out.insert("version".into(), json!(server.version));
    insert(&mut out, "description", server.description.as_ref());
    insert(&mut out, "websiteUrl", server.website.as_ref());
    insert(&mut out, "icons", icons(&server.icons));
    Value::Object(out).to_string()
}

/// `Tool`, as in `tools/list`. The schema of a file is there byte for byte.
pub fn tool(agent: &Agent, tool: &Tool) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        description: &'a str,
        input_schema: Box<RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        output_schema: Option<Value>,
        #[serde(skip_serializing_if = "Map::is_empty")]
        annotations: Map<String, Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        icons: Option<Value>,
        #[serde(rename = "_meta", skip_serializing_if = "Map::is_empty")]
        meta: &'a Map<String, Value>,
    }
    let (description, meta) = (lifecycle::description(tool), lifecycle::meta(tool));
    let input = input_schema(agent, tool);
    let wire = Wire {
        name: &tool.name,
        title: tool.title.as_deref(),
        description: &description,
        // `check` has parsed the file, and a schema of ours is JSON.
        input_schema: RawValue::from_string(input).unwrap_or_default(),
        output_schema: output_schema(agent, &tool.output),
        annotations: annotations(&tool.annotations),
        icons: icons(&tool.icons),
        meta: &meta,
    };
    text(&wire)
}

/// The JSON Schema of a claim that an argument is: nobody fills it in, so that it has neither a default nor words.
pub fn bound_schema(agent: &Agent, field: &Field) -> String {
    let plain = Field {
        description: None,
        ..field.clone()
    };
    schema::member_schema(agent, &plain).to_string()
}

/// `inputSchema` of a tool. The handle that it takes comes first; what is a claim of the caller's is not there.
fn input_schema(agent: &Agent, tool: &Tool) -> String {
    let given: Vec<Field>;
    let fields = match &tool.input {
        Input::Fields(fields) if fields.iter().any(|it| it.bound.is_some()) => {
            let is_given = |it: &&Field| it.bound.is_none();
            given = fields.iter().filter(is_given).cloned().collect();
            &given
        }
        Input::Fields(fields) => fields,
        Input::Schema { text, .. } => return text.clone(),
    };
    let taken = tool
        .handle
        .as_ref()
        .filter(|_| tool.body != ToolBody::Create);
    let handle = agent
        .handles
        .iter()
        .find(|handle| taken == Some(&handle.name));
    match handle {
        None => object_schema(agent, fields, None),
        Some(handle) => {
            let mut fields = fields.clone();
            fields.insert(0, handle_parameter(handle));
            object_schema(agent, &fields, None)
        }
    }
    .to_string()
}

/// The arguments of a tool that clients repeat in headers: the header in lower case, and the members that lead to the argument.
pub fn param_headers(agent: &Agent, tool: &Tool) -> Vec<(String, Vec<String>)> {
    fn walk(schema: &Value, path: &mut Vec<String>, out: &mut Vec<(String, Vec<String>)>) {
        if let Some(name) = schema.get("x-mcp-header").and_then(Value::as_str) {
            let header = format!("mcp-param-{}", name.to_ascii_lowercase());
            out.push((header, path.clone()));
        }
        let members = schema.get("properties").and_then(Value::as_object);
        for (name, schema) in members.into_iter().flatten() {
            path.push(name.clone());
            walk(schema, path, out);
            path.pop();
        }
    }
    let schema: Value = serde_json::from_str(&input_schema(agent, tool)).unwrap_or_default();
    let mut out = Vec::new();
    walk(&schema, &mut Vec::new(), &mut out);
    out
}

/// `Resource` or `ResourceTemplate`, as in `resources/list` and `resources/templates/list`.
pub fn resource(_agent: &Agent, resource: &Resource) -> String {
    let mut out = Map::new();
    match &resource.uri {
        Uri::Plain(uri) => out.insert("uri".into(), json!(uri)),
        Uri::Template(template) => out.insert("uriTemplate".into(), json!(template)),
    };
    out.insert("name".into(), json!(resource.name));
    insert(&mut out, "title", resource.title.as_ref());
    insert(&mut out, "description", resource.description.as_ref());
    insert(&mut out, "mimeType", resource.mime.as_ref());
    insert(&mut out, "size", resource.size);
    let annotations = resource_annotations(&resource.annotations);
    insert(&mut out, "annotations", annotations);
    insert(&mut out, "icons", icons(&resource.icons));
    insert(&mut out, "_meta", meta(&resource.meta));
    Value::Object(out).to_string()
}

/// `Prompt`, as in `prompts/list`.
pub fn prompt(_agent: &Agent, prompt: &Prompt) -> String {
    let mut out = Map::new();
    out.insert("name".into(), json!(prompt.name));
    insert(&mut out, "title", prompt.title.as_ref());
    insert(&mut out, "description", prompt.description.as_ref());
    let argument = |field: &Field| {
        let mut out = Map::new();
        out.insert("name".into(), json!(field.name));
        insert(&mut out, "description", field.description.as_ref());
        out.insert("required".into(), json!(required(field)));
        Value::Object(out)
    };
    if !prompt.params.is_empty() {
        out.insert(
            "arguments".into(),
            prompt.params.iter().map(argument).collect(),
        );
    }
    insert(&mut out, "icons", icons(&prompt.icons));
    insert(&mut out, "_meta", meta(&prompt.meta));
    Value::Object(out).to_string()
}

/// What the arguments of `prompts/get` are validated against.
pub fn prompt_schema(agent: &Agent, prompt: &Prompt) -> String {
    object_schema(agent, &prompt.params, None).to_string()
}

/// What the variables of a resource's template are validated against.
pub fn resource_schema(agent: &Agent, resource: &Resource) -> String {
    object_schema(agent, &resource.params, None).to_string()
}

/// The schema of an object of `fields`: a state, or what a handle holds.
pub fn members_schema(agent: &Agent, fields: &[Field]) -> Value {
    object_schema(agent, fields, None)
}

/// The schema of structured content. It is of an object at its top, as 2025-11-25 asks.
fn output_schema(agent: &Agent, output: &Output) -> Option<Value> {
    match output {
        Output::Text | Output::Content => None,
        Output::Fields(fields) => Some(object_schema(agent, fields, None)),
        Output::Named(name) => {
            let named = agent.types.iter().find(|named| named.name == *name)?;
            Some(object_schema(
                agent,
                &named.fields,
                named.description.as_deref(),
            ))
        }
    }
}

fn annotations(hints: &Annotations) -> Map<String, Value> {
    let mut out = Map::new();
    insert(&mut out, "readOnlyHint", hints.read_only);
    insert(&mut out, "destructiveHint", hints.destructive);
    insert(&mut out, "idempotentHint", hints.idempotent);
    insert(&mut out, "openWorldHint", hints.open_world);
    out
}

/// `Annotations` of a resource, if there are any.
fn resource_annotations(hints: &ResourceAnnotations) -> Option<Map<String, Value>> {
    let mut out = Map::new();
    insert(&mut out, "audience", hints.audience.as_ref());
    insert(&mut out, "priority", hints.priority.map(number));
    insert(&mut out, "lastModified", hints.last_modified.as_ref());
    (!out.is_empty()).then_some(out)
}

/// `icons`, if there are any.
fn icons(icons: &[Icon]) -> Option<Value> {
    let icon = |icon: &Icon| {
        let mut out = Map::new();
        out.insert("src".into(), json!(icon.src));
        insert(&mut out, "mimeType", icon.mime.as_ref());
        let sizes = (!icon.sizes.is_empty()).then_some(&icon.sizes);
        insert(&mut out, "sizes", sizes);
        insert(&mut out, "theme", icon.theme.as_ref());
        Value::Object(out)
    };
    (!icons.is_empty()).then(|| icons.iter().map(icon).collect())
}

fn meta(meta: &Map<String, Value>) -> Option<&Map<String, Value>> {
    (!meta.is_empty()).then_some(meta)
}

fn insert(out: &mut Map<String, Value>, key: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        out.insert(key.into(), json!(value));
    }
}

/// Serialising what holds strings, numbers and JSON does not fail.
fn text(wire: &impl Serialize) -> String {
    serde_json::to_string(wire).unwrap_or_default()
}
