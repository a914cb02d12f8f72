//! What all versions and transports have in common: a server that has said who it is, and can be asked.

use super::message::Said;
use anyhow::Result;
use serde_json::{Map, Value};

/// A server that answers.
pub trait Server {
    /// What it said of itself.
    fn greeting(&self) -> &Greeting;

    /// Sends a request and waits for its answer. An error that the server says is an answer too.
    fn ask(&mut self, method: &str, params: Map<String, Value>) -> Result<Said>;

    /// Leaves.
    fn end(&mut self) {}
}

/// What a server says first, to `server/discover` or `initialize`.
#[derive(Clone, Debug)]
pub struct Greeting {
    /// The version of the protocol that is spoken.
    pub protocol: String,
    /// How.
    pub transport: &'static str,
    /// `serverInfo`; null where it says nothing.
    pub server: Value,
    pub instructions: Option<String>,
    pub lists: Lists,
}

/// Which lists a server says that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lists {
    pub tools: bool,
    /// Templates too.
    pub resources: bool,
    pub prompts: bool,
}

impl Lists {
    /// As `capabilities` have it.
    pub fn of(capabilities: &Value) -> Self {
        let has = |name: &str| capabilities[name].is_object();
        Self {
            tools: has("tools"),
            resources: has("resources"),
            prompts: has("prompts"),
        }
    }
}
