//! The same agent, declared in a file and in Rust: a state of each user, in sync with their pages.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/profile.toml")]
    pub struct Profile;

    impl profile::Handlers for Profile {
        async fn visit(&mut self, _cx: &Cx) -> Result<String> {
            self.visits += 1;
            Ok(format!("{} {}", self.nick, self.visits))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "profile",
        version = "1.0.0",
        state(scope = "user", sync = "readwrite"),
        auth(mode = "bearer", bearer(ada(token(secret = "ADA_TOKEN"))))
    )]
    pub struct Profile {
        /// How to be called.
        #[state(default = "", max_length = 20, writable)]
        nick: String,
        #[state(writable)]
        mood: Option<String>,
        #[state(default = 0)]
        visits: i64,
    }

    #[mcp_agent]
    impl Profile {
        /// Counts a visit.
        #[tool]
        fn visit(&mut self) -> String {
            self.visits += 1;
            format!("{} {}", self.nick, self.visits)
        }
    }
}
