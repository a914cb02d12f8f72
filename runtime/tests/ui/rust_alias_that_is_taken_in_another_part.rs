use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", parts("main", "stock"))]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool(aliases = ["order", "stock-up"])]
    fn buy() -> String {
        String::new()
    }
}

#[mcp_agent(part = "stock")]
impl Shop {
    /// Buys.
    #[tool]
    fn purchase() -> String {
        String::new()
    }

    /// Fills the shelves.
    #[tool(name = "stock-up")]
    fn fill() -> String {
        String::new()
    }
}

fn main() {}
