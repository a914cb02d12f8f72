//! The same agent, declared in a file and in Rust: a state of each tenant, with all that a state may have beside MCP.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/board.toml")]
    pub struct Board;

    impl board::Handlers for Board {
        async fn add(&mut self, _cx: &Cx, p: board::AddParams) -> Result<String> {
            self.cards.push(p.text);
            Ok(self.cards.len().to_string())
        }

        async fn tidy(&mut self, _cx: &Cx, _due: Due) -> Result<()> {
            self.cards.dedup();
            Ok(())
        }

        async fn on_message(
            &mut self,
            _cx: &Cx,
            _socket: &Socket,
            _message: Message,
        ) -> Result<()> {
            Ok(())
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "team-board",
        version = "1.0.0",
        state(scope = "tenant", claim = "account.org", sync = "readonly"),
        websocket(path = "/live"),
        auth(mode = "resource", issuer = "https://id.example.com/")
    )]
    pub struct Board {
        #[state(default = [])]
        cards: Vec<String>,
    }

    #[mcp_agent]
    impl Board {
        /// Adds a card.
        #[tool]
        fn add(&mut self, text: String) -> usize {
            self.cards.push(text);
            self.cards.len()
        }

        /// Tidies up.
        #[schedule(cron = "0 3 * * *")]
        fn tidy(&mut self) {
            self.cards.dedup();
        }

        #[on_message]
        fn hear(&mut self) {}
    }
}
