use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    async fn buy(cx: &Cx, again: &Cx) -> String {
        let _ = (cx, again);
        String::new()
    }
}

fn main() {}
