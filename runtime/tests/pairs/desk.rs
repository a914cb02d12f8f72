//! The same agent, declared in a file and in Rust: a state of each session.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/desk.toml")]
    pub struct Desk;

    impl desk::Handlers for Desk {
        async fn note(&mut self, _cx: &Cx, p: desk::NoteParams) -> Result<String> {
            self.notes.push(p.text);
            Ok(self.notes.len().to_string())
        }

        async fn notes(&self, _cx: &Cx) -> Result<String> {
            Ok(self.notes.join(", "))
        }

        fn migrate(
            _from: u32,
            old: mcp_agent::serde_json::Value,
        ) -> Result<mcp_agent::serde_json::Value> {
            Ok(old)
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "desk",
        version = "1.0.0",
        state(scope = "session", version = 3)
    )]
    pub struct Desk {
        #[state(default = [])]
        notes: Vec<String>,
    }

    #[mcp_agent]
    impl Desk {
        /// Notes.
        #[tool]
        fn note(&mut self, text: String) -> usize {
            self.notes.push(text);
            self.notes.len()
        }

        /// All notes.
        #[resource("desk://notes", mime = "text/plain")]
        fn notes(&self) -> String {
            self.notes.join(", ")
        }

        #[migrate]
        fn newer(old: mcp_agent::serde_json::Value) -> mcp_agent::serde_json::Value {
            old
        }
    }
}
