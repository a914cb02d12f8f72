//! Tools of which only the compiler knows the schemas: their JSON in pieces, between which the runtime writes those.

use super::place::path;
use crate::emit::json::{self, Foreign};
use crate::model::{Agent, Field, Tool};
use crate::read::tokens::{Argument, Handler};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

/// What the runtime completes of a tool.
pub struct Late {
    /// Its JSON, and its types.
    pub entry: TokenStream,
    /// Where it stands, and what is to be asked of its types natively.
    pub place: TokenStream,
}

/// What the runtime completes of a tool, if there is anything.
pub fn tool(agent: &Agent, tool: &Tool, fields: &[Field], handler: &Handler) -> Option<Late> {
    // What is a claim of the caller's has no place in the schema.
    let is_given = |(name, _): &(String, &Type)| {
        let field = fields.iter().find(|it| it.name == *name);
        field.is_none_or(|it| it.bound.is_none())
    };
    let arguments: Vec<(String, &Type)> = foreign(handler).filter(is_given).collect();
    let whole = handler.arguments.iter().find_map(|it| match it {
        Argument::Whole(ty) => Some(&**ty),
        _ => None,
    });
    if arguments.is_empty() && whole.is_none() && handler.structured.is_none() {
        return None;
    }
    let what = Foreign {
        whole: whole.is_some(),
        arguments: arguments.iter().map(|(name, _)| name.as_str()).collect(),
    };
    let json = json::late_tool(agent, tool, &what);
    let types = whole.into_iter().chain(arguments.iter().map(|(_, ty)| *ty));
    let types = types.map(|ty| path(ty, "Argument", "schema"));
    let output = match &handler.structured {
        Some(ty) => path(ty, "ToolOutput", "SCHEMA"),
        None => quote!(None),
    };
    let defaults = arguments.iter().filter_map(|(name, ty)| {
        let field = fields.iter().find(|it| it.name == *name)?;
        let json = field.default.as_ref()?.to_string();
        let misfit = path(ty, "Argument", "misfit");
        Some(quote!((#name, || #misfit(#json))))
    });
    let name = &tool.name;
    let place = quote_spanned!(handler.named=> (file!(), line!(), column!()));
    Some(Late {
        entry: quote!(rt::Late::new(#json, (&[#(#types),*], #output))),
        place: quote!((#name, #place, &[#(#defaults),*])),
    })
}

/// The arguments of types of the user's, by their names on the wire.
fn foreign(handler: &Handler) -> impl Iterator<Item = (String, &Type)> {
    handler.arguments.iter().filter_map(|it| match it {
        Argument::Foreign(name, ty) => Some((name.unraw().to_string(), &**ty)),
        _ => None,
    })
}

/// How such an argument is read.
pub fn member(own: &Ident, wire: &str, ty: &Type, field: Option<&Field>) -> TokenStream {
    let default = field.and_then(|it| it.default.as_ref());
    let read = |function| path(ty, "Argument", function);
    match default {
        Some(default) => {
            let (read, json) = (read("or"), default.to_string());
            quote!(let #own = #read(&p, #wire, #json)?;)
        }
        None if field.is_some_and(|it| it.optional) => {
            let read = read("optional");
            quote!(let #own = #read(&p, #wire)?;)
        }
        None => {
            let read = read("required");
            quote!(let #own = #read(&p, #wire)?;)
        }
    }
}
