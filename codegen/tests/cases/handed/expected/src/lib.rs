use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Handed;

impl handed::Handlers for Handed {
    async fn deploys(&self, _cx: &Cx) -> Result<String> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`deploys` is not implemented yet"))
    }

    async fn deploy(&mut self, _cx: &Cx, _p: handed::DeployParams) -> Result<String> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`deploy` is not implemented yet"))
    }

    async fn forget(&mut self, _cx: &Cx) -> Result<String> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`forget` is not implemented yet"))
    }
}
