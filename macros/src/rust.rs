//! `#[mcp_agent(name = …)]` on a struct, `#[mcp_agent]` on its impl block: reads them, and lets codegen do the rest.

use crate::config::Folder;
use mcp_agent_codegen::emit::rust;
use mcp_agent_codegen::read::tokens::{self, Errors};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemImpl, ItemStruct};

/// The expansion of a struct, or the struct with what is wrong with it.
pub fn structure(args: TokenStream, item: ItemStruct) -> TokenStream {
    let mut errors = Errors::default();
    let folder = Folder::of_crate();
    let read = tokens::structure(args, item, &folder, &mut errors);
    let config = read.config.as_ref();
    let own_folder = config.map_or("", |it| it.folder());
    let loaded = tokens::judge(&read.text, &folder.within(own_folder), &mut errors);
    if let (Some(loaded), Some(config)) = (&loaded, config) {
        tokens::check_bodies(&loaded.agent, config, &mut errors);
    }
    match loaded.filter(|_| errors.is_empty()) {
        Some(loaded) => {
            let named = loaded.files.iter().map(|it| format!("{own_folder}{it}"));
            let files: Vec<_> = config
                .map(|it| it.path.clone())
                .into_iter()
                .chain(named)
                .collect();
            rust::structure(&loaded.agent, &read, &files)
        }
        None => {
            let (item, errors) = (read.item, errors.into_compile_errors());
            // An impl block goes on, so that it is not wrong as well.
            let ident = &item.ident;
            let (generics, of, bounds) = item.generics.split_for_impl();
            quote! {
                #item
                impl #generics ::mcp_agent::__rt1::Declared for #ident #of #bounds {
                    const PARTS: &'static [&'static str] = &[];
                }
                impl #generics ::mcp_agent::__rt1::Stateful for #ident #of #bounds {}
                #errors
            }
        }
    }
}

/// The expansion of an impl block, or the block with what is wrong with it.
pub fn block(args: TokenStream, item: ItemImpl) -> TokenStream {
    let mut errors = Errors::default();
    let read = tokens::block(args, item, &mut errors);
    let loaded = tokens::judge(&read.text, &Folder::of_crate(), &mut errors);
    if let Some(loaded) = &loaded {
        tokens::check_variables(&loaded.agent, &read.handlers, &mut errors);
    }
    let item = &read.item;
    let added = match loaded.filter(|_| errors.is_empty()) {
        Some(loaded) => rust::block(&loaded.agent, &read),
        // The struct goes on, so that it is not wrong as well.
        None => {
            let errors = errors.into_compile_errors();
            let empty = rust::empty_block(&read);
            quote!(#empty #errors)
        }
    };
    quote!(#item #added)
}
