//! The `#[mcp_agent]` attribute. Use it through the crate `mcp-agent`; what it does is in `mcp-agent-codegen`.

mod config;

use proc_macro::TokenStream;

/// Makes a struct an MCP agent.
///
/// `#[mcp_agent(config = "mcp.toml")]` on an empty struct: the file declares, the struct gets the state's fields, and the module
/// named after it has the trait `Handlers` to implement.
#[proc_macro_attribute]
pub fn mcp_agent(args: TokenStream, item: TokenStream) -> TokenStream {
    config::expand(args.into(), item.into()).into()
}
