use mcp_agent::prelude::*;

pub struct No;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    fn buy() -> Result<String, No> {
        Err(No)
    }
}

fn main() {}
