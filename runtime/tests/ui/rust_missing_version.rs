use mcp_agent::prelude::*;

#[mcp_agent(name = "shop")]
pub struct Shop {}

#[mcp_agent]
impl Shop {}

fn main() {}
