use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    #[state(default = 1)]
    opened: std::time::Instant,
}

#[mcp_agent]
impl Shop {}

fn main() {}
