//! Tools that an impl block names and does not see.

use super::place::at;
use crate::read::tokens::Elsewhere;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Type;

/// Fails to compile where no block has the tool that is to be called instead of another.
pub fn elsewhere(elsewhere: &[Elsewhere], owner: &Type) -> TokenStream {
    let known = elsewhere.iter().map(|it| {
        let (name, owner) = (&it.name, at(owner, it.span));
        let help = match &it.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "name another tool, or leave `use` out".to_owned(),
        };
        let message = format!("there is no tool `{name}`: {help} [E0316]");
        quote_spanned!(it.span=> const _: () = ::core::assert!(rt::has_tool::<#owner>(#name), #message);)
    });
    known.collect()
}
