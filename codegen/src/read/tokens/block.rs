//! An impl block: the handlers.

use super::asked::{self, Asked};
use super::attribute::{REFUSED, arguments_of, kind_of, named};
use super::completion::{self, Completing};
use super::event::{self, Event, EventKind};
use super::lifecycle::{self, Elsewhere};
use super::param::{Param, arguments};
use super::part::{self, Name};
use super::text::Text;
use super::{Errors, description};
use crate::diag::Code;
use crate::model::{Access, Agent};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{ImplItem, ImplItemFn, ItemImpl, ReturnType, Type};

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
    /// The methods that complete arguments of them.
    pub completing: Vec<Completing>,
    /// The methods that nobody calls over MCP.
    pub events: Vec<Event>,
    /// What it asks of callers, which the struct is to know.
    pub asked: Vec<Asked>,
    /// The tools that are to be called instead of some of it, and are not in it.
    pub elsewhere: Vec<Elsewhere>,
    /// Which part of the agent it is.
    pub part: Name,
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
    /// That type, where it says that a tool has structured content.
    pub structured: Option<Type>,
    /// What a tool was called before, and where that stands.
    pub aliases: Vec<(String, Span)>,
    /// What is to be called instead of a tool, and where that stands.
    pub replacement: Option<(String, Span)>,
}

/// What a handler is given.
pub enum Argument {
    /// The context.
    Cx,
    /// What it asks through.
    Call,
    /// An argument of the request, of a type that is known by its name.
    Param(Ident, Box<Type>),
    /// An argument of a type that only the compiler knows, or an `Option` of one: the type without the `Option`.
    Foreign(Ident, Box<Type>),
    /// All arguments of the request, as one type.
    Whole(Box<Type>),
    /// What a handle stands for.
    Handle(Ident, Box<Type>),
}

/// Reads a block.
pub fn read(args: TokenStream, mut item: ItemImpl, errors: &mut Errors) -> Block {
    let mut text = Text::default();
    let mut asked = Vec::new();
    let owner = item.self_ty.span();
    let (part, handles) = part::of_block(args, owner, &mut asked, &mut text, errors);
    if let Some((_, path, _)) = &item.trait_ {
        errors.add(
            Code::MisplacedAttribute,
            path,
            "`#[mcp_agent]` belongs on the struct's own impl block, not on one of a trait",
        );
    }
    if !item.generics.params.is_empty() {
        errors.add(Code::Generic, &item.generics, "an agent has no generics");
    }
    let mut events = Vec::new();
    for method in methods(&mut item) {
        events.extend(event::read(method, &mut text, errors));
    }
    let mut completing = Vec::new();
    for method in methods(&mut item) {
        completing.extend(completion::read(method, errors));
    }
    let mut handlers = Vec::new();
    for method in methods(&mut item) {
        handlers.extend(handler(method, &completing, &mut asked, &mut text, errors));
    }
    check_completions(&completing, &handlers, errors);
    check_handles(&handles, &handlers, errors);
    let mut whole = Text::default();
    whole.push("schema_version = 1\n[server]\nname = \"part\"\nversion = \"0\"\n");
    let is_request = |it: &Event| it.kind == EventKind::Request;
    // Where MCP is served is the struct's to say, and so is whether it is in the way of something else.
    if events.iter().any(is_request) {
        whole.push("[transport]\nhttp = \"/~\"\nsse = false\n");
    }
    // So is whether there is a state.
    if !events.is_empty() || handlers.iter().any(|it| it.access != Access::None) {
        whole.push("[state]\nfields.any = { type = \"any\", optional = true }\n");
    }
    // And so is who asks.
    whole.push(&asked::made_up(&asked));
    let items = text.as_str().to_owned();
    whole.append(text);
    // And so are the tools of other blocks.
    let handles: Vec<String> = handles.into_iter().map(|it| it.name).collect();
    let elsewhere = lifecycle::elsewhere(&handlers, &handles);
    whole.push(&lifecycle::made_up(&elsewhere));
    Block {
        text: whole,
        items,
        item,
        handlers,
        completing,
        events,
        asked,
        elsewhere,
        part,
    }
}

