use mcp_agent::prelude::*;

#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Line;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    line: Line,
}

#[mcp_agent]
impl Shop {}

fn main() {}
