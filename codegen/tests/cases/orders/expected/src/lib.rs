use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct AcmeOrders;

impl acme_orders::Handlers for AcmeOrders {
    async fn cancel_order(
        &mut self,
        _cx: &Cx,
        _p: acme_orders::CancelOrderParams,
    ) -> Result<acme_orders::Order> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`cancel_order` is not implemented yet"))
    }

    async fn search_orders(
        &self,
        _cx: &Cx,
        _p: acme_orders::SearchOrdersParams,
    ) -> Result<acme_orders::SearchOrdersOutput> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`search_orders` is not implemented yet"))
    }

    async fn import(_cx: &Cx, _p: mcp_agent::serde_json::Value) -> Result<ToolResult> {
        // Runs anywhere, without the state.
        Err(Error::tool("`import` is not implemented yet"))
    }

    async fn order(_cx: &Cx, _p: acme_orders::OrderParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`order` is not implemented yet"))
    }

    async fn triage(_cx: &Cx, _p: acme_orders::TriageParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`triage` is not implemented yet"))
    }
}
