use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// An order.
    #[resource("orders://{id}")]
    fn order(id: &str, size: &str) -> String {
        format!("{id} {size}")
    }
}

fn main() {}
