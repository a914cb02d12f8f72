use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/counter.toml")]
pub struct Counter {
    counter: i64,
}

fn main() {}
