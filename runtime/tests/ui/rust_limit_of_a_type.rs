use mcp_agent::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
pub struct Line {}

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    fn buy(#[param(minimum = 1)] line: Line) -> String {
        drop(line);
        String::new()
    }
}

fn main() {}
