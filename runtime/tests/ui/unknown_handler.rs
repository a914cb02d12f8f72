use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/counter.toml")]
pub struct Counter;

impl counter::Handlers for Counter {
    async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
        Ok(format!("{}", p.a))
    }

    async fn subtract(&mut self, _cx: &Cx) -> Result<String> {
        Ok(String::new())
    }
}

fn main() {}
