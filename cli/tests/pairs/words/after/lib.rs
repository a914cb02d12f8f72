use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.1", instructions = "Ask first.")]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    /// Sells apples, and thanks.
    #[tool]
    fn sell(&mut self, count: i64, /// On the receipt.
        note: Option<String>) -> String {
        self.sold += count;
        note.unwrap_or_default()
    }
}
