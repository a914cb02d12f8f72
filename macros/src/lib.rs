//! The `#[mcp_agent]` attribute. Use it through the crate `mcp-agent`; what it does is in `mcp-agent-codegen`.

mod config;
mod rust;

use proc_macro::TokenStream;
use quote::quote;
use syn::{Error, Item};

/// Makes a struct an MCP agent.
///
/// `#[mcp_agent(config = "mcp.toml")]` on an empty struct: the file declares, the struct gets the state's fields, and the module
/// named after it has the trait `Handlers` to implement.
///
/// `#[mcp_agent(name = "counter", version = "1.0.0")]` on a struct: its fields are the state, and the methods of
/// `#[mcp_agent] impl Counter` with `#[tool]`, `#[resource("uri")]` or `#[prompt]` are what it offers.
#[proc_macro_attribute]
pub fn mcp_agent(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = proc_macro2::TokenStream::from(args);
    let tokens = proc_macro2::TokenStream::from(item);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(item)) if !config::is_meant(&args, &item) => rust::structure(args, item),
        Ok(Item::Impl(item)) => rust::block(args, item),
        Ok(Item::Struct(_)) | Err(_) => config::expand(args, tokens),
        Ok(other) => {
            let place = "`#[mcp_agent]` belongs on a struct, or on an impl block of one";
            let error = Error::new_spanned(&other, place).into_compile_error();
            quote!(#other #error)
        }
    }
    .into()
}
