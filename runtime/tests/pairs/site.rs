//! The same agent, declared in a file and in Rust, where a file of sections has what needs no handler.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/site.toml")]
    pub struct Site;

    impl site::Handlers for Site {
        async fn visit(&mut self, _cx: &Cx) -> Result<String> {
            self.visits += 1;
            Ok(self.visits.to_string())
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "site",
        version = "1.0.0",
        config = "tests/pairs/sections.toml",
        review(
            level = "behaviour",
            severity(TOOL_DESCRIPTION_CHANGED = "warn", TITLE_CHANGED = "off"),
            tokens = 2000,
            allow(rule = "TOOL_REMOVED", at = "tools.leave", why = "nobody leaves"),
            allow(
                rule = "RESOURCE_REMOVED",
                at = "resources.\"site://map\"",
                until = "2.0.0",
                why = "it has one page",
            ),
        )
    )]
    pub struct Site {
        #[state(default = 0)]
        visits: i64,
    }

    #[mcp_agent]
    impl Site {
        /// Come.
        #[tool]
        fn visit(&mut self) -> i64 {
            self.visits += 1;
            self.visits
        }
    }
}
