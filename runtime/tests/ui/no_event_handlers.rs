use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/events.toml")]
pub struct Live;

fn main() {}
