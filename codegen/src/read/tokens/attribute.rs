//! The attributes that make a method a handler.

use super::Errors;
use super::args::{Args, Value};
use super::block::Kind;
use crate::diag::Code;
use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Attribute, LitStr, Meta, Token};

/// Keys of items that a method has no use for.
pub const REFUSED: [(&str, &str); 11] = [
    (
        "state",
        "the signature says it: `&self`, `&mut self`, or no `self`",
    ),
    ("interactive", "the signature says it: `call: &Call`"),
    ("params", "the arguments of the method are the params"),
    (
        "input_schema",
        "the arguments of the method are the schema: declare the tool in a `mcp.toml` where a file has it",
    ),
    ("output", "the method's return type says it"),
    (
        "handle",
        "an argument of the method says it, `cart: &mut Cart`, and the block declares it: `#[mcp_agent(handles(cart))]`",
    ),
    (
        "text",
        "a method answers this: what has a `text` is declared in a `mcp.toml`",
    ),
    (
        "file",
        "a method answers this: what has a `file` is declared in a `mcp.toml`",
    ),
    (
        "field",
        "a method answers this: return the field, as in `self.count.to_string()`",
    ),
    (
        "query",
        "a method answers this: what has a `query` is declared in the file of `config`",
    ),
    (
        "template",
        "a method answers this: what has a `template` is declared in a `mcp.toml`",
    ),
];

const ATTRIBUTES: [(&str, Kind, &str); 3] = [
    ("tool", Kind::Tool, "tools"),
    ("resource", Kind::Resource, "resources"),
    ("prompt", Kind::Prompt, "prompts"),
];

/// The names of these attributes.
pub fn attribute_names() -> impl Iterator<Item = &'static str> {
    let names = ATTRIBUTES.iter().map(|(name, ..)| *name);
    names.chain(["complete"])
}

/// Which handler a method is, if it is one. Its attribute is taken off.
pub fn kind_of(
    attrs: &mut Vec<Attribute>,
    errors: &mut Errors,
) -> Option<(Kind, &'static str, Attribute)> {
    let mut found = None;
    let mut at = 0;
    while at < attrs.len() {
        let known = ATTRIBUTES
            .iter()
            .find(|(name, ..)| attrs[at].path().is_ident(name));
        let Some((_, kind, table)) = known else {
            at += 1;
            continue;
        };
        let attribute = attrs.remove(at);
        if found.is_some() {
            errors.add(
                Code::MisplacedAttribute,
                &attribute,
                "a method is one handler: keep one of the attributes",
            );
        } else {
            found = Some((*kind, *table, attribute));
        }
    }
    found
}

/// The arguments of a handler's attribute, and the URI that comes before them.
pub fn arguments_of(
    kind: Kind,
    attribute: &Attribute,
    errors: &mut Errors,
) -> Option<(Option<LitStr>, Args)> {
    let tokens = match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(_) => {
            errors.add(
                Code::BadAttribute,
                attribute,
                "write the arguments in parentheses: `#[tool(title = \"Add\")]`",
            );
            return None;
        }
    };
    let read = |input: syn::parse::ParseStream<'_>| {
        if kind != Kind::Resource {
            return Ok((None, input.parse()?));
        }
        if !input.peek(LitStr) || input.peek2(Token![=]) {
            let example = "a resource begins with its URI: `#[resource(\"counter://value\")]`";
            return Err(syn::Error::new(
                if input.is_empty() {
                    attribute.span()
                } else {
                    input.span()
                },
                example,
            ));
        }
        let uri: LitStr = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok((Some(uri), input.parse()?))
    };
    match syn::parse::Parser::parse2(read, tokens) {
        Ok(arguments) => Some(arguments),
        Err(error) => {
            errors.unread(&error);
            None
        }
    }
}

/// `name = "…"` of an attribute: a name on the wire that is not the method's.
pub fn named(args: &mut Args, errors: &mut Errors) -> Option<(String, Span)> {
    match args.take("name")?.value {
        Value::String(name, span) => Some((name, span)),
        other => {
            errors.at(Code::BadAttribute, other.span(), "a name is a string");
            None
        }
    }
}
