//! The same agent, declared in a file and in Rust: what happens beside MCP.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::Value;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/live.toml")]
    pub struct Live;

    impl live::Handlers for Live {
        async fn count(&self, _cx: &Cx) -> Result<String> {
            Ok(self.sent.to_string())
        }

        async fn on_state_update(&self, _cx: &Cx, old: &Self) -> Result<()> {
            match self.sent < old.sent {
                true => Err(Error::tool("it never falls")),
                false => Ok(()),
            }
        }

        fn migrate(_from: u32, old: Value) -> Result<Value> {
            Ok(old)
        }

        async fn morning_report(&mut self, _cx: &Cx, due: Due) -> Result<()> {
            self.sent += i64::from(due.attempt());
            Ok(())
        }

        async fn forget(_cx: &Cx, _due: Due) -> Result<()> {
            Ok(())
        }

        async fn remind(&self, _cx: &Cx, _due: Due) -> Result<()> {
            Ok(())
        }

        async fn on_message(&self, _cx: &Cx, _socket: &Socket, _message: Message) -> Result<()> {
            Ok(())
        }

        async fn on_request(&mut self, _cx: &Cx, request: Request) -> Result<Response> {
            self.sent += 1;
            Ok(Response::text(request.path()))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "live",
        version = "1.0.0",
        config = "tests/pairs/live_sections.toml",
        state(version = 2, migrations = ["live/0001_notes.sql"]),
        websocket(path = "/live"),
        parts("main", "sockets"),
    )]
    pub struct Live {
        #[state(default = 0)]
        sent: i64,
    }

    #[mcp_agent]
    impl Live {
        /// Count what was sent.
        #[tool]
        fn count(&self) -> i64 {
            self.sent
        }

        #[on_state_update]
        fn changed(&self, old: &Self) -> Result<(), &'static str> {
            match self.sent < old.sent {
                true => Err("it never falls"),
                false => Ok(()),
            }
        }

        #[migrate]
        fn newer(old: Value) -> Value {
            old
        }

        /// Reports what was sent.
        #[schedule(cron = "0 8 * * MON-FRI", attempts = 3)]
        async fn morning_report(&mut self, due: Due, _cx: &Cx) {
            self.sent += i64::from(due.attempt());
        }

        #[schedule]
        fn forget() {}

        #[on_request("/hooks/*")]
        async fn hook(&mut self, request: Request) -> Response {
            self.sent += 1;
            Response::text(request.path())
        }
    }

    #[mcp_agent(part = "sockets")]
    impl Live {
        #[schedule]
        fn remind(&self) -> Result<()> {
            Ok(())
        }

        #[on_message]
        async fn message(&self, message: Message, _socket: &Socket) -> Result<()> {
            match message {
                Message::Text(_) => Ok(()),
                Message::Binary(_) => Err(Error::tool("text alone")),
            }
        }

        #[on_close]
        fn closed(code: u16, _reason: &str) {
            assert_ne!(code, 0);
        }
    }
}
