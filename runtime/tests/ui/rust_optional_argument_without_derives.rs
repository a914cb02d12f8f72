use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

pub struct Line;

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    fn buy(#[param] line: Option<Line>) -> String {
        drop(line);
        String::new()
    }
}

fn main() {}
