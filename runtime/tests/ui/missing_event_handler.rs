use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/events.toml")]
pub struct Live;

impl live::Handlers for Live {
    async fn on_state_update(&self, _cx: &Cx, _old: &Live) -> Result<()> {
        Ok(())
    }

    async fn report(&mut self, _cx: &Cx, _due: Due) -> Result<()> {
        Ok(())
    }

    async fn on_connect(&mut self, _cx: &Cx, _socket: &Socket, _request: &Request) -> Result<()> {
        Ok(())
    }
}

fn main() {}
