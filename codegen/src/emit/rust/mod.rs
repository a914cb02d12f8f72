//! `Agent` to Rust: what `#[mcp_agent(config = "mcp.toml")]` becomes, and the handler file of a new project.
//!
//! The macro and `mcp-gen` call the same functions. Emitted code names things; behaviour lives in the runtime, behind `__rt1`.

mod access;
mod catalog;
mod completions;
mod events;
mod fixed;
mod handlers;
mod held;
mod late;
mod literal;
mod part;
mod part_events;
mod parts;
mod place;
mod renamed;
mod structure;
mod stubs;
mod table;
mod types;

pub use part::{block, empty_block};
pub use structure::structure;
pub use stubs::{Stub, handlers as handler_stubs, struct_name, stubs};

use crate::model::Agent;
use crate::name;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

/// The struct that the attribute stands on, and what it says.
pub struct RustItem {
    /// The user's attributes and docs, kept.
    pub attrs: Vec<syn::Attribute>,
    /// Its visibility.
    pub vis: syn::Visibility,
    /// Its name.
    pub ident: Ident,
    /// Files whose change must rebuild the crate, relative to its manifest.
    pub files: Vec<String>,
}

/// Everything that the attribute puts in place of the struct.
pub fn expand(agent: &Agent, item: &RustItem) -> TokenStream {
    let ident = &item.ident;
    let module = format_ident!(
        "{}",
        name::identifier(&ident.to_string()).unwrap_or_else(|| "agent".into()),
        span = ident.span()
    );
    let state = types::state(agent, item, &module);
    let types = types::all(agent);
    let handlers = handlers::trait_of(agent, ident, &module);
    let table = table::table(agent, ident);
    let consts = catalog::consts(agent, &catalog::Lists::of(agent));
    let files = &item.files;
    let vis = &item.vis;
    let events = events::function(agent, ident);
    let implementation = implementation(ident, &module, &consts, events.is_some());
    let doc = format!(
        "What `{}` declares: argument and output types, and the trait of its handlers.",
        agent.server.name
    );
    quote! {
        #state
        #[doc = #doc]
        #vis mod #module {
            #[allow(unused_imports)]
            use ::mcp_agent::__rt1 as rt;
            #types
            #handlers
            #table
            #events
        }
        #implementation
        ::mcp_agent::__rt1::export!(#ident);
        // A change of what was read must rebuild this crate.
        const _: &[&[u8]] = &[#(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/", #files))),*];
    }
}

/// The agent. One without handlers is one error, on its name and not on the attribute, so that they are asked for once.
fn implementation(
    ident: &Ident,
    module: &Ident,
    consts: &TokenStream,
    has_events: bool,
) -> TokenStream {
    if !has_events {
        let table = quote_spanned!(ident.span()=> #module::table::<#ident>());
        return quote! {
            impl ::mcp_agent::__rt1::Agent for #ident {
                #consts
                const TABLE: ::mcp_agent::__rt1::Table<Self> = #table;
            }
        };
    }
    let handlers = quote_spanned!(ident.span()=> #module::handlers::<#ident>());
    quote! {
        const _: () = {
            const HANDLERS: (::mcp_agent::__rt1::Table<#ident>, ::mcp_agent::__rt1::Events<#ident>) = #handlers;
            impl ::mcp_agent::__rt1::Agent for #ident {
                #consts
                const TABLE: ::mcp_agent::__rt1::Table<Self> = HANDLERS.0;
                const EVENTS: ::mcp_agent::__rt1::Events<Self> = HANDLERS.1;
            }
        };
    }
}

/// A description as documentation: what rustdoc would take for an example, and compile in `cargo test`, is plain text.
fn doc(text: &str) -> String {
    let mut fence: Option<String> = None;
    let mut lines = Vec::new();
    for line in text.lines() {
        let words = line.trim_start();
        let mark = words.starts_with("```").then_some('`');
        let mark = mark.or(words.starts_with("~~~").then_some('~'));
        let run: String = mark.map_or_else(String::new, |mark| {
            words.chars().take_while(|c| *c == mark).collect()
        });
        let indented = line.len() - words.len() > 3 || line.starts_with('\t');
        lines.push(match &fence {
            None if !run.is_empty() => {
                let opening = format!("{run}text");
                fence = Some(run);
                opening
            }
            None if indented => words.to_owned(),
            None => line.to_owned(),
            Some(open) => {
                if run.starts_with(open.as_str()) && words.trim_end() == run {
                    fence = None;
                }
                line.to_owned()
            }
        });
    }
    lines.join("\n")
}

/// An identifier, raw where the name says so.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// The Rust name of a member. `check` made sure that there is one.
fn member(name: &str) -> Ident {
    ident(&name::identifier(name).unwrap_or_else(|| "unnamed".into()))
}

/// `Some(…)` or `None`, in tokens.
fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

#[cfg(test)]
mod tests {
    use super::doc;

    #[test]
    fn descriptions_are_no_examples_to_compile() {
        for (text, expected) in [
            ("Adds.", "Adds."),
            ("One\n  two\n\tthree", "One\n  two\nthree"),
            ("    SELECT 1", "SELECT 1"),
            (
                "Like\n```\n  1\n      2\n```\n    so",
                "Like\n```text\n  1\n      2\n```\nso",
            ),
            ("```rust\nx\n```\n```\ny", "```text\nx\n```\n```text\ny"),
            ("~~~~ sql\n~~~\n~~~~\n~~~", "~~~~text\n~~~\n~~~~\n~~~text"),
        ] {
            assert_eq!(doc(text), expected);
        }
    }
}
