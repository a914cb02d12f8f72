use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Minimal;

impl minimal::Handlers for Minimal {
    async fn ping(_cx: &Cx) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`ping` is not implemented yet"))
    }
}
