use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// What is there.
    #[resource(title = "Stock")]
    fn stock() -> String {
        String::new()
    }
}

fn main() {}
