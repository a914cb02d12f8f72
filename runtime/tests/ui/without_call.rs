use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/interactive.toml")]
pub struct Ask;

impl ask::Handlers for Ask {
    async fn ask(_cx: &Cx) -> Result<String> {
        Ok(String::new())
    }
}

fn main() {}
