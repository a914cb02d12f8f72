use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Signin;

impl signin::Handlers for Signin {
    async fn notes(_cx: &Cx, _p: signin::NotesParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`notes` is not implemented yet"))
    }

    async fn note(_cx: &Cx, _p: signin::NoteParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`note` is not implemented yet"))
    }

    async fn everybodys(_cx: &Cx) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`everybodys` is not implemented yet"))
    }
}
