use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool(deprecated(since = "2.0.0", sunset = "1.0.0"))]
    fn buy() -> String {
        String::new()
    }
}

fn main() {}
