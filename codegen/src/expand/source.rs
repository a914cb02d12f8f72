//! The attribute in a file of a crate: what it makes of each item there, as text.

use super::{Expanded, only};
use crate::diag;
use crate::read::tokens::{self, Errors};
use crate::{Files, Source};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::ops::Range;
use syn::{Attribute, Item, Meta};

/// What the attribute makes of an item of a file.
pub struct Expansion {
    /// The item: `struct Counter`, `impl Counter`.
    pub item: String,
    /// The line of its attribute, from 1.
    pub line: usize,
    /// The names of the tools that it has.
    pub tools: Vec<String>,
    /// Formatted Rust, or what is wrong with the item.
    pub result: Result<String, Vec<Mistake>>,
}

/// What is wrong with code.
pub struct Mistake {
    /// What is wrong, and after an empty line what to do about it.
    pub message: String,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

impl Mistake {
    /// Draws it at its place in the file, as rustc does. `color` adds ANSI colours.
    pub fn render(&self, source: Source<'_>, color: bool) -> String {
        diag::rust(&self.message, &self.span, source, color)
    }

    /// An object with the members of [`diag::Report::to_json`].
    pub fn to_json(&self, source: Source<'_>) -> serde_json::Value {
        diag::rust_json(&self.message, &self.span, source)
    }
}

/// An item that the attribute stands on.
struct Marked {
    args: TokenStream,
    attribute: Attribute,
    item: Item,
}

/// Expands `#[mcp_agent]` wherever it stands in a file: on items, and on those of its modules. Where a tool is named, what has it is shown as
/// if there were no other.
///
/// # Errors
/// The text is not Rust.
pub fn file(text: &str, files: &dyn Files, tool: Option<&str>) -> Result<Vec<Expansion>, Mistake> {
    let parsed = syn::parse_file(text).map_err(|error| mistake(&error, 0..0))?;
    let mut marked = Vec::new();
    collect(parsed.items, &mut marked);
    Ok(marked
        .into_iter()
        .map(|it| {
            let (item, line) = (it.title(), it.attribute.pound_token.span.start().line);
            let place = bytes(&it.attribute);
            let expanded = only(it.args, it.item.into_token_stream(), files, tool);
            Expansion {
                item,
                line,
                result: formatted(&expanded, &place),
                tools: expanded.tools,
            }
        })
        .collect())
}

/// What a file of Rust declares.
pub struct Declaration {
    /// As TOML.
    pub text: String,
    /// The struct.
    pub agent: String,
}

/// What the struct with `#[mcp_agent(name = …)]` and the impl blocks of a file declare together. `None` where there is no such struct, or
/// something is wrong.
pub fn declaration(text: &str) -> Option<Declaration> {
    let mut marked = Vec::new();
    collect(syn::parse_file(text).ok()?.items, &mut marked);
    let (mut whole, mut agent) = (String::new(), None);
    let mut errors = Errors::default();
    for it in marked {
        match it.item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                whole.push_str(
                    tokens::structure(it.args, item, &NoFiles, &mut errors)
                        .text
                        .as_str(),
                );
                agent = Some(name);
            }
            Item::Impl(item) => {
                whole.push_str(&tokens::block(it.args, item, &mut errors).items);
            }
            _ => {}
        }
    }
    let agent = agent.filter(|_| errors.is_empty())?;
    Some(Declaration { text: whole, agent })
}

/// A template names no files.
struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("no such file: `{path}`"))
    }
}

fn collect(items: Vec<Item>, marked: &mut Vec<Marked>) {
    for mut item in items {
        let attrs = match &mut item {
            Item::Mod(module) => {
                let (_, items) = module.content.take().unwrap_or_default();
                collect(items, marked);
                continue;
            }
            Item::Struct(item) => &mut item.attrs,
            Item::Impl(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            Item::Trait(item) => &mut item.attrs,
            Item::Fn(item) => &mut item.attrs,
            _ => continue,
        };
        let is_ours = |it: &Attribute| {
            it.path()
                .segments
                .last()
                .is_some_and(|it| it.ident == "mcp_agent")
        };
        if let Some(at) = attrs.iter().position(is_ours) {
            let attribute = attrs.remove(at);
            let args = match &attribute.meta {
                Meta::List(list) => list.tokens.clone(),
                Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
            };
            marked.push(Marked {
                args,
                attribute,
                item,
            });
        }
    }
}

impl Marked {
    fn title(&self) -> String {
        match &self.item {
            Item::Struct(item) => format!("struct {}", item.ident),
            Item::Impl(item) => {
                let owner = &item.self_ty;
                // As it is written, without the spaces between tokens.
                format!("impl {}", quote!(#owner).to_string().replace(' ', ""))
            }
            _ => "an item that is no agent".to_owned(),
        }
    }
}

fn formatted(expanded: &Expanded, place: &Range<usize>) -> Result<String, Vec<Mistake>> {
    let mistakes: Vec<_> = expanded
        .errors
        .iter()
        .map(|error| mistake(&error, place.clone()))
        .collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    Ok(match syn::parse2(expanded.tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        // What we emit is Rust, and so is what we were given.
        Err(_) => format!("{}\n", expanded.tokens),
    })
}

/// An error, at its token or, where it is about none, at `otherwise`.
fn mistake(error: &syn::Error, otherwise: Range<usize>) -> Mistake {
    let span = error.span().byte_range();
    Mistake {
        message: error.to_string(),
        span: if span.is_empty() { otherwise } else { span },
    }
}

fn bytes(attribute: &Attribute) -> Range<usize> {
    let start = attribute.pound_token.span.byte_range().start;
    start..attribute.bracket_token.span.close().byte_range().end
}
