//! Handles where Rust declares them: the tools that take one, and those that come with it.

use super::catalog;
use super::place::path;
use crate::model::{Agent, ToolBody};
use crate::read::tokens::{Argument, Handler};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;
use syn::ext::IdentExt;

/// The handle that a handler takes: the argument, and the type of what it stands for.
pub fn taken(handler: &Handler) -> Option<(&Ident, &Type)> {
    handler.arguments.iter().find_map(|it| match it {
        Argument::Handle(name, ty) => Some((name, &**ty)),
        _ => None,
    })
}

/// Opens the handle of a call.
pub fn open(name: &Ident, ty: &Type) -> TokenStream {
    let (open, index) = (path(ty, "Held", "open"), index(&name.unraw().to_string()));
    quote!(let mut handle = #open(i, #index)?;)
}

/// Keeps what it stands for now, if the call succeeds.
pub fn keep(ty: &Type, answer: &TokenStream) -> TokenStream {
    let keep = path(ty, "Held", "keep");
    quote!(#keep(&handle, i, #answer))
}

/// The tools that make and close each handle, for the catalog and for the table. What a handle stands for is in the signatures of the tools that take it.
pub fn tools(agent: &Agent, handlers: &[Handler]) -> Vec<(TokenStream, TokenStream)> {
    let type_of = |name: &str| {
        let mut taken = handlers.iter().filter_map(taken);
        taken
            .find(|(ident, _)| ident.unraw() == name)
            .map(|(_, ty)| ty)
    };
    let tools = agent.tools.iter().filter_map(|tool| {
        let name = tool.handle.as_deref()?;
        let index = index(name);
        let entry = match tool.body {
            ToolBody::Handler => return None,
            ToolBody::Create => {
                let create = path(type_of(name)?, "Held", "create");
                quote!(rt::Handler::Read(|_, _, i| rt::ready(#create(i, #index))))
            }
            ToolBody::Close => {
                quote!(rt::Handler::Write(|_, _, i| rt::ready(rt::close_handle(i, #index))))
            }
        };
        Some((catalog::tool(agent, tool, None), entry))
    });
    tools.collect()
}

fn index(name: &str) -> TokenStream {
    quote!(const { rt::handle_index::<Self>(#name) })
}
