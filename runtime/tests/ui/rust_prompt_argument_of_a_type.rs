use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

pub struct Line;

#[mcp_agent]
impl Shop {
    /// Buys.
    #[prompt]
    fn buy(line: Line) -> String {
        drop(line);
        String::new()
    }
}

fn main() {}
