//! What everybody sees, beside WebSockets of the agent's own.

use mcp_agent::prelude::*;

/// An agent whose state is shown.
#[mcp_agent(config = "mcp.toml")]
pub struct Shown;

impl shown::Handlers for Shown {
    async fn add(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1;
        Ok(self.count.to_string())
    }

    async fn on_message(&self, cx: &Cx, socket: &Socket, message: Message) -> Result<()> {
        let connected = cx.sockets(None)?.len();
        socket.send(format!("{connected} {}", message.text().unwrap_or_default()))
    }
}
