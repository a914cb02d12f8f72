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
    fn sell(&mut self, #[param(minimum = 1)] count: u32, #[param(enum = ["red", "green"])] colour: String) -> String {
        self.sold += i64::from(count);
        colour
    }
}
