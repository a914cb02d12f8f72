use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub enum Shop {
    Open,
}

fn main() {}
