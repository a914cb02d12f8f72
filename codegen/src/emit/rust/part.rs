//! `Agent` to Rust where Rust declares it: what the struct becomes, and what an impl block adds.
//!
//! Signatures are the user's and stay as they are: each entry of the table reads the arguments one by one, calls the method with them, and lets a trait of the runtime make an answer of whatever comes back.

use super::catalog::{self, Lists};
use super::completions;
use crate::model::{Access, Agent, Field};
use crate::read::tokens::{Argument, Handler, Kind};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Fields, ItemStruct, Type};

/// Everything that `#[mcp_agent(name = …)]` puts in place of the struct.
pub fn structure(agent: &Agent, text: &str, item: &ItemStruct) -> TokenStream {
    let ident = &item.ident;
    let derives = derives(item);
    let declared = agent.state.as_ref().map_or(&[][..], |it| &it.fields);
    let names: Vec<&Ident> = match &item.fields {
        Fields::Named(fields) => fields
            .named
            .iter()
            .filter_map(|it| it.ident.as_ref())
            .collect(),
        Fields::Unit | Fields::Unnamed(_) => Vec::new(),
    };
    let values = names.iter().zip(declared).map(|(name, field)| {
        let value = default(field);
        quote!(#name: #value)
    });
    // Rust finds the handlers of the impl block through this trait, so that its absence is an error on the struct's name.
    let part = quote_spanned!(ident.span()=> <#ident as ::mcp_agent::__rt1::Part>);
    let consts = catalog::consts(
        agent,
        &Lists {
            tools: quote!(#part::TOOLS),
            resources: quote!(#part::RESOURCES),
            prompts: quote!(#part::PROMPTS),
            completions: quote!(#part::COMPLETIONS),
        },
    );
    let stateful = agent
        .state
        .is_some()
        .then(|| quote!(impl ::mcp_agent::__rt1::Stateful for #ident {}));
    quote! {
        #derives
        #item
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#values),* }
            }
        }
        impl ::mcp_agent::__rt1::Declared for #ident {}
        #stateful
        impl ::mcp_agent::__rt1::Agent for #ident {
            const DECLARATION: &'static [&'static str] = &[#text, #part::DECLARATION];
            #consts
            const TABLE: ::mcp_agent::__rt1::Table<Self> = #part::TABLE;
        }
        ::mcp_agent::__rt1::export!(#ident);
    }
}

/// What an agent needs to be, but for what the user derives already. A field that was not there when a state was stored has its default.
fn derives(item: &ItemStruct) -> TokenStream {
    let mut theirs = Vec::new();
    for attribute in item.attrs.iter().filter(|it| it.path().is_ident("derive")) {
        // What is no list of paths is for the compiler to refuse.
        let _ = attribute.parse_nested_meta(|meta| {
            theirs.extend(meta.path.segments.last().map(|it| it.ident.to_string()));
            Ok(())
        });
    }
    let ours = [
        ("Clone", quote!(Clone)),
        ("Debug", quote!(Debug)),
        ("PartialEq", quote!(PartialEq)),
        ("Serialize", quote!(::mcp_agent::__rt1::serde::Serialize)),
        (
            "Deserialize",
            quote!(::mcp_agent::__rt1::serde::Deserialize),
        ),
    ];
    let missing = ours
        .iter()
        .filter(|(name, _)| theirs.iter().all(|it| it != name))
        .map(|(_, path)| path);
    quote! {
        #[derive(#(#missing),*)]
        #[serde(crate = "::mcp_agent::__rt1::serde", default)]
    }
}

/// The value of a field or an argument that nobody gave one. `check` made sure that it fits.
fn default(field: &Field) -> TokenStream {
    match &field.default {
        Some(value) => {
            let json = value.to_string();
            quote!(::mcp_agent::__rt1::declared(#json))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// Everything that an impl block adds to itself.
pub fn block(agent: &Agent, items: &str, owner: &Type, handlers: &[Handler]) -> TokenStream {
    let of = |kind| handlers.iter().filter(move |it| it.kind == kind);
    let (tools, tool_table): (Vec<_>, Vec<_>) = of(Kind::Tool)
        .zip(&agent.tools)
        .map(|(handler, tool)| {
            let fields = match &tool.input {
                crate::model::Input::Fields(fields) => fields.as_slice(),
                crate::model::Input::Schema { .. } => &[],
            };
            (catalog::tool(agent, tool), entry(handler, fields))
        })
        .unzip();
    let (resources, resource_table): (Vec<_>, Vec<_>) = of(Kind::Resource)
        .zip(&agent.resources)
        .map(|(handler, it)| (catalog::resource(agent, it), entry(handler, &it.params)))
        .unzip();
    let (prompts, prompt_table): (Vec<_>, Vec<_>) = of(Kind::Prompt)
        .zip(&agent.prompts)
        .map(|(handler, it)| (catalog::prompt(agent, it), entry(handler, &it.params)))
        .unzip();
    let completions = completions::catalog(agent);
    let needs_state = handlers.iter().filter_map(|it| it.receiver).map(|span| {
        let owner = at(owner, span);
        quote!(rt::needs_state::<#owner>();)
    });
    quote! {
        const _: () = {
            use ::mcp_agent::__rt1 as rt;
            const fn places() {
                rt::needs_struct::<#owner>();
                #(#needs_state)*
            }
            places();
            #[allow(clippy::needless_update)]
            impl rt::Part for #owner {
                const DECLARATION: &'static str = #items;
                const TOOLS: &'static [rt::Item] = &[#(#tools),*];
                const RESOURCES: &'static [rt::ResourceItem] = &[#(#resources),*];
                const PROMPTS: &'static [rt::Item] = &[#(#prompts),*];
                const COMPLETIONS: &'static [rt::Completion] = &[#(#completions),*];
                const TABLE: rt::Table<Self> = rt::Table {
                    tools: &[#(#tool_table),*],
                    resources: &[#(#resource_table),*],
                    prompts: &[#(#prompt_table),*],
                    completions: &[],
                };
            }
        };
    }
}

/// An impl block without handlers, for one that something is wrong with.
pub fn empty_block(owner: &Type) -> TokenStream {
    quote! {
        impl ::mcp_agent::__rt1::Part for #owner {
            const DECLARATION: &'static str = "";
            const TOOLS: &'static [::mcp_agent::__rt1::Item] = &[];
            const RESOURCES: &'static [::mcp_agent::__rt1::ResourceItem] = &[];
            const PROMPTS: &'static [::mcp_agent::__rt1::Item] = &[];
            const COMPLETIONS: &'static [::mcp_agent::__rt1::Completion] = &[];
            const TABLE: ::mcp_agent::__rt1::Table<Self> =
                ::mcp_agent::__rt1::Table { tools: &[], resources: &[], prompts: &[], completions: &[] };
        }
    }
}

/// The entry of a handler in the table.
fn entry(handler: &Handler, fields: &[Field]) -> TokenStream {
    let method = &handler.ident;
    let mut members = Vec::new();
    // What is not used is not named.
    let mut context = quote!(_);
    let given: Vec<TokenStream> = handler
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Cx => {
                context = quote!(cx);
                quote!(cx)
            }
            Argument::Call => quote!(i.call),
            Argument::Param(name, ty) => {
                let field = fields.iter().find(|it| name.unraw() == it.name);
                let (member, given) = member(members.len(), name, ty, field);
                members.push(member);
                given
            }
        })
        .collect();
    let arguments = (!members.is_empty()).then(|| quote!(let p = rt::arguments(i)?; #(#members)*));
    let wait = handler.is_async.then(|| quote!(.await));
    let finish = match handler.kind {
        Kind::Tool => quote!(tool),
        Kind::Resource => quote!(read),
        Kind::Prompt => quote!(got),
    };
    // What is no result is marked where the type stands.
    let returned = quote_spanned!(handler.output=> returned);
    let (place, binding, receiver) = match handler.access {
        Access::None => (quote!(Front), quote!(), quote!()),
        Access::Read => (quote!(Read), quote!(a,), quote!(a,)),
        Access::Write => (quote!(Write), quote!(a,), quote!(a,)),
    };
    quote! {
        rt::Handler::#place(|#binding #context, i| ::std::boxed::Box::pin(async move {
            #arguments
            let returned = Self::#method(#receiver #(#given),*) #wait;
            rt::#finish(i, #returned)
        }))
    }
}

/// How an argument is read, and how it is handed over.
fn member(at: usize, name: &Ident, ty: &Type, field: Option<&Field>) -> (TokenStream, TokenStream) {
    let wire = name.unraw().to_string();
    let own = format_ident!("p{at}");
    let (ty, lend) = match ty {
        Type::Reference(_) => (quote!(::std::string::String), Some(quote!(&))),
        _ => (quote!(#ty), None),
    };
    let read = match field {
        Some(Field {
            default: Some(value),
            ..
        }) => {
            let json = value.to_string();
            quote!(or(#wire, #json))
        }
        Some(Field {
            optional: false, ..
        }) => quote!(required(#wire)),
        _ => quote!(optional(#wire)),
    };
    (quote!(let #own: #ty = p.#read?;), quote!(#lend #own))
}

/// The same tokens as if they stood at another place: what is wrong with them is shown there.
fn at(tokens: &impl ToTokens, span: Span) -> TokenStream {
    let moved = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.to_token_stream().into_iter().map(moved).collect()
}
