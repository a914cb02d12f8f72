//! `#[mcp_agent(config = "…")]`: the file declares.

use super::{Beside, Expanded};
use crate::emit::rust::{self, RustItem};
use crate::read::tokens::Errors;
use crate::{Files, Source};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Fields, ItemStruct, LitStr};
use toml_edit::DocumentMut;

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

/// The expansion, or the user's item with what is wrong with it. Where a tool is named, the agent has no item but this one.
pub fn expand(
    args: TokenStream,
    item: TokenStream,
    files: &dyn Files,
    tool: Option<&str>,
) -> Expanded {
    try_expand(args, item.clone(), files, tool).unwrap_or_else(|error| Expanded::wrong(item, error))
}

fn try_expand(
    args: TokenStream,
    item: TokenStream,
    files: &dyn Files,
    tool: Option<&str>,
) -> syn::Result<Expanded> {
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
    let path = config.value();
    let text = files.read(&path).map_err(|error| {
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
    let beside = Beside(files, own_folder);
    let loaded = crate::load(source, &beside).map_err(|report| {
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
    let tools: Vec<String> = loaded
        .agent
        .tools
        .iter()
        .map(|it| it.name.clone())
        .collect();
    let alone = tool
        .filter(|tool| tools.iter().any(|it| it == tool))
        .and_then(|tool| with_tool_alone(&text, tool))
        .and_then(|text| {
            crate::load(
                Source {
                    name: &path,
                    text: &text,
                },
                &beside,
            )
            .ok()
        });
    let agent = alone.map_or(loaded.agent, |it| it.agent);
    Ok(Expanded {
        tokens: rust::expand(&agent, &item),
        errors: Errors::default(),
        tools,
    })
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

/// A declaration without its items but for one tool, and what is to be called instead of it.
fn with_tool_alone(text: &str, tool: &str) -> Option<String> {
    let mut declaration: DocumentMut = text.parse().ok()?;
    declaration.remove("resources");
    declaration.remove("prompts");
    let tools = declaration.get_mut("tools")?.as_table_like_mut()?;
    let mut kept = vec![tool.to_owned()];
    while let Some(next) = kept.last().and_then(|last| {
        let next = tools.get(last)?.get("deprecated")?.get("use")?.as_str()?;
        // Two tools may be called instead of each other.
        (!kept.iter().any(|it| it == next)).then(|| next.to_owned())
    }) {
        kept.push(next);
    }
    let others: Vec<String> = tools
        .iter()
        .map(|(name, _)| name.to_owned())
        .filter(|name| !kept.contains(name))
        .collect();
    for name in others {
        tools.remove(&name);
    }
    Some(declaration.to_string())
}
