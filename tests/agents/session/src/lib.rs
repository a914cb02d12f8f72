//! State that belongs to a session.

use mcp_agent::prelude::*;
use std::time::Duration;

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

    async fn bump_asked(&mut self, _cx: &Cx, call: &Call) -> Result<String> {
        let asked: session::Amount = call.elicit("amount", "How many?").await?;
        self.count += asked.amount;
        Ok(self.count.to_string())
    }

    async fn say(cx: &Cx, call: &Call, p: session::SayParams) -> Result<String> {
        call.progress(1.0, None, Some(&p.text));
        cx.sleep(Duration::from_millis(p.ms.unsigned_abs())).await;
        Ok(p.text)
    }

    async fn plain(_cx: &Cx) -> Result<String> {
        Ok("plain".into())
    }
}
