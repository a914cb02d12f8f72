use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
#[derive(Eq)]
pub struct Shop {}

#[mcp_agent]
impl Drop for Shop {
    fn drop(&mut self) {}
}

fn main() {}
