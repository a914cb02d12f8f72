//! An impl block: the handlers.

use super::args::{Args, Value};
use super::text::Text;
use super::types::Shape;
use super::{Errors, description, strip, take_attribute, unknown_type};
use crate::model::{Access, Agent};
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Meta, Pat, PatType, Token, Type,
};

/// An impl block with `#[mcp_agent]`, read.
pub struct Block {
    /// The declaration that it makes. Its server is made up: the struct has the real one.
    pub text: Text,
    /// What it adds to the struct's declaration.
    pub items: String,
    /// The block, without what was read of it.
    pub item: ItemImpl,
    /// The handlers of each kind, in their order.
    pub handlers: Vec<Handler>,
}

/// What a handler answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `#[tool]`.
    Tool,
    /// `#[resource("uri")]`.
    Resource,
    /// `#[prompt]`.
    Prompt,
}

/// A method that is a handler.
pub struct Handler {
    /// What it answers.
    pub kind: Kind,
    /// Its name on the wire, or its URI.
    pub name: String,
    /// Where that stands.
    pub named: Span,
    /// The method.
    pub ident: Ident,
    /// Its `self`.
    pub access: Access,
    /// Where its `self` stands.
    pub receiver: Option<Span>,
    /// Whether it is to be awaited.
    pub is_async: bool,
    /// What it is given, in its order.
    pub arguments: Vec<Argument>,
    /// Its return type, or its name where it has none.
    pub output: Span,
}

/// What a handler is given.
pub enum Argument {
    /// The context.
    Cx,
    /// What it asks through.
    Call,
    /// An argument of the request.
    Param(Ident, Box<Type>),
}

/// Keys of items that a method has no use for.
const REFUSED: [(&str, &str); 10] = [
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
        "Rust declares no handles yet: declare the agent in a `mcp.toml`",
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
        "template",
        "a method answers this: what has a `template` is declared in a `mcp.toml`",
    ),
];

const ATTRIBUTES: [(&str, Kind, &str); 3] = [
    ("tool", Kind::Tool, "tools"),
    ("resource", Kind::Resource, "resources"),
    ("prompt", Kind::Prompt, "prompts"),
];

/// Reads a block.
pub fn read(args: TokenStream, mut item: ItemImpl, errors: &mut Errors) -> Block {
    if !args.is_empty() {
        errors.add(
            &args,
            "`#[mcp_agent]` on an impl block takes no arguments: what the server is stands on the struct",
        );
    }
    if let Some((_, path, _)) = &item.trait_ {
        errors.add(
            path,
            "`#[mcp_agent]` belongs on the struct's own impl block, not on one of a trait",
        );
    }
    if !item.generics.params.is_empty() {
        errors.add(&item.generics, "an agent has no generics");
    }
    let mut text = Text::default();
    let mut handlers = Vec::new();
    for member in &mut item.items {
        if let ImplItem::Fn(method) = member {
            handlers.extend(handler(method, &mut text, errors));
        }
    }
    let mut whole = Text::default();
    whole.push("schema_version = 1\n[server]\nname = \"part\"\nversion = \"0\"\n");
    if handlers.iter().any(|it| it.access != Access::None) {
        whole.push("[state]\nfields.any = { type = \"any\", optional = true }\n");
    }
    let items = text.as_str().to_owned();
    whole.append(text);
    Block {
        text: whole,
        items,
        item,
        handlers,
    }
}

fn handler(method: &mut ImplItemFn, text: &mut Text, errors: &mut Errors) -> Option<Handler> {
    let (kind, table, attribute) = kind_of(&mut method.attrs, errors)?;
    let ident = method.sig.ident.clone();
    let (uri, mut args) = arguments_of(kind, &attribute, errors)?;
    let plain = ident.unraw().to_string();
    let (name, span) = match uri {
        Some(uri) => (uri.value(), uri.span()),
        None => named(&mut args, errors).unwrap_or_else(|| (plain.clone(), ident.span())),
    };
    for (key, why) in REFUSED {
        if let Some(arg) = args.take(key) {
            errors.push(syn::Error::new(arg.span, format!("no `{key}` here: {why}")));
        }
    }
    check_signature(method, errors);
    let (access, receiver) = receiver_of(method, errors);
    let (arguments, params) = arguments(method, errors);
    text.header(&[table, &name], span);
    if kind == Kind::Resource && !args.has("name") {
        text.push("name = ");
        text.string(&plain, ident.span());
        text.push("\n");
    }
    description(&args, &method.attrs, text);
    if let Some(receiver) = receiver {
        text.push("state = ");
        let word = match access {
            Access::Write => "write",
            Access::Read | Access::None => "read",
        };
        text.string(word, receiver);
        text.push("\n");
    }
    if arguments.iter().any(|it| matches!(it, Argument::Call)) {
        text.push("interactive = true\n");
    }
    args.lines(text);
    for param in &params {
        param.write(&[table, &name], text, errors);
    }
    Some(Handler {
        kind,
        name,
        named: span,
        ident,
        access,
        receiver,
        is_async: method.sig.asyncness.is_some(),
        output: match &method.sig.output {
            syn::ReturnType::Type(_, ty) => ty.span(),
            syn::ReturnType::Default => method.sig.ident.span(),
        },
        arguments,
    })
}

