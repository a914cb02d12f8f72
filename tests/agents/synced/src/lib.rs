//! What pages see of a state, write, and have done.

use mcp_agent::prelude::*;

/// An agent whose clients follow its state.
#[mcp_agent(config = "mcp.toml")]
pub struct Synced;

impl synced::Handlers for Synced {
    async fn add(&mut self, _cx: &Cx, p: synced::AddParams) -> Result<synced::AddOutput> {
        self.total += p.n;
        Ok(synced::AddOutput { total: self.total })
    }

    async fn whoami(cx: &Cx) -> Result<String> {
        let auth = cx.auth().ok_or_else(|| Error::tool("nobody"))?;
        Ok(auth.subject().to_owned())
    }

    async fn clear(&mut self, _cx: &Cx) -> Result<String> {
        *self = Self::default();
        Ok("cleared".into())
    }

    async fn ask(_cx: &Cx, call: &Call) -> Result<String> {
        let schema = mcp_agent::serde_json::json!({ "type": "object", "properties": {} });
        call.ask_form("name", "Who?", schema).await?;
        Ok("asked".into())
    }

    async fn fail(&mut self, _cx: &Cx) -> Result<String> {
        self.total = -1;
        Err(Error::tool("it is broken"))
    }

    async fn panic(&mut self, _cx: &Cx) -> Result<String> {
        self.total = -1;
        panic!("a tool panics");
    }
}
