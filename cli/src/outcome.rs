//! What a verb came to, for people and for machines.

use serde_json::{Map, Value, json};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done, and nothing to say against it.
    Ok,
    /// Done, and something was found: a mistake in the declaration, a file that is out of date.
    Findings,
    /// It could not be done.
    Failed,
}

impl Status {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Findings => "findings",
            Self::Failed => "failed",
        }
    }
}

/// What a verb came to.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// What people read on stdout.
    pub text: String,
    /// What people read on stderr.
    pub findings: String,
    /// What machines read, beside `command` and `status`.
    pub data: Map<String, Value>,
}

impl Outcome {
    /// An outcome with this status, this text and these members of the JSON object.
    pub fn new(status: Status, text: impl Into<String>, data: Value) -> Self {
        let data = match data {
            Value::Object(members) => members,
            other => Map::from_iter([("result".to_owned(), other)]),
        };
        Self {
            status,
            text: text.into(),
            findings: String::new(),
            data,
        }
    }

    /// Adds what people read on stderr.
    pub fn with_findings(mut self, findings: impl Into<String>) -> Self {
        self.findings = findings.into();
        self
    }

    /// It could not be done, and nothing was.
    pub fn failed(error: &anyhow::Error) -> Self {
        let message = format!("{error:#}");
        let findings = format!("error: {message}\n");
        Self::new(Status::Failed, "", json!({ "error": message })).with_findings(findings)
    }

    /// One line of JSON. `command` and `status` come first; a later release adds members and removes none.
    pub fn to_json(&self, command: &str) -> String {
        let mut object = Map::new();
        object.insert("command".to_owned(), command.into());
        object.insert("status".to_owned(), self.status.as_str().into());
        object.extend(self.data.clone());
        format!("{}\n", Value::Object(object))
    }
}
