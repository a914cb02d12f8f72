use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", config = "tests/ui/mcp.toml")]
pub struct Shop {}

#[mcp_agent]
impl Shop {}

fn main() {}
