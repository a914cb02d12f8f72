//! The JSON Schema 2020-12 of types.

use super::insert;
use crate::model::{Field, Model, NamedType, StringType, Type};
use serde_json::{Map, Value, json};

/// The schema of an object of `fields`, with the definitions that it needs.
pub(super) fn object_schema(model: &Model, fields: &[Field], description: Option<&str>) -> Value {
    let mut out = object(fields, description);
    let definitions = definitions(model, fields);
    if !definitions.is_empty() {
        out.insert("$defs".into(), Value::Object(definitions));
    }
    Value::Object(out)
}

/// The schema of a member on its own, with the definitions that it needs.
pub(super) fn member_schema(model: &Model, field: &Field) -> Value {
    let mut out = schema(&field.ty, field.description.as_deref());
    let definitions = definitions(model, std::slice::from_ref(field));
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
pub(super) fn required(field: &Field) -> bool {
    !field.optional && field.default.is_none()
}

pub(super) fn property(field: &Field) -> Value {
    let mut out = schema(&field.ty, field.description.as_deref());
    insert(&mut out, "default", field.default.as_ref());
    insert(&mut out, "x-mcp-header", field.header.as_ref());
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
pub(super) fn number(bound: f64) -> Value {
    // Whole numbers up to 2^53 are exact in both.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if bound.fract() == 0.0 && bound.abs() <= EXACT {
        json!(bound as i64)
    } else {
        json!(bound)
    }
}
