use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/nowhere.toml")]
pub struct Counter;

fn main() {}
