use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Live;

impl live::Handlers for Live {
    async fn note(&mut self, _cx: &Cx, _p: live::NoteParams) -> Result<String> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`note` is not implemented yet"))
    }

    async fn on_state_update(&self, _cx: &Cx, _old: &Self) -> Result<()> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`on_state_update` is not implemented yet"))
    }

    fn migrate(
        _from: u32,
        _old: mcp_agent::serde_json::Value,
    ) -> Result<mcp_agent::serde_json::Value> {
        // Every state of an older version comes here once.
        Err(Error::tool("`migrate` is not implemented yet"))
    }

    async fn morning_report(&mut self, _cx: &Cx, _due: Due) -> Result<()> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`morning_report` is not implemented yet"))
    }

    async fn forget(&self, _cx: &Cx, _due: Due) -> Result<()> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`forget` is not implemented yet"))
    }

    async fn ping(_cx: &Cx, _due: Due) -> Result<()> {
        // Runs anywhere, without the state.
        Err(Error::tool("`ping` is not implemented yet"))
    }

    async fn on_message(&mut self, _cx: &Cx, _socket: &Socket, _message: Message) -> Result<()> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`on_message` is not implemented yet"))
    }

    async fn on_request(&self, _cx: &Cx, _request: Request) -> Result<Response> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`on_request` is not implemented yet"))
    }
}
