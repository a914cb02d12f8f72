use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Cancels.
    #[tool(confirm = "Cancel {order}?")]
    fn cancel(id: &str) -> String {
        id.to_owned()
    }
}

fn main() {}
