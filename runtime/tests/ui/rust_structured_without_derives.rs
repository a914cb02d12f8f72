use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

pub struct Line;

#[mcp_agent]
impl Shop {
    /// Buys.
    #[tool]
    async fn buy() -> Result<mcp_agent::Json<Line>> {
        Ok(mcp_agent::Json(Line))
    }
}

fn main() {}
