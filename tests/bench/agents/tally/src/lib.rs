//! The agent that the rows `sync-…` of the bench measure. Its peer, `peers/base.mjs`, and its floor, `floors/sync.mjs`, have the same state and methods.

use mcp_agent::prelude::*;

/// The agent that `mcp.toml` declares.
#[mcp_agent(config = "mcp.toml")]
pub struct Tally;

impl tally::Handlers for Tally {
    async fn value(&self, _cx: &Cx) -> Result<tally::ValueOutput> {
        Ok(tally::ValueOutput { count: self.count })
    }

    async fn add(&mut self, _cx: &Cx, p: tally::AddParams) -> Result<tally::AddOutput> {
        self.count += p.a;
        Ok(tally::AddOutput { count: self.count })
    }
}
