use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Counter;

impl counter::Handlers for Counter {
    async fn add(&mut self, _cx: &Cx, _p: counter::AddParams) -> Result<String> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`add` is not implemented yet"))
    }

    async fn value(&self, _cx: &Cx) -> Result<counter::ValueOutput> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`value` is not implemented yet"))
    }

    async fn greet(_cx: &Cx, _p: counter::GreetParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`greet` is not implemented yet"))
    }
}
