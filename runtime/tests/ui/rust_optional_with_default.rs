use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    fn buy(#[param(default = 1)] count: Option<i64>) -> i64 {
        count.unwrap_or(1)
    }
}

fn main() {}
