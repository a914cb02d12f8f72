//! `Agent` to Rust where Rust declares it: what an impl block adds.
//!
//! Signatures are the user's and stay as they are: each entry of the table reads the arguments one by one, calls the method with them, and lets a trait of the runtime make an answer of whatever comes back.

use super::catalog;
use super::completions::{self, TargetKind};
use super::place::{at, path};
use super::{access, held, late, part_events, renamed};
use crate::model::{Access, Agent, Field};
use crate::read::tokens::{
    Argument, Block, Completing, EventKind, Given, Handler, Kind, Name, argument_of, free_aliases,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

/// Everything that an impl block adds to itself.
pub fn block(agent: &Agent, read: &Block) -> TokenStream {
    let Block {
        items,
        handlers,
        part,
        ..
    } = read;
    let owner = &*read.item.self_ty;
    let of = |kind| handlers.iter().filter(move |it| it.kind == kind);
    let (mut lates, mut places) = (Vec::new(), Vec::new());
    let (mut tools, mut tool_table): (Vec<_>, Vec<_>) = of(Kind::Tool)
        .zip(&agent.tools)
        .map(|(handler, tool)| {
            let fields = match &tool.input {
                crate::model::Input::Fields(fields) => fields.as_slice(),
                crate::model::Input::Schema { .. } => &[],
            };
            let late = late::tool(agent, tool, fields, handler);
            let item = match &late {
                None => catalog::tool(agent, tool, Some(owner)),
                Some(_) => catalog::late_tool(agent, tool, owner, lates.len()),
            };
            if let Some(late) = late {
                lates.push(late.entry);
                places.push(late.place);
            }
            (item, entry(handler, fields))
        })
        .unzip();
    for (item, entry) in held::tools(agent, handlers) {
        tools.push(item);
        tool_table.push(entry);
    }
    let kinds = catalog::handles(agent);
    let (resources, resource_table): (Vec<_>, Vec<_>) = of(Kind::Resource)
        .zip(&agent.resources)
        .map(|(handler, it)| (catalog::resource(agent, it), entry(handler, &it.params)))
        .unzip();
    let (prompts, prompt_table): (Vec<_>, Vec<_>) = of(Kind::Prompt)
        .zip(&agent.prompts)
        .map(|(handler, it)| (catalog::prompt(agent, it), entry(handler, &it.params)))
        .unzip();
    let completing = completing(agent, read);
    let accesses: Vec<_> = completing.iter().map(|it| it.access).collect();
    let completions = completions::entries(agent, &accesses);
    let completion_table = completing.iter().map(|it| completion(it));
    let number = part.number();
    let listed = listed(part, owner);
    let asked = access::asked(&read.asked, owner);
    let elsewhere = renamed::elsewhere(&read.elsewhere, owner);
    let aliases = catalog::aliases(&agent.tools)
        .map(|all| quote!(const ALIASES: &'static [rt::Alias] = #all;));
    let marks = marks(read);
    let events = part_events::of_block(agent, &read.events);
    quote! {
        #marks
        const _: () = {
            use ::mcp_agent::__rt1 as rt;
            #listed
            #asked
            #elsewhere
            const LATE: &[rt::Late] = &[#(#lates),*];
            #[allow(clippy::needless_update)]
            impl rt::Part<#number> for #owner {
                const DECLARATION: &'static str = #items;
                const TOOLS: &'static [rt::Item] = &[#(#tools),*];
                #aliases
                const RESOURCES: &'static [rt::ResourceItem] = &[#(#resources),*];
                const PROMPTS: &'static [rt::Item] = &[#(#prompts),*];
                const COMPLETIONS: &'static [rt::Completion] = &[#(#completions),*];
                const LATE: &'static [rt::Late] = LATE;
                const HANDLES: &'static [rt::Handle] = #kinds;
                #[cfg(not(target_arch = "wasm32"))]
                const PLACES: &'static [rt::TypePlace] = &[#(#places),*];
                const TABLE: rt::Table<Self> = rt::Table {
                    tools: &[#(#tool_table),*],
                    resources: &[#(#resource_table),*],
                    prompts: &[#(#prompt_table),*],
                    completions: &[#(#completion_table),*],
                };
                #events
            }
        };
    }
}

/// The methods that complete, in the order of the catalog.
fn completing<'r>(agent: &Agent, read: &'r Block) -> Vec<&'r Completing> {
    let of = |kind, index| {
        read.handlers
            .iter()
            .filter(move |it| it.kind == kind)
            .nth(index)
    };
    let all = completions::by_handlers(agent).into_iter();
    let all = all.filter_map(|(target, index, argument)| {
        let handler = match target {
            TargetKind::Resource => of(Kind::Resource, index),
            TargetKind::Prompt => of(Kind::Prompt, index),
        }?;
        let mut known = read.completing.iter();
        known.find(|it| it.of == handler.ident && it.argument.unraw() == argument)
    });
    all.collect()
}

/// The entry of a method that completes.
fn completion(completing: &Completing) -> TokenStream {
    let method = &completing.ident;
    let given = completing.given.iter().map(|it| match it {
        Given::Cx => quote!(cx),
        Given::Typed => quote!(&p.value),
        Given::Params => quote!(p.clone()),
    });
    let wait = completing.is_async.then(|| quote!(.await));
    let returned = quote_spanned!(completing.output=> returned);
    let (place, receiver) = match completing.access {
        Access::None => (quote!(Front), quote!()),
        Access::Read | Access::Write => (quote!(Read), quote!(a,)),
    };
    quote! {
        rt::Handler::#place(|#receiver cx, i| ::std::boxed::Box::pin(async move {
            let _ = cx;
            let p = rt::completion(i)?;
            let returned = Self::#method(#receiver #(#given),*) #wait;
            rt::values(#returned)
        }))
    }
}

/// An impl block without handlers, for one that something is wrong with.
pub fn empty_block(read: &Block) -> TokenStream {
    let owner = &*read.item.self_ty;
    let number = read.part.number();
    let marks = marks(read);
    quote! {
        #marks
        impl ::mcp_agent::__rt1::Part<#number> for #owner {
            const BROKEN: bool = true;
        }
    }
}

/// Fails to compile where the struct does not list the part.
fn listed(part: &Name, owner: &Type) -> TokenStream {
    let name = &part.name;
    let message = format!(
        "the struct does not list this part: add it, `parts(\"{name}\")`, beside the others; the block without a name is \"main\""
    );
    let owner = at(owner, part.span);
    quote_spanned!(part.span=> const _: () = ::core::assert!(rt::lists::<#owner>(#name), #message);)
}

/// A constant for each item and for each name that a tool once had, so that two of one name are an error at both, also in blocks that do not know of each other. It is where a `self`
/// asks for a state.
fn marks(read: &Block) -> TokenStream {
    let owner = &read.item.self_ty;
    let handlers = read.handlers.iter().map(|it| {
        let kind = match it.kind {
            Kind::Tool => "tool",
            Kind::Resource => "resource",
            Kind::Prompt => "prompt",
        };
        (kind, it.name.clone(), it.named, it.receiver)
    });
    let completing = read.completing.iter().map(|it| {
        let name = it.ident.to_string();
        let receiver = it.receiver.filter(|_| it.access != Access::Write);
        ("complete", name, it.ident.span(), receiver)
    });
    let needs_state = |receiver: Option<Span>| {
        let needs = receiver.map(|span| {
            let owner = at(owner, span);
            quote_spanned!(span=> ::mcp_agent::__rt1::needs_state::<#owner>())
        });
        needs.unwrap_or_else(|| quote!(()))
    };
    let items = handlers.chain(completing);
    let items =
        items.map(|(kind, name, named, receiver)| (kind, name, named, needs_state(receiver)));
    let events = read.events.iter().map(|it| {
        let (kind, named) = match it.kind {
            EventKind::Schedule => ("schedule", it.ident.span()),
            kind => (kind.attribute(), it.span),
        };
        (kind, it.name.clone(), named, part_events::needs(it, owner))
    });
    let aliases = free_aliases(&read.handlers);
    let aliases = aliases.map(|(name, span)| ("tool", name.clone(), *span, quote!(())));
    let marks = items
        .chain(aliases)
        .chain(events)
        .map(|(kind, name, named, needs)| {
            let plain = |it: char| match it {
                'a'..='z' | 'A'..='Z' | '0'..='9' => it.to_string(),
                '_' => "__".to_owned(),
                other => format!("_{:x}_", u32::from(other)),
            };
            let name: String = name.chars().map(plain).collect();
            let mark = Ident::new(&format!("__{kind}_{name}"), named);
            quote_spanned!(named=> const #mark: () = #needs;)
        });
    quote! {
        #[doc(hidden)]
        #[allow(non_upper_case_globals, dead_code)]
        impl #owner { #(#marks)* }
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
            Argument::Foreign(name, ty) => {
                let own = format_ident!("p{}", members.len());
                let wire = name.unraw().to_string();
                let field = fields.iter().find(|it| it.name == wire);
                members.push(late::member(&own, &wire, ty, field));
                quote!(#own)
            }
            Argument::Handle(..) => quote!(&mut handle),
            Argument::Whole(ty) => {
                let of = path(ty, "Argument", "of");
                quote!(#of(i)?)
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
    let answer = match &handler.structured {
        None => quote!(rt::#finish(i, #returned)),
        Some(ty) => {
            let into_tool = path(ty, "ToolOutput", "into_tool");
            quote!(rt::answer(#into_tool(returned)))
        }
    };
    if let Some((name, ty)) = held::taken(handler) {
        let (open, keep) = (held::open(name, ty), held::keep(ty, &answer));
        // Where the state is, one call at a time, whatever it does with the state.
        let (binding, receiver) = match handler.access {
            Access::None => (quote!(_), quote!()),
            Access::Read => (quote!(a), quote!(&*a,)),
            Access::Write => (quote!(a), quote!(a,)),
        };
        return quote! {
            rt::Handler::Write(|#binding, #context, i| ::std::boxed::Box::pin(async move {
                #open
                #arguments
                let returned = Self::#method(#receiver #(#given),*) #wait;
                #keep
            }))
        };
    }
    let (place, binding, receiver) = match handler.access {
        Access::None => (quote!(Front), quote!(), quote!()),
        Access::Read => (quote!(Read), quote!(a,), quote!(a,)),
        Access::Write => (quote!(Write), quote!(a,), quote!(a,)),
    };
    quote! {
        rt::Handler::#place(|#binding #context, i| ::std::boxed::Box::pin(async move {
            #arguments
            let returned = Self::#method(#receiver #(#given),*) #wait;
            #answer
        }))
    }
}

/// How an argument is read, and how it is handed over.
fn member(at: usize, name: &Ident, ty: &Type, field: Option<&Field>) -> (TokenStream, TokenStream) {
    let wire = name.unraw().to_string();
    let own = format_ident!("p{at}");
    if let Some(Type::Reference(_)) = argument_of(ty, "Option") {
        let read =
            quote!(let #own: ::core::option::Option<::std::string::String> = p.optional(#wire)?;);
        return (read, quote!(#own.as_deref()));
    }
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
