//! `Agent` to Rust where Rust declares it: what the struct becomes.

use super::catalog;
use super::parts::Parts;
use super::place::{path_string, whole_path};
use super::{access, fixed, part_events};
use crate::model::{Agent, Field};
use crate::read::tokens::{Member, Structure};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Fields, ItemStruct, parse_quote};

/// Everything that `#[mcp_agent(name = …)]` puts in place of the struct.
pub fn structure(agent: &Agent, read: &Structure, files: &[String]) -> TokenStream {
    let Structure {
        text,
        item,
        fields,
        parts,
        ..
    } = read;
    let (ident, text) = (&item.ident, text.as_str());
    let derives = derives(item, fields);
    let declared = agent.state.as_ref().map_or(&[][..], |it| &it.fields);
    let values = fields.iter().zip(declared).map(|(member, field)| {
        let (name, value) = (&member.ident, default(member, field));
        quote!(#name: #value)
    });
    let kept = fields.iter().zip(declared).filter(|(it, _)| it.is_foreign);
    let kept = kept.map(|(member, field)| {
        let (name, schema) = (
            &field.name,
            whole_path(&member.ty, trait_of(member), "schema"),
        );
        quote!((#name, #schema))
    });
    let copies = copies(ident, fields, &derives.copied);
    let item = with_readers(item, fields);
    let derives = derives.tokens;
    let fixed = fixed::part(agent, ident);
    let parts_of = Parts::new(ident, parts, fixed.is_some());
    let denies = agent.auth.as_ref().is_some_and(|auth| auth.deny);
    let consts = catalog::consts(agent, &parts_of.lists(denies));
    let asks = access::declared(agent.auth.as_ref());
    let (declarations, late, table) = (parts_of.declarations(), parts_of.late(), parts_of.table());
    let (places, handles) = (parts_of.places(), parts_of.handles());
    let (tools, broken) = (parts_of.tools(), parts_of.broken());
    let (events, wrong_events) = part_events::of_struct(agent, ident, &parts_of);
    let text = part_events::declaration(text, agent.state.as_ref());
    let names = parts.iter().map(|it| &it.name);
    // A change of what was read must rebuild this crate.
    let rebuild = (!files.is_empty()).then(|| {
        quote! {
            const _: &[&[u8]] = &[#(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/", #files))),*];
        }
    });
    let stateful = agent.state.is_some().then(|| {
        quote! {
            impl ::mcp_agent::__rt1::Stateful for #ident {}
            impl ::mcp_agent::__rt1::Keeps for #ident {}
        }
    });
    let listens = agent
        .websocket
        .is_some()
        .then(|| quote!(impl ::mcp_agent::__rt1::Listens for #ident {}));
    quote! {
        #derives
        #item
        #copies
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#values),* }
            }
        }
        impl ::mcp_agent::__rt1::Declared for #ident {
            const PARTS: &'static [&'static str] = &[#(#names),*];
            const HANDLES: &'static [::mcp_agent::__rt1::Handle] = #handles;
            const TOOLS: &'static [&'static [::mcp_agent::__rt1::Item]] = &[#(#tools),*];
            const BROKEN: bool = false #(|| #broken)*;
            #asks
        }
        #stateful
        #listens
        impl ::mcp_agent::__rt1::Agent for #ident {
            const DECLARATION: &'static [&'static str] = &[#text #(#declarations),*];
            #consts
            const LATE: &'static [::mcp_agent::__rt1::Late] = #late;
            fn catalog() -> ::mcp_agent::__rt1::Catalog {
                static WHOLE: ::mcp_agent::__rt1::Whole = ::mcp_agent::__rt1::Whole::new();
                ::mcp_agent::__rt1::whole::<Self>(&WHOLE)
            }
            #[cfg(not(target_arch = "wasm32"))]
            fn places() -> ::std::vec::Vec<::mcp_agent::__rt1::TypePlace> {
                [#(#places),*].concat()
            }
            #[cfg(not(target_arch = "wasm32"))]
            fn kept() -> ::std::vec::Vec<(&'static str, ::mcp_agent::__rt1::Make)> {
                ::std::vec![#(#kept),*]
            }
            const TABLE: ::mcp_agent::__rt1::Table<Self> = #table;
            #events
        }
        #wrong_events
        ::mcp_agent::__rt1::export!(#ident);
        #fixed
        #rebuild
    }
}

struct Derives {
    tokens: TokenStream,
    /// The traits that are implemented field by field, so that what is wrong with a field's type is said once.
    copied: Vec<&'static str>,
}

/// What an agent needs to be, but for what the user derives already. A field that was not there when a state was stored has its default.
fn derives(item: &ItemStruct, fields: &[Member]) -> Derives {
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
        ("PartialEq", quote!(PartialEq)),
        ("Debug", quote!(Debug)),
        ("Serialize", quote!(::mcp_agent::__rt1::serde::Serialize)),
        (
            "Deserialize",
            quote!(::mcp_agent::__rt1::serde::Deserialize),
        ),
    ];
    let missing = ours
        .into_iter()
        .filter(|(name, _)| theirs.iter().all(|it| it != name));
    // A type of the user's may not implement `Debug`, which nobody needs.
    let foreign = fields.iter().any(|it| it.is_foreign);
    let (copied, derived): (Vec<_>, Vec<_>) =
        missing.partition(|(name, _)| foreign && ["Clone", "PartialEq", "Debug"].contains(name));
    let paths = derived.iter().map(|(_, path)| path);
    let default = matches!(item.fields, Fields::Named(_)).then(|| quote!(, default));
    Derives {
        tokens: quote! {
            #[derive(#(#paths),*)]
            #[serde(crate = "::mcp_agent::__rt1::serde" #default)]
        },
        copied: copied.into_iter().map(|(name, _)| name).collect(),
    }
}

/// The trait that a field's type is to implement.
fn trait_of(member: &Member) -> &'static str {
    match member.is_foreign && !member.has_default {
        true => "Begin",
        false => "Field",
    }
}

/// `Clone` and `PartialEq` of a struct with fields of types of the user's.
fn copies(ident: &Ident, fields: &[Member], traits: &[&str]) -> TokenStream {
    let names: Vec<_> = fields.iter().map(|it| &it.ident).collect();
    let of = |function| {
        fields
            .iter()
            .map(move |it| whole_path(&it.ty, trait_of(it), function))
    };
    let clone = traits.contains(&"Clone").then(|| {
        let copies = of("copy");
        quote! {
            impl ::core::clone::Clone for #ident {
                fn clone(&self) -> Self {
                    Self { #(#names: #copies(&self.#names)),* }
                }
            }
        }
    });
    let equal = traits.contains(&"PartialEq").then(|| {
        let sames = of("same");
        quote! {
            impl ::core::cmp::PartialEq for #ident {
                fn eq(&self, other: &Self) -> bool {
                    true #(&& #sames(&self.#names, &other.#names))*
                }
            }
        }
    });
    quote!(#clone #equal)
}

/// The struct, whose fields of the user's types are read and written through a trait of ours, unless they say how themselves.
fn with_readers(item: &ItemStruct, members: &[Member]) -> ItemStruct {
    let mut item = item.clone();
    let Fields::Named(fields) = &mut item.fields else {
        return item;
    };
    let foreign = fields
        .named
        .iter_mut()
        .zip(members)
        .filter(|(_, it)| it.is_foreign);
    for (field, member) in foreign {
        if field.attrs.iter().any(|it| it.path().is_ident("serde")) {
            continue;
        }
        let function = |name| path_string(&member.ty, trait_of(member), name);
        let (write, read) = (function("write"), function("read"));
        field
            .attrs
            .push(parse_quote!(#[serde(serialize_with = #write, deserialize_with = #read)]));
    }
    item
}

/// The value of a field that nobody gave one. `check` made sure that a declared one fits, as far as it knows the type.
fn default(member: &Member, field: &Field) -> TokenStream {
    match &field.default {
        Some(value) => {
            let json = value.to_string();
            let declared = whole_path(&member.ty, "Field", "declared");
            quote!(#declared(#json))
        }
        None if member.is_foreign => {
            let begin = whole_path(&member.ty, "Begin", "begin");
            quote!(#begin())
        }
        None => quote!(::core::option::Option::None),
    }
}
