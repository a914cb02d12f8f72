//! `#[mcp_agent(config = "…")]`: reads the file, and lets codegen do the rest.

use mcp_agent_codegen::emit::rust::{self, RustItem};
use mcp_agent_codegen::{Files, Source};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::path::PathBuf;
use syn::spanned::Spanned;
use syn::{Fields, ItemStruct, LitStr};

/// Whether the declaration is a file's: the arguments say nothing of a server, and name one, or there is no field.
pub fn is_meant(args: &TokenStream, item: &ItemStruct) -> bool {
    let has = |name: &str| {
        let mut tokens = args.clone().into_iter();
        tokens.any(|token| matches!(token, TokenTree::Ident(ident) if ident == name))
    };
    let empty = matches!(item.fields, Fields::Unit);
    let says = has("name") || has("version");
    !says && (has("config") || empty)
}

/// The expansion, or the user's item with what is wrong with it.
pub fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    try_expand(args, item.clone()).unwrap_or_else(|error| {
        let error = error.into_compile_error();
        quote!(#item #error)
    })
}

fn try_expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let config = config(args)?;
    let item: ItemStruct = syn::parse2(item)?;
    if !matches!(&item.fields, Fields::Unit) || !item.generics.params.is_empty() {
        let place = if item.generics.params.is_empty() {
            item.fields.span()
        } else {
            item.generics.span()
        };
        let help = format!(
            "write `pub struct {};`: with a file, `[state]` declares the fields",
            item.ident
        );
        return Err(syn::Error::new(place, help));
    }
    let folder = Folder::of_crate();
    let path = config.value();
    let text = folder.read(&path).map_err(|error| {
        syn::Error::new(config.span(), format!("cannot read `{path}`: {error}"))
    })?;
    let text = String::from_utf8(text)
        .map_err(|_| syn::Error::new(config.span(), format!("`{path}` is not UTF-8")))?;
    let source = Source {
        name: &path,
        text: &text,
    };
    // Files that the declaration names are relative to its own folder.
    let own_folder = path.rfind('/').map_or("", |end| &path[..=end]);
    let loaded = mcp_agent_codegen::load(source, &folder.within(own_folder)).map_err(|report| {
        syn::Error::new(
            config.span(),
            format!(
                "`{path}` does not declare an agent\n\n{}",
                report.render(source, false)
            ),
        )
    })?;
    let files = std::iter::once(path.clone())
        .chain(
            loaded
                .files
                .iter()
                .map(|file| format!("{own_folder}{file}")),
        )
        .collect();
    let item = RustItem {
        attrs: item.attrs,
        vis: item.vis,
        ident: item.ident,
        files,
    };
    Ok(rust::expand(&loaded.agent, &item))
}

fn config(args: TokenStream) -> syn::Result<LitStr> {
    let mut config: Option<LitStr> = None;
    let known = "write `#[mcp_agent(config = \"mcp.toml\")]`";
    let place = args.to_token_stream();
    let parser = syn::meta::parser(|meta| {
        if !meta.path.is_ident("config") {
            let name = meta
                .path
                .get_ident()
                .map_or_else(String::new, ToString::to_string);
            return Err(meta.error(format!("unknown argument `{name}`: {known}")));
        }
        let value: LitStr = meta.value()?.parse()?;
        if config.replace(value).is_some() {
            return Err(meta.error("`config` is there twice"));
        }
        Ok(())
    });
    syn::parse::Parser::parse2(parser, args)?;
    config.ok_or_else(|| syn::Error::new_spanned(place, known))
}

/// A folder of the crate being compiled.
pub struct Folder(PathBuf);

impl Folder {
    pub fn of_crate() -> Self {
        Self(
            std::env::var_os("CARGO_MANIFEST_DIR")
                .unwrap_or_default()
                .into(),
        )
    }

    pub fn within(&self, path: &str) -> Self {
        Self(self.0.join(path))
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| error.to_string())
    }
}
