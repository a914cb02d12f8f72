//! The table of handlers: how the runtime reaches each item, in the order of the catalog.

use super::handlers::{Params, Returned, Signature, of_prompt, of_resource, of_tool};
use super::{completions, ident, member};
use crate::model::{
    Access, Agent, Field, Piece, Prompt, PromptBody, Resource, ResourceBody, Tool, ToolBody,
};
use crate::name;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A function of the agent's type, so that an agent without handlers is one error and not one a tool.
pub fn table(agent: &Agent, owner: &Ident) -> TokenStream {
    let tools = agent.tools.iter().map(|item| tool(agent, item));
    let resources = agent.resources.iter().map(resource);
    let prompts = agent.prompts.iter().map(prompt);
    let completions =
        completions::signatures(agent).map(|signature| handler(&signature, &quote!(rt::completed)));
    quote! {
        // Spelled out, because a tool may be called `borrow`.
        #[allow(dead_code)]
        fn state<A: ::core::borrow::Borrow<super::#owner>>(agent: &A) -> &super::#owner {
            ::core::borrow::Borrow::borrow(agent)
        }
        #[doc(hidden)]
        pub const fn table<A: Handlers + ::core::borrow::Borrow<super::#owner>>() -> rt::Table<A> {
            rt::Table { tools: &[#(#tools),*], resources: &[#(#resources),*], prompts: &[#(#prompts),*], completions: &[#(#completions),*] }
        }
    }
}

/// The entry of one in the table.
pub fn tool(agent: &Agent, tool: &Tool) -> TokenStream {
    let signature = of_tool(agent, tool);
    let handle = agent
        .handles
        .iter()
        .zip(0_usize..)
        .find(|(handle, _)| Some(&handle.name) == tool.handle.as_ref())
        .map(|(handle, index)| (ident(&handle.type_name), index));
    match (tool.body, &handle) {
        (ToolBody::Create, Some((ty, index))) => {
            return quote!(rt::Handler::Read(|_, _, i| rt::ready(rt::create_handle::<#ty>(i, #index))));
        }
        (ToolBody::Close, Some((_, index))) => {
            return quote!(rt::Handler::Write(|_, _, i| rt::ready(rt::close_handle(i, #index))));
        }
        _ => {}
    }
    let finish = match signature.output {
        Returned::String => quote!(rt::text),
        Returned::Type(_) => quote!(rt::structured),
        _ => quote!(rt::content),
    };
    match handle {
        Some((ty, index)) => with_handle(&signature, &finish, &ty, index),
        None => handler(&signature, &finish),
    }
}

/// The entry of a tool that takes a handle: it runs as a writer, whatever it does with the state.
fn with_handle(
    signature: &Signature,
    finish: &TokenStream,
    ty: &Ident,
    index: usize,
) -> TokenStream {
    let (agent, receiver) = match signature.access {
        Access::None => (quote!(_), None),
        Access::Read => (quote!(a), Some(quote!(&*a,))),
        Access::Write => (quote!(a), Some(quote!(a,))),
    };
    let method = ident(&signature.method);
    let call = signature.interactive.then(|| quote!(, i.call));
    let params = signature.params.as_ref().map(|_| quote!(, rt::params(i)?));
    quote!(rt::Handler::Write(|#agent, cx, i| ::std::boxed::Box::pin(async move {
        let mut handle: #ty = rt::open_handle(i, #index)?;
        let answer = <A as Handlers>::#method(#receiver cx #call, &mut handle #params).await?;
        rt::keep_handle(i, &handle)?;
        #finish(i, answer)
    })))
}

/// The entry of an item that a method of the trait answers. `finish` makes an answer of what it returns.
fn handler(signature: &Signature, finish: &TokenStream) -> TokenStream {
    let method = ident(&signature.method);
    let call = signature.interactive.then(|| quote!(, i.call));
    let params = signature.params.as_ref().map(|params| match params {
        Params::Complete => quote!(, rt::completion(i)?),
        Params::Type(_) | Params::Value => quote!(, rt::params(i)?),
    });
    match signature.access {
        Access::None => {
            quote!(rt::Handler::Front(|cx, i| ::std::boxed::Box::pin(async move { #finish(i, <A as Handlers>::#method(cx #call #params).await?) })))
        }
        Access::Read => {
            quote!(rt::Handler::Read(|a, cx, i| ::std::boxed::Box::pin(async move { #finish(i, <A as Handlers>::#method(a, cx #call #params).await?) })))
        }
        Access::Write => {
            quote!(rt::Handler::Write(|a, cx, i| ::std::boxed::Box::pin(async move { #finish(i, <A as Handlers>::#method(a, cx #call #params).await?) })))
        }
    }
}

/// The entry of one in the table.
pub fn resource(resource: &Resource) -> TokenStream {
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
        ResourceBody::Query(statement) => {
            let variables = resource.params.iter().map(|it| &it.name);
            quote!(rt::Handler::Read(|_, cx, i| rt::ready(rt::query(cx, i, #statement, &[#(#variables),*]))))
        }
        ResourceBody::Handler => {
            let finish = if resource.content {
                quote!(rt::resource_contents)
            } else {
                quote!(rt::resource)
            };
            handler(&of_resource(resource), &finish)
        }
    }
}

/// The entry of one in the table.
pub fn prompt(prompt: &Prompt) -> TokenStream {
    let PromptBody::Template(pieces) = &prompt.body else {
        let finish = if prompt.content {
            quote!(rt::prompt_content)
        } else {
            quote!(rt::prompt)
        };
        return handler(&of_prompt(prompt), &finish);
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
