use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/broken.toml")]
pub struct Counter;

fn main() {}
