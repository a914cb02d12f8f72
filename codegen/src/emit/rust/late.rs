//! Tools of which only the compiler knows the schemas: their JSON in pieces, between which the runtime writes those.

use super::place::path;
use crate::emit::json::{self, Foreign, Piece};
use crate::model::{Agent, Field, Tool};
use crate::read::tokens::{Argument, Handler};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

/// What the runtime completes of a tool, if there is anything.
pub fn tool(agent: &Agent, tool: &Tool, handler: &Handler) -> Option<TokenStream> {
    let arguments: Vec<(String, &Type)> = foreign(handler).collect();
    let whole = handler.arguments.iter().find_map(|it| match it {
        Argument::Whole(ty) => Some(&**ty),
        _ => None,
    });
    let structured = handler.structured.as_ref();
    if arguments.is_empty() && whole.is_none() && structured.is_none() {
        return None;
    }
    let what = Foreign {
        whole: whole.is_some(),
        arguments: arguments.iter().map(|(name, _)| name.as_str()).collect(),
        output: structured.is_some(),
    };
    let schema = |ty: &Type| path(ty, "Argument", "schema");
    let pieces = json::pieces(agent, tool, &what)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => quote!(rt::Piece::Text(#text)),
            Piece::Argument(at, declared) => {
                let schema = schema(arguments[at].1);
                quote!(rt::Piece::Type(#schema, #declared))
            }
            Piece::Definitions => quote!(rt::Piece::Definitions),
            Piece::Whole => {
                let schema = whole.map(schema);
                quote!(rt::Piece::Params(#schema))
            }
            Piece::Output => {
                let schema = structured.map(output);
                quote!(rt::Piece::Output(#schema))
            }
        });
    let fields = match &tool.input {
        crate::model::Input::Fields(fields) => fields.as_slice(),
        crate::model::Input::Schema { .. } => &[],
    };
    let defaults = arguments.iter().filter_map(|(name, ty)| {
        let default = fields
            .iter()
            .find(|it| it.name == *name)?
            .default
            .as_ref()?;
        let json = default.to_string();
        let misfit = path(ty, "Argument", "misfit");
        Some(quote!((#name, || #misfit(#json))))
    });
    let name = &tool.name;
    let place = quote_spanned!(handler.named=> (file!(), line!(), column!()));
    Some(quote! {
        rt::Late {
            name: #name,
            json: &[#(#pieces),*],
            #[cfg(not(target_arch = "wasm32"))]
            defaults: &[#(#defaults),*],
            #[cfg(not(target_arch = "wasm32"))]
            place: #place,
        }
    })
}

/// The schema of what a handler of this return type answers, if it has one.
pub fn output(ty: &Type) -> TokenStream {
    path(ty, "ToolOutput", "SCHEMA")
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
