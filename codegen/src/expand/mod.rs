//! `#[mcp_agent]`, whole: what the attribute makes of the item that it stands on.
//!
//! The macro and `mcp-gen expand` are shells around this: what is shown is what is compiled.

mod config;
mod rust;
mod source;

pub use source::{Declaration, Expansion, Mistake, declaration, file};

use crate::Files;
use crate::diag::Code;
use crate::read::tokens::Errors;
use proc_macro2::TokenStream;
use syn::Item;

/// What the attribute makes of an item.
pub struct Expanded {
    /// What stands in place of the item: where something is wrong, the item itself, and what keeps that from being wrong a second time.
    pub tokens: TokenStream,
    /// What is wrong.
    pub errors: Errors,
    /// The names of its tools.
    pub tools: Vec<String>,
}

impl Expanded {
    /// As the compiler gets it: what is wrong is code that does not compile.
    pub fn into_tokens(self) -> TokenStream {
        let mut tokens = self.tokens;
        tokens.extend(self.errors.into_compile_errors());
        tokens
    }

    /// The item as it is, and one mistake.
    fn wrong(item: TokenStream, error: syn::Error) -> Self {
        let mut errors = Errors::default();
        errors.push(Code::BadAttribute, error);
        Self {
            tokens: item,
            errors,
            tools: Vec::new(),
        }
    }
}

/// Expands `#[mcp_agent(args)]` on `item`. `files` reads what lies in the crate's folder.
pub fn attribute(args: TokenStream, item: TokenStream, files: &dyn Files) -> Expanded {
    only(args, item, files, None)
}

/// The same, of an agent that has no item but this tool, where one is named.
fn only(args: TokenStream, item: TokenStream, files: &dyn Files, tool: Option<&str>) -> Expanded {
    match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) if !config::is_meant(&args, &item) => {
            rust::structure(args, item, files)
        }
        Ok(Item::Impl(item)) => rust::block(args, item, files, tool),
        Ok(Item::Struct(_)) | Err(_) => config::expand(args, item, files, tool),
        Ok(other) => {
            let place = "`#[mcp_agent]` belongs on a struct, or on an impl block of one";
            let mut errors = Errors::default();
            errors.add(Code::MisplacedAttribute, &other, place);
            Expanded {
                tokens: item,
                errors,
                tools: Vec::new(),
            }
        }
    }
}

/// What lies in a folder of the crate.
struct Beside<'a>(&'a dyn Files, &'a str);

impl Files for Beside<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.read(&format!("{}{path}", self.1))
    }
}
