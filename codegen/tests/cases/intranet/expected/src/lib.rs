use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Intranet;

impl intranet::Handlers for Intranet {
    async fn whoami(_cx: &Cx, _p: intranet::WhoamiParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`whoami` is not implemented yet"))
    }

    async fn reboot(_cx: &Cx, _p: intranet::RebootParams) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`reboot` is not implemented yet"))
    }
}
