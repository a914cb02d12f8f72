use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    fn buy(#[param(minimum = 5, maximum = 1)] count: i64) -> i64 {
        count
    }
}

fn main() {}
