//! `requestedSchema` of `elicitation/create`: what a client shows as a form.

use super::schema::{property, required};
use crate::model::{Field, NamedType, StringType, Type};
use serde_json::{Map, Value, json};

/// The formats that a form knows, `StringSchema` of the specification.
const FORMATS: [&str; 4] = ["date", "date-time", "email", "uri"];

/// The schema that asks for a named type: an object of primitive members alone, with nothing to look up. `None` where it has a member
/// that no form can show.
pub fn requested_schema(named: &NamedType) -> Option<String> {
    if !named.fields.iter().all(is_primitive) {
        return None;
    }
    let properties: Map<String, Value> = named
        .fields
        .iter()
        .map(|field| (field.name.clone(), property(field)))
        .collect();
    let mut out = Map::new();
    out.insert("type".into(), json!("object"));
    out.insert("properties".into(), Value::Object(properties));
    let required: Vec<&str> = named
        .fields
        .iter()
        .filter(|field| required(field))
        .map(|field| field.name.as_str())
        .collect();
    if !required.is_empty() {
        out.insert("required".into(), json!(required));
    }
    Some(Value::Object(out).to_string())
}

/// Whether it is one of `PrimitiveSchemaDefinition`.
fn is_primitive(field: &Field) -> bool {
    match &field.ty {
        Type::String(StringType { format, .. }) => format
            .as_deref()
            .is_none_or(|format| FORMATS.contains(&format)),
        Type::Enum(_) | Type::Integer { .. } | Type::Number { .. } | Type::Boolean => true,
        Type::Array { items, .. } => matches!(**items, Type::Enum(_)),
        Type::Object(_) | Type::Any | Type::Named(_) => false,
    }
}
