use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    #[state(default = 300)]
    sold: u8,
}

#[mcp_agent]
impl Shop {}

fn main() {}
