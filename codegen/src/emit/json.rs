//! Items as clients see them, and the JSON Schema 2020-12 of types.
//!
//! Everything is compact JSON in the shape of 2025-11-25, the newest with these items; the engine projects it down. Keys stand
//! in one order, so that the same declaration gives the same bytes.

use crate::model::{
    Agent, Annotations, Field, Input, Model, NamedType, Output, Prompt, Resource, Server,
    StringType, Tool, Type, Uri,
};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// `Implementation` of the server.
pub fn server(server: &Server) -> String {
    let mut out = Map::new();
    out.insert("name".into(), json!(server.name));
    insert(&mut out, "title", server.title.as_ref());
    out.insert("version".into(), json!(server.version));
    insert(&mut out, "description", server.description.as_ref());
    insert(&mut out, "websiteUrl", server.website.as_ref());
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
    }
    let input = match &tool.input {
        Input::Fields(fields) => object_schema(agent, fields, None).to_string(),
        Input::Schema { text, .. } => text.clone(),
    };
    let wire = Wire {
        name: &tool.name,
        title: tool.title.as_deref(),
        description: &tool.description,
        // `check` has parsed the file, and a schema of ours is JSON.
        input_schema: RawValue::from_string(input).unwrap_or_default(),
        output_schema: output_schema(agent, &tool.output),
        annotations: annotations(&tool.annotations),
    };
    text(&wire)
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

/// The schema of an object of `fields`, with the definitions that it needs.
fn object_schema(model: &Model, fields: &[Field], description: Option<&str>) -> Value {
    let mut out = object(fields, description);
    let definitions = definitions(model, fields);
    if !definitions.is_empty() {
        out.insert("$defs".into(), Value::Object(definitions));
    }
    Value::Object(out)
}

/// `$defs`: the named types that `fields` lead to, in the order of the declaration.
fn definitions(model: &Model, fields: &[Field]) -> Map<String, Value> {
    let mut used = Vec::new();
    for field in fields {
        collect(model, &field.ty, &mut used);
    }
    let used = model
        .types
        .iter()
        .filter(|named| used.contains(&named.name.as_str()));
    used.map(|named| (named.name.clone(), definition(named)))
        .collect()
}

fn collect<'m>(model: &'m Model, ty: &'m Type, used: &mut Vec<&'m str>) {
    match ty {
        Type::Named(name) => {
            if used.contains(&name.as_str()) {
                return;
            }
            used.push(name);
            let named = model.types.iter().find(|named| named.name == *name);
            for field in named.iter().flat_map(|named| &named.fields) {
                collect(model, &field.ty, used);
            }
        }
        Type::Array { items, .. } => collect(model, items, used),
        Type::Object(fields) => {
            for field in fields {
                collect(model, &field.ty, used);
            }
        }
        _ => {}
    }
}

fn definition(named: &NamedType) -> Value {
    Value::Object(object(&named.fields, named.description.as_deref()))
}

fn object(fields: &[Field], description: Option<&str>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("type".into(), json!("object"));
    insert(&mut out, "description", description);
    if !fields.is_empty() {
        let properties = fields
            .iter()
            .map(|field| (field.name.clone(), property(field)));
        out.insert("properties".into(), Value::Object(properties.collect()));
    }
    let required: Vec<&str> = fields
        .iter()
        .filter(|f| required(f))
        .map(|f| f.name.as_str())
        .collect();
    if !required.is_empty() {
        out.insert("required".into(), json!(required));
    }
    out.insert("additionalProperties".into(), json!(false));
    out
}

/// Whether a member must be given.
fn required(field: &Field) -> bool {
    !field.optional && field.default.is_none()
}

fn property(field: &Field) -> Value {
    let mut out = schema(&field.ty, field.description.as_deref());
    insert(&mut out, "default", field.default.as_ref());
    Value::Object(out)
}

/// The schema of a type. A reference may stand beside other keywords in 2020-12, so that a member of a named type keeps its own
/// description.
fn schema(ty: &Type, description: Option<&str>) -> Map<String, Value> {
    let mut out = Map::new();
    let name = match ty {
        Type::Object(fields) => return object(fields, description),
        Type::String(_) | Type::Enum(_) => Some("string"),
        Type::Integer { .. } => Some("integer"),
        Type::Number { .. } => Some("number"),
        Type::Boolean => Some("boolean"),
        Type::Array { .. } => Some("array"),
        Type::Any => None,
        Type::Named(name) => {
            out.insert("$ref".into(), json!(format!("#/$defs/{name}")));
            None
        }
    };
    insert(&mut out, "type", name);
    insert(&mut out, "description", description);
    match ty {
        Type::String(StringType {
            min_length,
            max_length,
            pattern,
            format,
        }) => {
            insert(&mut out, "minLength", *min_length);
            insert(&mut out, "maxLength", *max_length);
            insert(&mut out, "pattern", pattern.as_ref());
            insert(&mut out, "format", format.as_ref());
        }
        Type::Enum(values) => insert(&mut out, "enum", Some(values)),
        Type::Integer { minimum, maximum } => {
            insert(&mut out, "minimum", *minimum);
            insert(&mut out, "maximum", *maximum);
        }
        Type::Number { minimum, maximum } => {
            insert(&mut out, "minimum", minimum.map(number));
            insert(&mut out, "maximum", maximum.map(number));
        }
        Type::Array {
            items,
            min_items,
            max_items,
        } => {
            out.insert("items".into(), Value::Object(schema(items, None)));
            insert(&mut out, "minItems", *min_items);
            insert(&mut out, "maxItems", *max_items);
        }
        Type::Object(_) | Type::Boolean | Type::Any | Type::Named(_) => {}
    }
    out
}

/// A bound as people write it: `0`, not `0.0`.
fn number(bound: f64) -> Value {
    // Whole numbers up to 2^53 are exact in both.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if bound.fract() == 0.0 && bound.abs() <= EXACT {
        json!(bound as i64)
    } else {
        json!(bound)
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

fn insert(out: &mut Map<String, Value>, key: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        out.insert(key.into(), json!(value));
    }
}

/// Serialising what holds strings, numbers and JSON does not fail.
fn text(wire: &impl Serialize) -> String {
    serde_json::to_string(wire).unwrap_or_default()
}
