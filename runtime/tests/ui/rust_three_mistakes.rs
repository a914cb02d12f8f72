use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    #[tool]
    fn undescribed() -> String {
        String::new()
    }

    /// Buys.
    #[tool(titel = "Buy")]
    fn buy() -> String {
        String::new()
    }

    /// Sells.
    #[tool]
    fn sell(what: &[u8]) -> String {
        format!("{what:?}")
    }
}

fn main() {}
