use mcp_agent::prelude::*;

#[mcp_agent(confg = "tests/ui/counter.toml")]
pub struct Counter;

fn main() {}
