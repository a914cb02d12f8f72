use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop<T> {
    #[state(default = 0)]
    sold: T,
}

fn main() {}
