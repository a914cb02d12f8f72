use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Federated;

impl federated::Handlers for Federated {
    async fn orders(_cx: &Cx, _p: federated::OrdersParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`orders` is not implemented yet"))
    }

    async fn refund(_cx: &Cx, _p: federated::RefundParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`refund` is not implemented yet"))
    }

    async fn hours(_cx: &Cx) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`hours` is not implemented yet"))
    }
}
