use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/handle.toml")]
pub struct Shop;

impl shop::Handlers for Shop {
    async fn add(_cx: &Cx, p: shop::AddParams) -> Result<String> {
        Ok(p.sku)
    }
}

fn main() {}
