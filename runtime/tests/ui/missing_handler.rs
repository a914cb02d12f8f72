use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/counter.toml")]
pub struct Counter;

impl counter::Handlers for Counter {}

fn main() {}
