use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", state(scope = "server", version = 2))]
pub struct Shop {
    #[state(default = 0.0)]
    sold: f64,
}

#[mcp_agent]
impl Shop {
    /// Sells some apples.
    #[tool]
    fn sell(&mut self, count: i64, note: Option<String>) -> String {
        self.sold += count as f64;
        note.unwrap_or_default()
    }

    #[migrate]
    fn newer(old: mcp_agent::serde_json::Value) -> mcp_agent::serde_json::Value {
        old
    }
}
