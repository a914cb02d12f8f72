//! A counter that every client shares and that survives restarts.

use mcp_agent::prelude::*;

/// The agent that `mcp.toml` declares. Its fields are those of `[state]`.
#[mcp_agent(config = "mcp.toml")]
pub struct Counter;

impl counter::Handlers for Counter {
    async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
        // On an error nothing is committed, so the counter keeps what it stood at.
        self.counter = self
            .counter
            .checked_add(p.a)
            .ok_or_else(|| Error::tool("the counter cannot go any further"))?;
        Ok(format!("now {}", self.counter))
    }

    async fn value(&self, _cx: &Cx) -> Result<counter::ValueOutput> {
        Ok(counter::ValueOutput {
            counter: self.counter,
        })
    }

    async fn greet(_cx: &Cx, p: counter::GreetParams) -> Result<String> {
        Ok(match p.style {
            counter::GreetParamsStyle::Plain => format!("Hello, {}.", p.name),
            counter::GreetParamsStyle::Warm => format!("How good to see you, {}!", p.name),
        })
    }
}
