//! Alternatives that lead back to themselves: what a client sends decides how often all of it would be read again.

use mcp_agent_protocol::schema::{Violation, compile};

const TREE: &str = r##"{ "oneOf": [
    { "type": "object", "properties": { "a": { "$ref": "#" } } },
    { "type": "object", "properties": { "a": { "$ref": "#" } }, "required": ["b"] }
] }"##;

/// `{"a":{"a":…leaf…}}`.
fn nested(depth: usize, leaf: &str) -> String {
    format!("{}{leaf}{}", "{\"a\":".repeat(depth), "}".repeat(depth))
}

fn violations(text: &str) -> Vec<Violation> {
    compile(TREE).unwrap().check(text).unwrap_err()
}

#[test]
fn what_alternatives_found_wrong_is_told_in_short() {
    let found = violations(&nested(12, "1"));
    assert_eq!(found.len(), 1);
    assert!(found[0].message.len() < 1100, "{}", found[0].message.len());
    assert!(found[0].message.ends_with('…'), "{}", found[0].message);
}

#[test]
fn a_long_text_is_not_read_for_ever() {
    let leaf = format!("\"{}\"", "x".repeat(2 << 20));
    let found = violations(&nested(40, &leaf));
    let told = |violation: &Violation| violation.message.contains("too complex");
    assert!(found.iter().any(told), "{found:?}");
}

#[test]
fn a_condition_tells_what_its_branch_finds_and_where() {
    let schema = compile(
        r#"{ "properties": { "to": {
            "if": { "properties": { "by": { "const": "phone" } }, "required": ["by"] },
            "then": { "required": ["phone"] },
            "else": { "properties": { "email": { "type": "string" } }, "required": ["email"] }
        } } }"#,
    )
    .unwrap();
    let told = |text: &str| {
        let found = schema.check(text).unwrap_err();
        let [one] = &found[..] else {
            panic!("{found:?}")
        };
        format!("{}: {}", one.pointer, one.message)
    };
    assert_eq!(
        told(r#"{"to":{"by":"phone","email":"a"}}"#),
        "/to/phone: is required"
    );
    assert_eq!(told(r#"{"to":{"phone":"1"}}"#), "/to/email: is required");
    assert_eq!(
        told(r#"{"to":{"email":1}}"#),
        "/to/email: must be a string, but is an integer"
    );
    schema
        .check(r#"{"to":{"by":"phone","phone":"1"}}"#)
        .unwrap();
    schema.check(r#"{"to":{"email":"a"}}"#).unwrap();
    // Alone they say nothing.
    let alone = compile(r#"{ "then": false, "else": false }"#).unwrap();
    alone.check("{}").unwrap();
}

#[test]
fn a_large_body_may_have_several_alternatives() {
    let schema = r#"{ "properties": { "a": { "anyOf": [
        { "type": "number" }, { "type": "null" }, { "type": "boolean" }, { "type": "array" },
        { "type": "object" }, { "maxLength": 1 }, { "maxLength": 2 }, { "type": "string" }
    ] } } }"#;
    let text = format!("{{\"a\":\"{}\"}}", "x".repeat(4 << 20));
    compile(schema).unwrap().check(&text).unwrap();
}
