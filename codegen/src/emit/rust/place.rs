//! Where what is wrong with a type of the user's is shown.
//!
//! The compiler says an error once if it is the same at the same place, however many uses of the type it comes from. So all uses of a type
//! stand at one token of it.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Type};

/// The same tokens as if they stood at another place.
pub fn at(tokens: &impl ToTokens, span: Span) -> TokenStream {
    let moved = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), at(&group.stream(), span));
            moved.set_span(span);
            TokenTree::Group(moved)
        }
        mut token => {
            token.set_span(span);
            token
        }
    };
    tokens.to_token_stream().into_iter().map(moved).collect()
}

/// The token of a type that it is known by: the last name of its path.
pub fn anchor(ty: &Type) -> Span {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map_or_else(|| ty.span(), |it| it.ident.span()),
        _ => ty.span(),
    }
}

/// `<T as rt::Trait>::function`, where `rt` is known.
pub fn path(ty: &Type, of: &str, function: &str) -> TokenStream {
    trait_path(ty, &quote!(rt), of, function)
}

/// `<T as ::mcp_agent::__rt1::Trait>::function`.
pub fn whole_path(ty: &Type, of: &str, function: &str) -> TokenStream {
    trait_path(ty, &quote!(::mcp_agent::__rt1), of, function)
}

fn trait_path(ty: &Type, rt: &TokenStream, of: &str, function: &str) -> TokenStream {
    let span = anchor(ty);
    let (ty, of, function) = (
        at(ty, span),
        syn::Ident::new(of, span),
        syn::Ident::new(function, span),
    );
    let rt = at(rt, span);
    quote_spanned!(span=> <#ty as #rt::#of>::#function)
}

/// The same in a string, for serde, which writes it down as if it stood where the string does.
pub fn path_string(ty: &Type, of: &str, function: &str) -> LitStr {
    LitStr::new(&whole_path(ty, of, function).to_string(), anchor(ty))
}
