//! Methods that complete what somebody types: `#[complete(report.tone)]`, of the argument `tone` of the handler `report`.

use super::Errors;
use super::block::receiver_of;
use super::strip;
use crate::diag::Code;
use crate::model::Access;
use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ImplItemFn, Meta, ReturnType, Token, Type};

/// A method that completes.
pub struct Completing {
    /// The method of the prompt or the resource.
    pub of: Ident,
    /// Its argument.
    pub argument: Ident,
    /// The method that completes it.
    pub ident: Ident,
    /// Its `self`.
    pub access: Access,
    /// Where its `self` stands.
    pub receiver: Option<Span>,
    /// Whether it is to be awaited.
    pub is_async: bool,
    /// What it is given, in its order.
    pub given: Vec<Given>,
    /// Its return type, or its name where it has none.
    pub output: Span,
}

/// What a method that completes is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The context.
    Cx,
    /// What was typed, as `&str`.
    Typed,
    /// What was typed, and the other arguments: `CompleteParams`.
    Params,
}

const FORM: &str = "say what is completed, the method and its argument: `#[complete(report.tone)]`";
const SIGNATURE: &str = "a method that completes is given `typed: &str` or `p: CompleteParams`, and `cx: &Cx` if it likes, each once";

/// Reads a method, if it completes something. Its attribute is taken off.
pub fn read(method: &mut ImplItemFn, errors: &mut Errors) -> Option<Completing> {
    let mut taken = strip(&mut method.attrs, "complete").into_iter();
    let attribute = taken.next()?;
    for again in taken {
        errors.add(
            Code::BadAttribute,
            again,
            "`#[complete]` is there twice: keep one",
        );
    }
    let (of, argument) = target(&attribute, errors)?;
    let (access, receiver) = receiver_of(method, errors);
    if let (Access::Write, Some(receiver)) = (access, receiver) {
        let message = "a method that completes takes `&self` or no `self`: nothing is written while somebody types";
        errors.at(Code::BadReceiver, receiver, message);
    }
    let mut given = Vec::new();
    for input in &method.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        match kind_of(&input.ty).filter(|it| !given.contains(it)) {
            Some(it) => given.push(it),
            None => errors.add(Code::BadSignature, input, SIGNATURE),
        }
    }
    Some(Completing {
        of,
        argument,
        ident: method.sig.ident.clone(),
        access,
        receiver,
        is_async: method.sig.asyncness.is_some(),
        given,
        output: match &method.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => method.sig.ident.span(),
        },
    })
}

fn target(attribute: &Attribute, errors: &mut Errors) -> Option<(Ident, Ident)> {
    let read = |input: syn::parse::ParseStream<'_>| {
        let of = input.parse()?;
        input.parse::<Token![.]>()?;
        Ok((of, input.parse()?))
    };
    let target = match &attribute.meta {
        Meta::List(list) => list.parse_args_with(read).ok(),
        Meta::Path(_) | Meta::NameValue(_) => None,
    };
    if target.is_none() {
        errors.add(Code::BadAttribute, attribute, FORM);
    }
    target
}

fn kind_of(ty: &Type) -> Option<Given> {
    let (path, is_reference) = match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) => (path, true),
            _ => return None,
        },
        Type::Path(path) => (path, false),
        _ => return None,
    };
    let name = path.path.segments.last()?.ident.to_string();
    match (name.as_str(), is_reference) {
        ("Cx", true) => Some(Given::Cx),
        ("str", true) => Some(Given::Typed),
        ("CompleteParams", false) => Some(Given::Params),
        _ => None,
    }
}
