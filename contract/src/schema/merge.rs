//! Two sets of keywords that hold together, as one.

use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Keywords that say something and limit nothing.
pub(super) fn is_note(keyword: &str) -> bool {
    matches!(
        keyword,
        "title"
            | "description"
            | "default"
            | "examples"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
            | "$comment"
            | "$schema"
            | "$id"
            | "$defs"
            | "definitions"
    ) || keyword.starts_with("x-")
}

/// What satisfies both. Where the two cannot be one keyword, the second stays beside the first in `allOf`.
pub(super) fn both(mut a: Map<String, Value>, b: &Map<String, Value>) -> Map<String, Value> {
    let mut rest = Map::new();
    for (keyword, value) in b {
        let Some(present) = a.get(keyword) else {
            a.insert(keyword.clone(), value.clone());
            continue;
        };
        // What stands at the place itself has the better words.
        if present == value || is_note(keyword) {
            continue;
        }
        match one(keyword, present, value) {
            Some(value) => a.insert(keyword.clone(), value),
            None => rest.insert(keyword.clone(), value.clone()),
        };
    }
    if !rest.is_empty() {
        let mut all = match a.remove("allOf") {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        };
        all.push(Value::Object(rest));
        a.insert("allOf".into(), Value::Array(all));
    }
    a
}

fn one(keyword: &str, a: &Value, b: &Value) -> Option<Value> {
    Some(match keyword {
        "properties" | "patternProperties" => {
            let (mut members, more) = (a.as_object()?.clone(), b.as_object()?);
            for (name, schema) in more {
                let schema = match members.get(name) {
                    Some(present) if present != schema => together(present, schema)?,
                    _ => schema.clone(),
                };
                members.insert(name.clone(), schema);
            }
            Value::Object(members)
        }
        "required" => {
            let mut names = a.as_array()?.clone();
            let more = b.as_array()?.iter();
            names.extend(
                more.filter(|it| !a.as_array().is_some_and(|a| a.contains(it)))
                    .cloned(),
            );
            Value::Array(names)
        }
        "enum" => {
            let b = b.as_array()?;
            a.as_array()?
                .iter()
                .filter(|it| b.contains(it))
                .cloned()
                .collect()
        }
        "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
            if compare(a, b)? == Ordering::Less {
                b.clone()
            } else {
                a.clone()
            }
        }
        "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
            if compare(a, b)? == Ordering::Greater {
                b.clone()
            } else {
                a.clone()
            }
        }
        "additionalProperties" if a == &Value::Bool(true) => b.clone(),
        "additionalProperties" if b == &Value::Bool(true) => a.clone(),
        "type" => {
            let all = |it: &Value| match it {
                Value::Array(types) => types.clone(),
                one => vec![one.clone()],
            };
            let b = all(b);
            let takes =
                |it: &Value| b.contains(it) || (it == "integer" && b.contains(&"number".into()));
            let mut both: Vec<Value> = all(a).into_iter().filter(takes).collect();
            if all(a).contains(&"number".into()) && b.contains(&"integer".into()) {
                both.retain(|it| it != "number");
                if !both.contains(&"integer".into()) {
                    both.push("integer".into());
                }
            }
            Value::Array(both)
        }
        _ => return None,
    })
}

fn together(a: &Value, b: &Value) -> Option<Value> {
    let mut out = Map::new();
    out.insert("allOf".into(), vec![a.clone(), b.clone()].into());
    (a.is_object() && b.is_object()).then_some(Value::Object(out))
}

/// Two numbers, exactly where both are whole.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let whole = |it: &Value| {
        it.as_i64()
            .map(i128::from)
            .or_else(|| it.as_u64().map(i128::from))
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
