use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "2.0.0", review(allow(rule = "PARAM_REMOVED", at = "tools.sell.params.note", until = "3.0.0", why = "nobody used it"), allow(rule = "TOOL_REMOVED", at = "tools.trade", until = "3.0.0", why = "it is gone")))]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    /// Sells some apples.
    #[tool]
    fn sell(&mut self, count: i64) -> i64 {
        self.sold += count;
        self.sold
    }
}
