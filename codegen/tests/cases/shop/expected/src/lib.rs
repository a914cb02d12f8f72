use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Shop;

impl shop::Handlers for Shop {
    async fn add_item(_cx: &Cx, _cart: &mut shop::Cart, _p: shop::AddItemParams) -> Result<String> {
        // Runs where the handle is, which is kept as it is left when this returns `Ok`.
        Err(Error::tool("`add_item` is not implemented yet"))
    }

    async fn show(&self, _cx: &Cx, _cart: &mut shop::Cart) -> Result<shop::ShowOutput> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`show` is not implemented yet"))
    }

    async fn buy(&mut self, _cx: &Cx, _call: &Call, _cart: &mut shop::Cart) -> Result<String> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`buy` is not implemented yet"))
    }
}
