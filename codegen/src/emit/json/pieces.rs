//! A tool's JSON around the schemas that only the compiler knows.

use crate::model::{Agent, Tool};
use serde_json::{Map, Value};

/// What of a tool is of a type of the user's.
pub struct Foreign<'a> {
    /// All arguments.
    pub whole: bool,
    /// These arguments.
    pub arguments: Vec<&'a str>,
    /// The structured content.
    pub output: bool,
}

/// A piece of a tool's JSON.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// The schema of the argument at this place of [`Foreign::arguments`], and what the declaration adds to it, a JSON object.
    Argument(usize, String),
    /// `,"$defs":{…}`, if there are any.
    Definitions,
    /// The schema of all arguments.
    Whole,
    /// `,"outputSchema":{…}`, if there is one.
    Output,
}

/// The JSON of a tool as it is listed, in pieces.
pub fn pieces(agent: &Agent, tool: &Tool, foreign: &Foreign<'_>) -> Vec<Piece> {
    let mut out = Writer::default();
    // What we wrote is JSON.
    let wire: Map<String, Value> =
        serde_json::from_str(&super::tool(agent, tool)).unwrap_or_default();
    out.object(&wire, |key, value, out| match (key, value) {
        ("inputSchema", Value::Object(schema)) => {
            match foreign.whole {
                true => out.piece(Piece::Whole),
                false => input(schema, foreign, out),
            }
            if foreign.output {
                out.piece(Piece::Output);
            }
        }
        (_, value) => out.text(&value.to_string()),
    });
    out.pieces
}

fn input(schema: &Map<String, Value>, foreign: &Foreign<'_>, out: &mut Writer) {
    out.open(schema, |key, value, out| match (key, value) {
        ("properties", Value::Object(properties)) => {
            out.object(properties, |name, property, out| {
                let at = foreign.arguments.iter().position(|it| *it == name);
                match at {
                    Some(at) => out.piece(Piece::Argument(at, property.to_string())),
                    None => out.text(&property.to_string()),
                }
            })
        }
        (_, value) => out.text(&value.to_string()),
    });
    if !foreign.arguments.is_empty() {
        out.piece(Piece::Definitions);
    }
    out.text("}");
}

#[derive(Default)]
struct Writer {
    pieces: Vec<Piece>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn piece(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    fn object(&mut self, members: &Map<String, Value>, value: impl Fn(&str, &Value, &mut Self)) {
        self.open(members, value);
        self.text("}");
    }

    /// An object that has no end yet.
    fn open(&mut self, members: &Map<String, Value>, value: impl Fn(&str, &Value, &mut Self)) {
        self.text("{");
        for (at, (name, member)) in members.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            self.text(&format!("{comma}{}:", Value::from(name.as_str())));
            value(name, member, self);
        }
    }
}
