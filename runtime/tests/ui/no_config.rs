use mcp_agent::prelude::*;

#[mcp_agent]
pub struct Counter;

fn main() {}