/// Reports the variables of URIs that their handlers are not given: a variable that nobody reads is a slip of the pen.
pub fn check_variables(agent: &Agent, handlers: &[Handler], errors: &mut Errors) {
    let readers = handlers.iter().filter(|it| it.kind == Kind::Resource);
    for (handler, resource) in readers.zip(&agent.resources) {
        let given = |name: &str| {
            handler.arguments.iter().any(|argument| match argument {
                Argument::Param(ident, _) => ident.unraw() == name,
                Argument::Cx | Argument::Call => false,
            })
        };
        for variable in resource.params.iter().filter(|it| !given(&it.name)) {
            let message = format!(
                "`{}` is not given the variable `{}` of its URI\n\nadd an argument: `{}: &str`",
                handler.ident, variable.name, variable.name
            );
            errors.push(syn::Error::new(handler.named, message));
        }
    }
}

/// Which handler a method is, if it is one. Its attribute is taken off.
fn kind_of(
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
fn arguments_of(
    kind: Kind,
    attribute: &Attribute,
    errors: &mut Errors,
) -> Option<(Option<LitStr>, Args)> {
    let tokens = match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(_) => {
            errors.add(
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
            errors.push(error);
            None
        }
    }
}

/// `name = "…"` of an attribute: a name on the wire that is not the method's.
fn named(args: &mut Args, errors: &mut Errors) -> Option<(String, Span)> {
    match args.take("name")?.value {
        Value::String(name, span) => Some((name, span)),
        other => {
            errors.push(syn::Error::new(other.span(), "a name is a string"));
            None
        }
    }
}

fn check_signature(method: &ImplItemFn, errors: &mut Errors) {
    let sig = &method.sig;
    if !sig.generics.params.is_empty() {
        errors.add(
            &sig.generics,
            "a handler has no generics and no lifetimes: what a client sends has one type, which the handler owns",
        );
    }
    if let Some(unsafety) = &sig.unsafety {
        errors.add(unsafety, "a handler is safe to call: a client calls it");
    }
    if let Some(variadic) = &sig.variadic {
        errors.add(variadic, "a handler has no variadic arguments");
    }
}

fn receiver_of(method: &ImplItemFn, errors: &mut Errors) -> (Access, Option<Span>) {
    let Some(receiver) = method.sig.receiver() else {
        return (Access::None, None);
    };
    let span = receiver.span();
    match (
        &receiver.reference,
        &receiver.mutability,
        &receiver.colon_token,
    ) {
        (Some((_, None)), None, None) => (Access::Read, Some(span)),
        (Some((_, None)), Some(_), None) => (Access::Write, Some(span)),
        _ => {
            errors.push(syn::Error::new(
                span,
                "a handler takes `&self`, a snapshot of the state, `&mut self`, a copy that is committed, or no `self`",
            ));
            (Access::None, None)
        }
    }
}

/// An argument that a client gives.
struct Param {
    ident: Ident,
    ty: Type,
    attrs: Vec<Attribute>,
    args: Args,
}

impl Param {
    fn write(&self, item: &[&str; 2], text: &mut Text, errors: &mut Errors) {
        let Some(shape) = Shape::of(&self.ty) else {
            errors.push(unknown_type(&self.ty));
            return;
        };
        let name = self.ident.unraw().to_string();
        let path = [item[0], item[1], "params", &name];
        text.header(&path, self.ident.span());
        shape.lines(|key| self.args.has(key), text);
        description(&self.args, &self.attrs, text);
        self.args.lines(text);
    }
}

/// What a method takes behind its `self`. What is said of its arguments is taken off.
fn arguments(method: &mut ImplItemFn, errors: &mut Errors) -> (Vec<Argument>, Vec<Param>) {
    let mut arguments = Vec::new();
    let mut params = Vec::new();
    for input in &mut method.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        match special(&input.ty) {
            Some(argument) => {
                let again =
                    |it: &Argument| std::mem::discriminant(it) == std::mem::discriminant(&argument);
                if arguments.iter().any(again) {
                    errors.add(
                        &*input,
                        "a handler is given this once: leave one of them out",
                    );
                }
                arguments.push(argument);
            }
            None => {
                if let Some(param) = param(input, errors) {
                    let ty = Box::new(param.ty.clone());
                    arguments.push(Argument::Param(param.ident.clone(), ty));
                    params.push(param);
                }
            }
        }
    }
    (arguments, params)
}

/// `cx: &Cx` and `call: &Call`.
fn special(ty: &Type) -> Option<Argument> {
    let Type::Reference(reference) = ty else {
        return None;
    };
    let Type::Path(path) = &*reference.elem else {
        return None;
    };
    let last = path.path.segments.last()?;
    if reference.mutability.is_some() {
        return None;
    }
    match last.ident.to_string().as_str() {
        "Cx" => Some(Argument::Cx),
        "Call" => Some(Argument::Call),
        _ => None,
    }
}

fn param(input: &mut PatType, errors: &mut Errors) -> Option<Param> {
    let mut args = take_attribute(&mut input.attrs, "param", errors).unwrap_or_default();
    if let Some(arg) = args.take("complete") {
        let message = "no `complete` here: Rust declares no completions yet, but those of an `enum`, which completes itself";
        errors.push(syn::Error::new(arg.span, message));
    }
    let attrs = strip(&mut input.attrs, "doc");
    match &*input.pat {
        Pat::Ident(pat) => Some(Param {
            ident: pat.ident.clone(),
            ty: (*input.ty).clone(),
            attrs,
            args,
        }),
        other => {
            errors.add(
                other,
                "an argument has a name, which is its name on the wire: `a: i64`",
            );
            None
        }
    }
}
