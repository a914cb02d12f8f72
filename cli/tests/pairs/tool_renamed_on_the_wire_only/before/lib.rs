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
    fn sell(&mut self, count: i64, note: Option<String>) -> String {
        self.sold += count;
        note.unwrap_or_default()
    }
}
