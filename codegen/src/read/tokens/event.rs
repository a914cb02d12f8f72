//! Methods that nobody calls over MCP: of schedules, WebSockets, plain requests, and changes of the state.

use super::args::Args;
use super::attribute::attribute_names;
use super::block::{check_signature, receiver_of};
use super::text::Text;
use super::{Errors, description, strip};
use crate::diag::Code;
use crate::model::{Access, EventArgument};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ImplItemFn, LitStr, Meta, ReturnType, Type};

/// A method that something else than a client's call runs.
pub struct Event {
    /// What runs it.
    pub kind: EventKind,
    /// The name of a schedule.
    pub name: String,
    /// Where its attribute stands.
    pub span: Span,
    /// The method.
    pub ident: Ident,
    /// Its `self`.
    pub access: Access,
    /// Where its `self` stands.
    pub receiver: Option<Span>,
    /// Whether it is to be awaited.
    pub is_async: bool,
    /// What it is given, in its order.
    pub given: Vec<EventArgument>,
    /// Its return type, or its name where it has none.
    pub output: Span,
}

/// What runs such a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// `#[on_state_update]`.
    Updated,
    /// `#[migrate]`.
    Migrate,
    /// `#[schedule]`.
    Schedule,
    /// `#[on_connect]`.
    Connect,
    /// `#[on_message]`.
    Message,
    /// `#[on_close]`.
    Close,
    /// `#[on_error]`.
    Failed,
    /// `#[on_request("/path")]`.
    Request,
}

use EventArgument as Is;

const KINDS: [(EventKind, &str, &[Is]); 8] = [
    (EventKind::Updated, "on_state_update", &[Is::Cx, Is::Old]),
    (EventKind::Migrate, "migrate", &[Is::From, Is::Stored]),
    (EventKind::Schedule, "schedule", &[Is::Cx, Is::Due]),
    (
        EventKind::Connect,
        "on_connect",
        &[Is::Cx, Is::Socket, Is::Asked],
    ),
    (
        EventKind::Message,
        "on_message",
        &[Is::Cx, Is::Socket, Is::Message],
    ),
    (
        EventKind::Close,
        "on_close",
        &[Is::Cx, Is::Socket, Is::Code, Is::Reason],
    ),
    (
        EventKind::Failed,
        "on_error",
        &[Is::Cx, Is::Socket, Is::Failure],
    ),
    (EventKind::Request, "on_request", &[Is::Cx, Is::Request]),
];

impl EventKind {
    /// Its attribute.
    pub fn attribute(self) -> &'static str {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(_, name, _)| name)
    }

    /// Whether it is of a WebSocket.
    pub fn is_of_sockets(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Message | Self::Close | Self::Failed
        )
    }
}

/// Reads a method, if an attribute says what runs it. The attribute is taken off, and what it declares is written down.
pub fn read(method: &mut ImplItemFn, text: &mut Text, errors: &mut Errors) -> Option<Event> {
    let of = |attribute: &Attribute| {
        let mut known = KINDS.iter();
        known.find(|(_, name, _)| attribute.path().is_ident(name))
    };
    let at = method.attrs.iter().position(|it| of(it).is_some())?;
    let attribute = method.attrs.remove(at);
    let (kind, name, may) = of(&attribute)?;
    let others = KINDS.iter().map(|(_, name, _)| *name);
    for other in others.chain(attribute_names()) {
        for again in strip(&mut method.attrs, other) {
            errors.add(
                Code::MisplacedAttribute,
                again,
                "a method is one handler: keep one of the attributes",
            );
        }
    }
    check_signature(method, errors);
    let (access, receiver) = receiver_of(method, errors);
    check_receiver(*kind, access, receiver, errors);
    if let (EventKind::Migrate, Some(word)) = (kind, &method.sig.asyncness) {
        let message = "a method with `#[migrate]` is no `async fn`: it makes one value of another, before anything else runs";
        errors.add(Code::BadSignature, word, message);
    }
    let event = Event {
        kind: *kind,
        name: match kind {
            EventKind::Schedule => method.sig.ident.unraw().to_string(),
            _ => String::new(),
        },
        span: attribute.path().span(),
        ident: method.sig.ident.clone(),
        access,
        receiver,
        is_async: method.sig.asyncness.is_some(),
        given: given(method, name, may, errors),
        output: match &method.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => method.sig.ident.span(),
        },
    };
    declare(&event, &attribute, &method.attrs, text, errors);
    Some(event)
}

