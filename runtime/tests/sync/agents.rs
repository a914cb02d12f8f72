//! Agents whose states clients follow: one that everybody writes, one that is only read, and one of people who say who they are.

use mcp_agent::prelude::*;
use std::time::Duration;

#[mcp_agent(config = "tests/sync/board.toml")]
pub struct Board;

impl board::Handlers for Board {
    async fn add(&mut self, _cx: &Cx, p: board::AddParams) -> Result<board::AddOutput> {
        self.total += p.n;
        Ok(board::AddOutput { total: self.total })
    }

    async fn total(&self, _cx: &Cx) -> Result<String> {
        Ok(self.total.to_string())
    }

    async fn hello(_cx: &Cx, p: board::HelloParams) -> Result<String> {
        Ok(format!("hello {}", p.name))
    }

    async fn fail(&mut self, _cx: &Cx) -> Result<String> {
        self.total = -1;
        Err(Error::tool("it is broken"))
    }

    async fn inside(_cx: &Cx) -> Result<String> {
        Err(Error::protocol(-32603, "internal error"))
    }

    async fn slow(&mut self, cx: &Cx) -> Result<String> {
        cx.sleep(Duration::from_secs(5)).await;
        self.total += 1;
        Ok("done".to_owned())
    }

    async fn picture(_cx: &Cx) -> Result<ToolResult> {
        Ok(ToolResult {
            content: vec![Content::text("a"), Content::text("b")],
            ..ToolResult::default()
        })
    }

    async fn ask(&mut self, _cx: &Cx, call: &Call) -> Result<String> {
        let schema = serde_json::json!({ "type": "object", "properties": {} });
        call.ask_form("name", "Who?", schema).await?;
        Ok("asked".to_owned())
    }

    async fn wipe(&mut self, _cx: &Cx) -> Result<String> {
        self.total = 0;
        Ok("wiped".to_owned())
    }

    async fn on_connect(&mut self, _cx: &Cx, _socket: &Socket, _request: &Request) -> Result<()> {
        Ok(())
    }

    async fn on_message(&mut self, cx: &Cx, socket: &Socket, message: Message) -> Result<()> {
        let others = cx.sockets(None)?.len();
        socket.send(format!("{others} {}", message.text().unwrap_or_default()))
    }

    async fn on_state_update(&self, _cx: &Cx, old: &Self) -> Result<()> {
        assert_ne!(old, self);
        Ok(())
    }
}

#[mcp_agent(config = "tests/sync/shown.toml")]
pub struct Shown;

impl shown::Handlers for Shown {
    async fn add(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1;
        Ok(self.count.to_string())
    }
}

#[mcp_agent(config = "tests/sync/desk.toml")]
pub struct Desk;

impl desk::Handlers for Desk {
    async fn whoami(&self, cx: &Cx) -> Result<String> {
        let auth = cx.auth().ok_or_else(|| Error::tool("nobody"))?;
        Ok(auth.subject().to_owned())
    }

    async fn mine(&mut self, _cx: &Cx, p: desk::MineParams) -> Result<String> {
        self.last = p.owner;
        Ok(self.last.clone())
    }

    async fn reset(&mut self, _cx: &Cx) -> Result<String> {
        self.last.clear();
        Ok("reset".to_owned())
    }
}
