use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// What it is.
    #[resource("shop://about", text = "A shop.")]
    fn about() -> &'static str {
        "A shop."
    }
}

fn main() {}
