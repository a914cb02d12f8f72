//! Arguments that a tool accepts, made up from its schema.

use super::render::quoted;
use crate::model::{Agent, Field, Input, StringType, Tool, Type};
use serde_json::{Map, Value};

/// Arguments for a call, with what is required and nothing else. `None` where only a person can know them.
pub(super) fn arguments(agent: &Agent, tool: &Tool) -> Option<Value> {
    match &tool.input {
        Input::Fields(fields) => object(agent, fields),
        Input::Schema { text, .. } => {
            let schema: Value = serde_json::from_str(text).ok()?;
            // Any other keyword may ask for more than nothing.
            let harmless = [
                "type",
                "properties",
                "title",
                "description",
                "additionalProperties",
                "$schema",
                "$id",
                "$defs",
                "required",
            ];
            let open = schema
                .as_object()?
                .keys()
                .all(|keyword| harmless.contains(&keyword.as_str()));
            let required = schema
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|names| !names.is_empty());
            (open && !required).then(|| Value::Object(Map::new()))
        }
    }
}

fn object(agent: &Agent, fields: &[Field]) -> Option<Value> {
    let required = fields
        .iter()
        .filter(|field| !field.optional && field.default.is_none());
    required
        .map(|field| Some((field.name.clone(), value(agent, &field.ty)?)))
        .collect::<Option<Map<_, _>>>()
        .map(Value::Object)
}

fn value(agent: &Agent, ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::String(constraints) => string(constraints)?.into(),
        Type::Enum(values) => values.first()?.as_str().into(),
        Type::Integer { minimum, maximum } => 1
            .max(minimum.unwrap_or(1))
            .min(maximum.unwrap_or(i64::MAX))
            .into(),
        Type::Number { minimum, maximum } => 1f64
            .max(minimum.unwrap_or(1.0))
            .min(maximum.unwrap_or(f64::MAX))
            .into(),
        Type::Boolean => true.into(),
        Type::Array {
            items, min_items, ..
        } => {
            // A list of thousands is nothing to read in a test.
            let count = min_items.unwrap_or(0).max(1);
            if count > 8 {
                return None;
            }
            vec![value(agent, items)?; usize::try_from(count).ok()?].into()
        }
        Type::Object(fields) => object(agent, fields)?,
        Type::Any => "anything".into(),
        Type::Named(name) => object(
            agent,
            &agent.types.iter().find(|ty| ty.name == *name)?.fields,
        )?,
    })
}

fn string(constraints: &StringType) -> Option<String> {
    if constraints.pattern.is_some() {
        return None;
    }
    let sample = match constraints.format.as_deref() {
        None => "world",
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("email") => "somebody@example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("time") => "12:00:00Z",
        Some("uri") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some(_) => return None,
    };
    let length = sample.len() as u64;
    let (least, most) = (
        constraints.min_length.unwrap_or(0),
        constraints.max_length.unwrap_or(u64::MAX),
    );
    if (least..=most).contains(&length) {
        return Some(sample.to_owned());
    }
    // Lengths beyond a line, and formats that do not fit their own limits, are a person's to fill in.
    if constraints.format.is_some() || least > 80 {
        return None;
    }
    let length = usize::try_from(if length < least { least } else { most }).ok()?;
    Some(sample.chars().cycle().take(length).collect())
}

/// A value as people write it in JavaScript.
pub(super) fn literal(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}: {}", key(name), literal(value)));
            format!("{{ {} }}", list(members.collect()))
        }
        Value::Array(items) => format!("[{}]", list(items.iter().map(literal).collect())),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        // `{ __proto__: … }` sets the prototype.
        && name != "__proto__";
    if bare {
        name.to_owned()
    } else if name == "__proto__" {
        "[\"__proto__\"]".to_owned()
    } else {
        quoted(name)
    }
}
