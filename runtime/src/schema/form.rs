//! The schema of a form, of a type of the user's (2025-06-18 and later, Elicitation, "Requested Schema").

use super::{Make, canonical, late};
use crate::{Error, Result};
use schemars::generate::Contract;
use serde_json::{Map, Value};

/// The formats that a form knows, `StringSchema` of the specification.
const FORMATS: [&str; 4] = ["date", "date-time", "email", "uri"];

/// The schema that asks for a type: an object of primitive members alone, with nothing to look up.
pub fn form(make: Make) -> Result<String> {
    let mut generator = late::generator(Contract::Deserialize);
    let schema = make(&mut generator).to_value();
    let schema = canonical::root(schema, &generator.take_definitions(true));
    let none = Map::new();
    let members = schema.get("properties").and_then(Value::as_object);
    let wrong = members
        .unwrap_or(&none)
        .iter()
        .find(|(_, it)| !is_primitive(it));
    if let Some((name, _)) = wrong {
        return Err(Error::tool(format!(
            "no form can ask for `{name}`: its members are strings, numbers, booleans, enums, or arrays of an enum"
        )));
    }
    if schema.get("type").is_none_or(|it| it != "object") {
        return Err(Error::tool("a form asks for a struct"));
    }
    let kept = ["type", "properties", "required"];
    let schema: Map<String, Value> = schema
        .into_iter()
        .filter(|(key, _)| kept.contains(&key.as_str()))
        .collect();
    let mut out = String::new();
    canonical::write(&schema, &mut out);
    Ok(out)
}

/// Whether it is one of `PrimitiveSchemaDefinition`.
fn is_primitive(schema: &Value) -> bool {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    match text("type") {
        Some("string") => text("format").is_none_or(|it| FORMATS.contains(&it)),
        Some("integer" | "number" | "boolean") => true,
        Some("array") => schema
            .get("items")
            .is_some_and(|it| it.get("enum").is_some()),
        _ => false,
    }
}
