//! A tool's JSON around the schemas that only the compiler knows.
//!
//! Where the runtime writes one stands a control character, which JSON has nowhere else: in its strings they are escaped.

use crate::model::{Agent, Tool};
use serde_json::{Map, Value};

/// What of a tool is of a type of the user's.
pub struct Foreign<'a> {
    /// All arguments.
    pub whole: bool,
    /// These arguments.
    pub arguments: Vec<&'a str>,
}

/// The JSON of a tool as it is listed. In it, `\u{1}` and an index stand for the schema of that argument of [`Foreign::arguments`], up to
/// `\u{2}` with the members that the declaration adds to it, `\u{3}` for `,"$defs":{…}`, `\u{4}` for the schema of all arguments, and
/// `\u{5}` for `,"outputSchema":{…}`; what there is none of is nothing.
pub fn late_tool(agent: &Agent, tool: &Tool, foreign: &Foreign<'_>) -> String {
    let mut out = String::new();
    // What we wrote is JSON.
    let wire: Map<String, Value> =
        serde_json::from_str(&super::tool(agent, tool)).unwrap_or_default();
    open(&wire, &mut out, |key, value, out| match (key, value) {
        ("inputSchema", Value::Object(schema)) => {
            match foreign.whole {
                true => out.push('\u{4}'),
                false => input(schema, foreign, out),
            }
            out.push('\u{5}');
        }
        (_, value) => out.push_str(&value.to_string()),
    });
    out.push('}');
    out
}

fn input(schema: &Map<String, Value>, foreign: &Foreign<'_>, out: &mut String) {
    open(schema, out, |key, value, out| match (key, value) {
        ("properties", Value::Object(properties)) => {
            open(properties, out, |name, property, out| {
                match foreign.arguments.iter().position(|it| *it == name) {
                    Some(at) => out.push_str(&format!("\u{1}{at}{property}\u{2}")),
                    None => out.push_str(&property.to_string()),
                }
            });
            out.push('}');
        }
        (_, value) => out.push_str(&value.to_string()),
    });
    out.push_str("\u{3}}");
}

/// An object that has no end yet.
fn open(members: &Map<String, Value>, out: &mut String, value: impl Fn(&str, &Value, &mut String)) {
    out.push('{');
    for (at, (name, member)) in members.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(name.as_str()).to_string());
        out.push(':');
        value(name, member, out);
    }
}
