use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", parts("main", "stock"))]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool(deprecated(since = "1.0.0", r#use = "purchase"))]
    fn buy() -> String {
        String::new()
    }

    /// Sells.
    #[tool(deprecated(since = "1.0.0", use = "buys"))]
    fn sell() -> String {
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
}

fn main() {}