fn methods(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|member| match member {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

/// Reports handles that nobody takes: what they stand for is in the signatures of those that do.
fn check_handles(handles: &[Name], handlers: &[Handler], errors: &mut Errors) {
    let arguments = handlers.iter().flat_map(|it| &it.arguments);
    let taken: Vec<String> = arguments
        .filter_map(|it| match it {
            Argument::Handle(name, _) => Some(name.unraw().to_string()),
            _ => None,
        })
        .collect();
    for handle in handles.iter().filter(|it| !taken.contains(&it.name)) {
        let name = &handle.name;
        let message = format!(
            "no tool of this block takes the handle `{name}`: give one an argument of the type that it stands for, as in `{name}: &mut Cart`"
        );
        errors.at(Code::NoMethod, handle.span, message);
    }
}

/// Reports completions of nothing.
fn check_completions(completing: &[Completing], handlers: &[Handler], errors: &mut Errors) {
    for (at, it) in completing.iter().enumerate() {
        let same = |other: &Completing| other.of == it.of && other.argument == it.argument;
        if completing[..at].iter().any(same) {
            let message = format!("`{}` of `{}` is completed twice", it.argument, it.of);
            errors.at(Code::StrayCompletion, it.argument.span(), message);
        }
        let is_argument = |argument: &Argument| matches!(argument, Argument::Param(ident, _) if *ident == it.argument);
        let message = match handlers.iter().find(|handler| handler.ident == it.of) {
            None => format!("no prompt and no resource `{}` is in this block", it.of),
            Some(handler) if handler.kind == Kind::Tool => {
                format!("`{}` is a tool, whose arguments no client completes", it.of)
            }
            Some(handler) if !handler.arguments.iter().any(is_argument) => {
                format!("`{}` has no argument `{}`", it.of, it.argument)
            }
            Some(_) => continue,
        };
        errors.at(Code::StrayCompletion, it.of.span(), message);
    }
}

fn handler(
    method: &mut ImplItemFn,
    completing: &[Completing],
    asked: &mut Vec<Asked>,
    text: &mut Text,
    errors: &mut Errors,
) -> Option<Handler> {
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
            errors.at(
                Code::SaidOtherwise,
                arg.span,
                format!("no `{key}` here: {why}"),
            );
        }
    }
    check_signature(method, errors);
    let (access, receiver) = receiver_of(method, errors);
    let (arguments, params) = arguments(kind, method, errors);
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
    for argument in &arguments {
        if let Argument::Handle(name, _) = argument
            && kind == Kind::Tool
        {
            text.push("handle = ");
            text.string(&name.unraw().to_string(), name.span());
            text.push("\n");
        }
    }
    asked.extend(Asked::of(&args));
    asked.extend(params.iter().filter_map(Param::bound).map(Asked::at));
    args.lines(text);
    let completing = completing.iter().filter(|it| it.of == ident);
    let completed: Vec<&Ident> = completing.map(|it| &it.argument).collect();
    for param in &params {
        param.write(&completed, kind, &[table, &name], text, errors);
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
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => method.sig.ident.span(),
        },
        structured: structured(kind, &method.sig.output),
        aliases: lifecycle::aliases(&args),
        replacement: lifecycle::replacement(&args),
        arguments,
    })
}

/// Reports the variables of URIs that their handlers are not given: a variable that nobody reads is a slip of the pen.
pub fn check_variables(agent: &Agent, handlers: &[Handler], errors: &mut Errors) {
    let readers = handlers.iter().filter(|it| it.kind == Kind::Resource);
    for (handler, resource) in readers.zip(&agent.resources) {
        let given = |name: &str| {
            handler.arguments.iter().any(|argument| match argument {
                Argument::Param(ident, _) | Argument::Foreign(ident, _) => ident.unraw() == name,
                Argument::Cx | Argument::Call | Argument::Whole(_) | Argument::Handle(..) => false,
            })
        };
        for variable in resource.params.iter().filter(|it| !given(&it.name)) {
            let message = format!(
                "`{}` is not given the variable `{}` of its URI\n\nadd an argument: `{}: &str`",
                handler.ident, variable.name, variable.name
            );
            errors.at(Code::UnreadVariable, handler.named, message);
        }
    }
}

/// The return type of a tool that names `Json`.
fn structured(kind: Kind, output: &ReturnType) -> Option<Type> {
    fn names_json(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "Json",
            TokenTree::Group(group) => names_json(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    match output {
        ReturnType::Type(_, ty) if kind == Kind::Tool && names_json(ty.to_token_stream()) => {
            Some((**ty).clone())
        }
        _ => None,
    }
}

pub fn check_signature(method: &ImplItemFn, errors: &mut Errors) {
    let sig = &method.sig;
    if !sig.generics.params.is_empty() {
        errors.add(
            Code::Generic,
            &sig.generics,
            "a handler has no generics and no lifetimes: what a client sends has one type, which the handler owns",
        );
    }
    if let Some(unsafety) = &sig.unsafety {
        errors.add(
            Code::BadSignature,
            unsafety,
            "a handler is safe to call: a client calls it",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.add(
            Code::BadSignature,
            variadic,
            "a handler has no variadic arguments",
        );
    }
}

/// How a method takes the state, and where that stands.
pub fn receiver_of(method: &ImplItemFn, errors: &mut Errors) -> (Access, Option<Span>) {
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
            errors.at(
                Code::BadReceiver,
                span,
                "a handler takes `&self`, a snapshot of the state, `&mut self`, a copy that is committed, or no `self`",
            );
            (Access::None, None)
        }
    }
}