fn check_receiver(kind: EventKind, access: Access, receiver: Option<Span>, errors: &mut Errors) {
    let Some(receiver) = receiver else { return };
    let message = match (kind, access) {
        (EventKind::Migrate, _) => {
            "a method with `#[migrate]` takes no `self`: there is no state before it has returned"
        }
        (EventKind::Updated, Access::Write) => {
            "a method with `#[on_state_update]` takes `&self` or no `self`: the change that it hears of is committed"
        }
        _ => return,
    };
    errors.at(Code::BadReceiver, receiver, message);
}

/// What the method takes behind its `self`.
fn given(method: &ImplItemFn, name: &str, may: &[Is], errors: &mut Errors) -> Vec<Is> {
    let mut given = Vec::new();
    for input in &method.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let found = may.iter().find(|it| is_of(**it, &input.ty));
        match found.filter(|it| !given.contains(*it)) {
            Some(it) => given.push(*it),
            None => {
                let all: Vec<_> = may
                    .iter()
                    .map(|it| format!("`{}`", it.written("")))
                    .collect();
                let message = format!(
                    "a method with `#[{name}]` is given {}, each at most once",
                    all.join(", ")
                );
                errors.add(Code::BadSignature, input, message);
            }
        }
    }
    given
}

/// Whether a type is that of an argument, as far as its name says it.
fn is_of(argument: Is, ty: &Type) -> bool {
    let (path, is_lent) = match ty {
        Type::Reference(reference) if reference.mutability.is_none() => match &*reference.elem {
            Type::Path(path) => (path, true),
            _ => return false,
        },
        Type::Path(path) => (path, false),
        _ => return false,
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    match argument {
        Is::Cx => is_lent && name == "Cx",
        // Of its own type, however that is called here.
        Is::Old => is_lent && name != "Cx" && name != "str",
        Is::From => !is_lent && name == "u32",
        Is::Stored => !is_lent && name == "Value",
        Is::Due => !is_lent && name == "Due",
        Is::Socket => is_lent && name == "Socket",
        Is::Asked => is_lent && name == "Request",
        Is::Message => !is_lent && name == "Message",
        Is::Code => !is_lent && name == "u16",
        Is::Reason | Is::Failure => is_lent && name == "str",
        Is::Request => !is_lent && name == "Request",
    }
}

/// Writes down what the attribute declares.
fn declare(
    event: &Event,
    attribute: &Attribute,
    attrs: &[Attribute],
    text: &mut Text,
    errors: &mut Errors,
) {
    match event.kind {
        EventKind::Schedule => {
            let mut args = match &attribute.meta {
                Meta::Path(_) => Args::default(),
                Meta::List(list) => errors.or_default(list.parse_args()),
                Meta::NameValue(_) => {
                    let example = "write `#[schedule]`, or `#[schedule(cron = \"0 8 * * *\")]`";
                    errors.add(Code::BadAttribute, attribute, example);
                    Args::default()
                }
            };
            refuse_state(&mut args, errors);
            text.header(&["schedules", &event.name], event.ident.span());
            description(&args, attrs, text);
            let (word, span) = match (event.access, event.receiver) {
                (Access::None, _) | (_, None) => ("none", event.ident.span()),
                (Access::Read, Some(span)) => ("read", span),
                (Access::Write, Some(span)) => ("write", span),
            };
            text.push("state = ");
            text.string(word, span);
            text.push("\n");
            args.lines(text);
        }
        EventKind::Request => {
            let path: Option<LitStr> = match &attribute.meta {
                Meta::List(list) => list.parse_args().ok(),
                Meta::Path(_) | Meta::NameValue(_) => None,
            };
            let Some(path) = path else {
                let example = "say the path: `#[on_request(\"/hooks/*\")]`";
                errors.add(Code::BadAttribute, attribute, example);
                return;
            };
            text.header(&["request"], event.span);
            text.push("path = ");
            text.string(&path.value(), path.span());
            text.push("\n");
            if let Some(receiver) = event.receiver {
                text.push("state = ");
                let writes = event.access == Access::Write;
                text.string(if writes { "write" } else { "read" }, receiver);
                text.push("\n");
            }
        }
        _ => {
            if let Meta::List(_) | Meta::NameValue(_) = &attribute.meta {
                let message = format!(
                    "`#[{}]` has no arguments",
                    attribute.path().to_token_stream()
                );
                errors.add(Code::BadAttribute, attribute, message);
            }
        }
    }
}

fn refuse_state(args: &mut Args, errors: &mut Errors) {
    if let Some(arg) = args.take("state") {
        let message = "no `state` here: the signature says it: `&self`, `&mut self`, or no `self`";
        errors.at(Code::SaidOtherwise, arg.span, message);
    }
}
