//! State that belongs to a session.

use mcp_agent::prelude::*;

/// An agent that counts for each session by itself.
#[mcp_agent(config = "mcp.toml")]
pub struct Session;

impl session::Handlers for Session {
    async fn bump(&mut self, _cx: &Cx) -> Result<session::BumpOutput> {
        self.count += 1;
        Ok(session::BumpOutput { count: self.count })
    }

    async fn count(&self, _cx: &Cx) -> Result<session::CountOutput> {
        Ok(session::CountOutput { count: self.count })
    }

    async fn plain(_cx: &Cx) -> Result<String> {
        Ok("plain".into())
    }
}
