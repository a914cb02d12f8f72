use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/counter.toml")]
pub struct Counter;

impl counter::Handlers for Counter {
    async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
        self.counter += p.a;
        Ok(self.counter.to_string())
    }
}

fn main() {
    assert_eq!(Counter::default().counter, 1);
}
