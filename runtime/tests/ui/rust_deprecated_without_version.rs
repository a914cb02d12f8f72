use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool(deprecated(use = "sell"))]
    fn buy() -> String {
        String::new()
    }

    /// Sells.
    #[tool]
    fn sell() -> String {
        String::new()
    }
}

fn main() {}
