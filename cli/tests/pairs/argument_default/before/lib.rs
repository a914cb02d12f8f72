use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    /// Sells some apples.
    #[tool]
    fn sell(&mut self, #[param(default = 1)] count: i64) -> i64 {
        self.sold += count;
        self.sold
    }
}
