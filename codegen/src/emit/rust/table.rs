//! The table of handlers: how the runtime reaches each item, in the order of the catalog.

use super::handlers::{Returned, of_tool};
use super::{ident, member};
use crate::model::{
    Access, Agent, Field, Input, Piece, Prompt, PromptBody, Resource, ResourceBody, Tool,
};
use crate::name;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A function of the agent's type, so that an agent without handlers is one error and not one a tool.
pub fn table(agent: &Agent, owner: &Ident) -> TokenStream {
    let tools = agent.tools.iter().map(tool);
    let resources = agent.resources.iter().map(resource);
    let prompts = agent.prompts.iter().map(prompt);
    quote! {
        // Spelled out, because a tool may be called `borrow`.
        #[allow(dead_code)]
        fn state<A: ::core::borrow::Borrow<super::#owner>>(agent: &A) -> &super::#owner {
            ::core::borrow::Borrow::borrow(agent)
        }
        #[doc(hidden)]
        pub const fn table<A: Handlers + ::core::borrow::Borrow<super::#owner>>() -> rt::Table<A> {
            rt::Table { tools: &[#(#tools),*], resources: &[#(#resources),*], prompts: &[#(#prompts),*], completions: &[] }
        }
    }
}

fn tool(tool: &Tool) -> TokenStream {
    let no_arguments = matches!(&tool.input, Input::Fields(fields) if fields.is_empty());
    let finish = match of_tool(tool).output {
        Returned::String => quote!(rt::text),
        Returned::ToolResult => quote!(rt::content),
        Returned::Type(_) => quote!(rt::structured),
    };
    handler(&tool.method, tool.access, no_arguments, &finish)
}

/// The entry of an item that a method of the trait answers.
fn handler(method: &str, access: Access, no_arguments: bool, finish: &TokenStream) -> TokenStream {
    let method = ident(method);
    let params = (!no_arguments).then(|| quote!(, rt::params(i)?));
    match access {
        Access::None => {
            quote!(rt::Handler::Front(|cx, i| ::std::boxed::Box::pin(async move { #finish(i, <A as Handlers>::#method(cx #params).await?) })))
        }
        Access::Read => {
            quote!(rt::Handler::Read(|a, cx, i| ::std::boxed::Box::pin(async move { #finish(i, <A as Handlers>::#method(a, cx #params).await?) })))
        }
        Access::Write => {
            quote!(rt::Handler::Write(|a, cx, i| ::std::boxed::Box::pin(async move { #finish(i, <A as Handlers>::#method(a, cx #params).await?) })))
        }
    }
}

fn resource(resource: &Resource) -> TokenStream {
    match &resource.body {
        ResourceBody::Text(text) => {
            quote!(rt::Handler::Front(|_, i| rt::ready(rt::resource(i, #text))))
        }
        ResourceBody::Blob(bytes) => {
            let bytes = proc_macro2::Literal::byte_string(bytes);
            quote!(rt::Handler::Front(|_, i| rt::ready(rt::blob(i, #bytes))))
        }
        ResourceBody::Field(field) => {
            let field = member(field);
            quote!(rt::Handler::Read(|a, _, i| rt::ready(rt::resource(i, rt::shown(&state(a).#field)))))
        }
        ResourceBody::Handler => handler(
            &resource.method,
            resource.access,
            resource.params.is_empty(),
            &quote!(rt::resource),
        ),
    }
}

fn prompt(prompt: &Prompt) -> TokenStream {
    let PromptBody::Template(pieces) = &prompt.body else {
        return handler(
            &prompt.method,
            prompt.access,
            prompt.params.is_empty(),
            &quote!(rt::prompt),
        );
    };
    let params = pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Param(_)))
        .then(|| {
            let ty = ident(&name::params_type(&prompt.method));
            quote!(let p: #ty = rt::params(i)?;)
        });
    let pieces = pieces.iter().map(|piece| shown(piece, &prompt.params));
    let text = quote!(#params let mut text = ::std::string::String::new(); #(#pieces)* rt::prompt(i, text));
    match prompt.access {
        Access::None => {
            quote!(rt::Handler::Front(|_, i| ::std::boxed::Box::pin(async move { #text })))
        }
        Access::Read | Access::Write => {
            quote!(rt::Handler::Read(|a, _, i| ::std::boxed::Box::pin(async move { #text })))
        }
    }
}

/// Appends a piece of a template. An absent optional argument shows as nothing.
fn shown(piece: &Piece, params: &[Field]) -> TokenStream {
    match piece {
        Piece::Text(text) => quote!(text.push_str(#text);),
        Piece::State(field) => {
            let field = member(field);
            quote!(text.push_str(&rt::shown(&state(a).#field));)
        }
        Piece::Param(param) => {
            let name = member(param);
            if params
                .iter()
                .any(|field| field.name == *param && field.optional)
            {
                quote!(if let Some(value) = &p.#name { text.push_str(&rt::shown(value)); })
            } else {
                quote!(text.push_str(&rt::shown(&p.#name));)
            }
        }
    }
}
