use mcp_agent::prelude::*;

pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    fn buy() -> String {
        String::new()
    }
}

fn main() {}
