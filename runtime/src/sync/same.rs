//! Whether two values are one and the same to a client that has them in JavaScript.

use super::Fields;
use serde_json::Value;

/// The value of a field. One that is left out is one without a value, as it is in JavaScript.
pub fn field<'a>(state: &'a Fields, name: &str) -> &'a Value {
    state.get(name).unwrap_or(&Value::Null)
}

/// Whether two states are the same.
pub fn same_state(one: &Fields, other: &Fields) -> bool {
    one.keys().all(|name| same_field(one, other, name))
        && other.keys().all(|name| same_field(one, other, name))
}

/// Whether a field has the same value in both.
pub fn same_field(one: &Fields, other: &Fields, name: &str) -> bool {
    same(field(one, name), field(other, name))
}

/// There is one kind of number in JavaScript: `1.0` comes back as `1`, and of an integer beyond 2^53 the last digits do not.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => same_state(one, other),
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_javascript_cannot_tell_apart_is_the_same() {
        for (one, other, expected) in [
            (json!({ "n": 1.0 }), json!({ "n": 1 }), true),
            (
                json!({ "n": 9_007_199_254_740_993_i64 }),
                json!({ "n": 9_007_199_254_740_992_i64 }),
                true,
            ),
            (json!({ "n": null }), json!({}), true),
            (
                json!({ "n": [{ "a": 1.0 }] }),
                json!({ "n": [{ "a": 1 }] }),
                true,
            ),
            (json!({ "n": 1 }), json!({ "n": 2 }), false),
            (json!({ "n": "1" }), json!({ "n": 1 }), false),
            (json!({ "n": [1] }), json!({ "n": [1, 2] }), false),
            (json!({ "n": false }), json!({}), false),
        ] {
            assert_eq!(same(&one, &other), expected, "{one} {other}");
            assert_eq!(same(&other, &one), expected, "{other} {one}");
        }
    }
}
