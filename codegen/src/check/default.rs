//! Defaults satisfy their types.

use super::{Cx, format, walk};
use crate::diag::{Address, Code};
use crate::model::{Field, Model, StringType, Type};
use serde_json::Value;

/// A default is a value like one that a client sends, so that it satisfies the type and its constraints. It is checked here because
/// nobody would check it later.
pub(super) fn check_defaults(model: &Model, cx: &mut Cx<'_>) {
    for shape in walk::shapes(model).structs {
        for field in shape.fields {
            let Some(default) = &field.default else {
                continue;
            };
            let at = shape.at.key(&field.name).key("default");
            check_value(model, cx, &at, &field.name, default, &field.ty);
        }
    }
}

/// Reports where `value`, which stands at `at`, is not of the type `ty`.
fn check_value(model: &Model, cx: &mut Cx<'_>, at: &Address, name: &str, value: &Value, ty: &Type) {
    let mut bad = |what: String, help: String| {
        cx.report(
            Code::BadDefault,
            at,
            format!("the default of `{name}` {what}"),
        )
        .help(help);
    };
    match (ty, value) {
        (Type::Any, _) | (Type::Boolean, Value::Bool(_)) => {}
        (Type::String(string), Value::String(text)) => {
            if let Some((what, help)) = string_problem(string, text) {
                bad(what, help);
            }
        }
        (Type::Enum(values), Value::String(text)) => {
            if !values.contains(text) {
                let values = values
                    .iter()
                    .map(|v| format!("`{v}`"))
                    .collect::<Vec<_>>()
                    .join(", ");
                bad(
                    format!("is `{text}`, which its `enum` does not list"),
                    format!("one of {values}"),
                );
            }
        }
        (Type::Integer { minimum, maximum }, Value::Number(number)) if number.is_i64() => {
            let number = number.as_i64().unwrap_or_default();
            if let Some(least) = minimum.filter(|least| number < *least) {
                bad(
                    format!("is below its `minimum` {least}"),
                    format!("default = {least}"),
                );
            }
            if let Some(most) = maximum.filter(|most| number > *most) {
                bad(
                    format!("is above its `maximum` {most}"),
                    format!("default = {most}"),
                );
            }
        }
        (Type::Number { minimum, maximum }, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            if let Some(least) = minimum.filter(|least| number < *least) {
                bad(
                    format!("is below its `minimum` {least}"),
                    format!("default = {least}"),
                );
            }
            if let Some(most) = maximum.filter(|most| number > *most) {
                bad(
                    format!("is above its `maximum` {most}"),
                    format!("default = {most}"),
                );
            }
        }
        (
            Type::Array {
                items,
                min_items,
                max_items,
            },
            Value::Array(values),
        ) => {
            let count = values.len() as u64;
            if let Some(least) = min_items.filter(|least| count < *least) {
                bad(
                    format!(
                        "has {}, fewer than its `min_items` {least}",
                        number_of(count, "item")
                    ),
                    "list more, or lower `min_items`".into(),
                );
            }
            if let Some(most) = max_items.filter(|most| count > *most) {
                bad(
                    format!(
                        "has {}, more than its `max_items` {most}",
                        number_of(count, "item")
                    ),
                    "list fewer, or raise `max_items`".into(),
                );
            }
            for (index, value) in values.iter().enumerate() {
                check_value(model, cx, &at.index(index), name, value, items);
            }
        }
        (Type::Object(fields), Value::Object(members)) => {
            check_object(model, cx, at, name, members, fields)
        }
        (Type::Named(of), Value::Object(members)) => {
            if let Some(named) = model.types.iter().find(|t| t.name == *of) {
                check_object(model, cx, at, name, members, &named.fields);
            }
        }
        (ty, value) => bad(
            format!("is {}, not {}", kind(value), type_name(ty)),
            format!("default = {}", instead(ty, value)),
        ),
    }
}

fn check_object(
    model: &Model,
    cx: &mut Cx<'_>,
    at: &Address,
    name: &str,
    members: &serde_json::Map<String, Value>,
    fields: &[Field],
) {
    for key in members
        .keys()
        .filter(|key| !fields.iter().any(|f| f.name == **key))
    {
        cx.report(
            Code::BadDefault,
            &at.key(key),
            format!("the default of `{name}` has `{key}`, which its type does not"),
        )
        .at_key()
        .help(format!("leave `{key}` out"));
    }
    for field in fields {
        match members.get(&field.name) {
            Some(value) => check_value(model, cx, &at.key(&field.name), name, value, &field.ty),
            None if field.optional || field.default.is_some() => {}
            None => {
                let missing = &field.name;
                cx.report(
                    Code::BadDefault,
                    at,
                    format!("the default of `{name}` lacks `{missing}`"),
                )
                .help(format!("{missing} = {}", example(&field.ty)));
            }
        }
    }
}

/// Why `text` is not such a string.
fn string_problem(ty: &StringType, text: &str) -> Option<(String, String)> {
    let length = text.chars().count() as u64;
    if let Some(least) = ty.min_length.filter(|least| length < *least) {
        return Some((
            format!(
                "has {}, fewer than its `min_length` {least}",
                number_of(length, "character")
            ),
            "write a longer one, or lower `min_length`".into(),
        ));
    }
    if let Some(most) = ty.max_length.filter(|most| length > *most) {
        return Some((
            format!(
                "has {}, more than its `max_length` {most}",
                number_of(length, "character")
            ),
            "write a shorter one, or raise `max_length`".into(),
        ));
    }
    if let Some(pattern) = ty.pattern.as_deref()
        && regex_lite::Regex::new(pattern).is_ok_and(|regex| !regex.is_match(text))
    {
        return Some((
            format!("does not match its `pattern` `{pattern}`"),
            "write one that matches".into(),
        ));
    }
    let format = ty
        .format
        .as_deref()
        .filter(|format| !format::holds(format, text))?;
    Some((
        format!("is not of its `format` `{format}`"),
        format!("write one that is, or leave `format = \"{format}\"` out"),
    ))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_i64() => "an integer",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::String(_) | Type::Enum(_) => "a string".into(),
        Type::Integer { .. } => "an integer".into(),
        Type::Number { .. } => "a number".into(),
        Type::Boolean => "a boolean".into(),
        Type::Array { .. } => "an array".into(),
        Type::Object(_) => "a table".into(),
        Type::Any => "a value".into(),
        Type::Named(name) => format!("a table of `{name}`"),
    }
}

/// A value of the type, as TOML.
fn example(ty: &Type) -> String {
    match ty {
        Type::Enum(values) => values.first().map_or_else(
            || "\"\"".into(),
            |value| Value::from(value.as_str()).to_string(),
        ),
        Type::String(_) | Type::Any => "\"\"".into(),
        Type::Integer { minimum, .. } => minimum.unwrap_or(0).to_string(),
        Type::Number { minimum, .. } => format!("{:?}", minimum.unwrap_or(0.0)),
        Type::Boolean => "false".into(),
        Type::Array { .. } => "[]".into(),
        Type::Object(_) | Type::Named(_) => "{}".into(),
    }
}

/// What is meant by `value`, where that can be told, else a value of the type.
fn instead(ty: &Type, value: &Value) -> String {
    match (ty, value) {
        (Type::String(_), Value::Number(_) | Value::Bool(_)) => format!("\"{value}\""),
        (Type::Integer { .. }, Value::Number(number)) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => format!("{float}"),
            _ => example(ty),
        },
        (Type::Array { .. }, value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            format!("[{value}]")
        }
        _ => example(ty),
    }
}

/// `1 item`, `2 items`.
fn number_of(count: u64, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}
