//! The `#[mcp_agent]` attribute. Use it through the crate `mcp-agent`; what it does is in `mcp-agent-codegen`.

use mcp_agent_codegen::{Files, expand};
use proc_macro::TokenStream;
use std::path::PathBuf;

/// Makes a struct an MCP agent.
///
/// `#[mcp_agent(config = "mcp.toml")]` on an empty struct: the file declares, the struct gets the state's fields, and the module
/// named after it has the trait `Handlers` to implement.
///
/// `#[mcp_agent(name = "counter", version = "1.0.0")]` on a struct: its fields are the state, and the methods of
/// `#[mcp_agent] impl Counter` with `#[tool]`, `#[resource("uri")]` or `#[prompt]` are what it offers.
///
/// `mcp-gen expand` prints what it makes of them.
#[proc_macro_attribute]
pub fn mcp_agent(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(args.into(), item.into(), &Folder::of_crate())
        .into_tokens()
        .into()
}

/// The folder of the crate that is compiled.
struct Folder(PathBuf);

impl Folder {
    fn of_crate() -> Self {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
        Self(folder.into())
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| error.to_string())
    }
}
