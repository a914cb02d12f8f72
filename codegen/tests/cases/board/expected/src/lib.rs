use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct TeamBoard;

impl team_board::Handlers for TeamBoard {
    async fn add(&mut self, _cx: &Cx, _p: team_board::AddParams) -> Result<team_board::AddOutput> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`add` is not implemented yet"))
    }

    async fn find_cards(_cx: &Cx, _p: team_board::FindCardsParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`find_cards` is not implemented yet"))
    }

    async fn clear(&mut self, _cx: &Cx) -> Result<String> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`clear` is not implemented yet"))
    }

    async fn about(_cx: &Cx) -> Result<ToolResult> {
        // Runs anywhere, without the state.
        Err(Error::tool("`about` is not implemented yet"))
    }

    async fn tidy(&mut self, _cx: &Cx, _due: Due) -> Result<()> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`tidy` is not implemented yet"))
    }

    async fn on_message(&mut self, _cx: &Cx, _socket: &Socket, _message: Message) -> Result<()> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`on_message` is not implemented yet"))
    }

    async fn on_request(&mut self, _cx: &Cx, _request: Request) -> Result<Response> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`on_request` is not implemented yet"))
    }
}
