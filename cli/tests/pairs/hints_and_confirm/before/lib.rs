use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    /// How many were sold.
    #[tool(annotations(read_only))]
    fn sold(&self) -> i64 {
        self.sold
    }

    /// Begins anew.
    #[tool(confirm = "Forget all?")]
    fn forget(&mut self, why: String) -> String {
        self.sold = 0;
        why
    }
}
