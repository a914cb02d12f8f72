use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    owner: Option<&str>,
}

#[mcp_agent]
impl Shop {}

fn main() {}
