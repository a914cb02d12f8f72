use mcp_agent::prelude::*;

#[mcp_agent(name = "My Shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {}

fn main() {}
