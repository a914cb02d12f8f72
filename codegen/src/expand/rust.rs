//! `#[mcp_agent(name = …)]` on a struct, `#[mcp_agent]` on its impl block.

use super::{Beside, Expanded};
use crate::Files;
use crate::emit::rust;
use crate::read::tokens::{self, Errors, Kind};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{ImplItem, ItemImpl, ItemStruct};

/// The expansion of a struct, or the struct with what is wrong with it.
pub fn structure(args: TokenStream, item: ItemStruct, files: &dyn Files) -> Expanded {
    let mut errors = Errors::default();
    let read = tokens::structure(args, item, files, &mut errors);
    let config = read.config.as_ref();
    let own_folder = config.map_or("", |it| it.folder());
    let loaded = tokens::judge(&read.text, &Beside(files, own_folder), &mut errors);
    if let (Some(loaded), Some(config)) = (&loaded, config) {
        tokens::check_bodies(&loaded.agent, config, &mut errors);
    }
    let tokens = match loaded.filter(|_| errors.is_empty()) {
        Some(loaded) => {
            let named = loaded.files.iter().map(|it| format!("{own_folder}{it}"));
            let paths = config.map(|it| it.path.clone());
            let paths: Vec<_> = paths.into_iter().chain(named).collect();
            rust::structure(&loaded.agent, &read, &paths)
        }
        None => {
            let item = read.item;
            // An impl block goes on, so that it is not wrong as well.
            let ident = &item.ident;
            let (generics, of, bounds) = item.generics.split_for_impl();
            quote! {
                #item
                impl #generics ::mcp_agent::__rt1::Declared for #ident #of #bounds {}
                impl #generics ::mcp_agent::__rt1::Stateful for #ident #of #bounds {}
                impl #generics ::mcp_agent::__rt1::Keeps for #ident #of #bounds {}
                impl #generics ::mcp_agent::__rt1::Listens for #ident #of #bounds {}
            }
        }
    };
    Expanded {
        tokens,
        errors,
        tools: Vec::new(),
    }
}

/// The expansion of an impl block, or the block with what is wrong with it. Where a tool is named, the block has no method but its own.
pub fn block(args: TokenStream, item: ItemImpl, files: &dyn Files, tool: Option<&str>) -> Expanded {
    let whole = item.clone();
    let mut errors = Errors::default();
    let mut read = tokens::block(args.clone(), item, &mut errors);
    let of_tools = read.handlers.iter().filter(|it| it.kind == Kind::Tool);
    let tools = of_tools.clone().map(|it| it.name.clone()).collect();
    if let Some(found) = of_tools
        .clone()
        .find(|it| tool == Some(it.name.as_str()))
        .map(|it| it.ident.clone())
    {
        let mut block = whole;
        let is_its = |it: &ImplItem| matches!(it, ImplItem::Fn(it) if it.sig.ident == found);
        block.items.retain(is_its);
        errors = Errors::default();
        read = tokens::block(args, block, &mut errors);
    }
    let loaded = tokens::judge(&read.text, files, &mut errors);
    if let Some(loaded) = &loaded {
        tokens::check_variables(&loaded.agent, &read.handlers, &mut errors);
    }
    let item = &read.item;
    let added = match loaded.filter(|_| errors.is_empty()) {
        Some(loaded) => rust::block(&loaded.agent, &read),
        // The struct goes on, so that it is not wrong as well.
        None => rust::empty_block(&read),
    };
    Expanded {
        tokens: quote!(#item #added),
        errors,
        tools,
    }
}
