//! `confirm`: the user is asked before a tool runs.

use super::{Call, Elicited};
use crate::{Error, Result};
use mcp_agent_protocol::{ClientCaps, Item, Version};
use serde_json::{Value, json};

/// The key of the question in its call.
const KEY: &str = "confirm";

/// How much of an argument is shown, in characters: nobody reads more, and nobody may push the rest of the question out of sight.
const MOST: usize = 200;

impl Call {
    /// Asks the user whether `tool` may run with these arguments. To accept is to say yes: there is no form to fill, since clients have
    /// buttons for that.
    pub(crate) async fn confirm(
        &self,
        question: &str,
        tool: &Item,
        arguments: &str,
        version: Version,
    ) -> Result<()> {
        if !version.is_stateless() && !self.client().has(ClientCaps::ELICITATION_FORM) {
            return Err(Error::tool(format!(
                "`{}` asks the user first, and this client cannot be asked: nothing was done",
                tool.name
            )));
        }
        if let Some(live) = &self.0 {
            live.count();
        }
        let message = filled(question, tool, arguments);
        let schema = json!({ "type": "object", "properties": {} });
        match self.ask_form(KEY, message, schema).await? {
            Elicited::Accepted(_) => Ok(()),
            Elicited::Declined => Err(Error::tool("the user declined: nothing was done")),
            Elicited::Cancelled => Err(Error::tool(
                "the user closed the question without an answer: nothing was done",
            )),
        }
    }
}

/// The question, with the arguments in its holes.
fn filled(question: &str, tool: &Item, arguments: &str) -> String {
    let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
    let mut out = String::new();
    let mut rest = question;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, at) = rest.split_at(brace);
        out.push_str(before);
        rest = match at.split_once('}') {
            _ if at.starts_with("{{") || at.starts_with("}}") => {
                out.push_str(&at[..1]);
                &at[2..]
            }
            Some((name, rest)) => {
                let name = name.trim_start_matches('{');
                match arguments.get(name) {
                    Some(value) => show(value, &mut out),
                    None => show(&default(tool, name), &mut out),
                }
                rest
            }
            // `check` lets no such question pass.
            None => &at[1..],
        };
    }
    out.push_str(rest);
    out
}

/// The declared default of an argument that was left out.
fn default(tool: &Item, name: &str) -> Value {
    let listed: Value = serde_json::from_str(tool.json).unwrap_or_default();
    listed["inputSchema"]["properties"][name]["default"].clone()
}

/// A value as people read it: on one line, and with nothing in it that would change how what follows is read.
fn show(value: &Value, out: &mut String) {
    let text = match value {
        Value::String(text) => text.as_str().into(),
        other => std::borrow::Cow::from(other.to_string()),
    };
    let mut chars = text.chars();
    for c in chars.by_ref().take(MOST) {
        out.push(if misleads(c) { ' ' } else { c });
    }
    if chars.next().is_some() {
        out.push('…');
    }
}

/// Line ends and control characters, and those that change the direction of writing.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOL: Item = Item {
        json: r#"{"inputSchema":{"properties":{"count":{"default":2},"id":{}}}}"#,
        ..Item::EMPTY
    };

    #[test]
    fn holes_are_filled() {
        for (question, arguments, expected) in [
            ("Do it?", "{}", "Do it?"),
            ("Cancel {id}?", r#"{"id":"ord_1"}"#, "Cancel ord_1?"),
            ("{count} of {id}", r#"{"id":"{count}"}"#, "2 of {count}"),
            ("{count}{id}", r#"{"id":true,"count":-1.5}"#, "-1.5true"),
            ("{{id}} {{{id}}}", r#"{"id":"a"}"#, "{id} {a}"),
            ("{id}", "{\"id\":\"a\\nb\u{202e}c\"}", "a b c"),
        ] {
            assert_eq!(filled(question, &TOOL, arguments), expected, "{question}");
        }
    }

    #[test]
    fn a_long_argument_is_clipped() {
        let arguments = json!({ "id": "ä".repeat(300) }).to_string();
        let expected = format!("<{}…>", "ä".repeat(MOST));
        assert_eq!(filled("<{id}>", &TOOL, &arguments), expected);
    }
}
