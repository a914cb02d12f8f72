//! What a handler is given: the arguments of its method.

use super::args::Args;
use super::block::{Argument, Kind};
use super::text::Text;
use super::types::{self, Shape};
use super::{Errors, description, strip, take_attribute, unknown_type};
use crate::diag::Code;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ImplItemFn, Pat, PatType, Type};

/// What may be said of an argument whatever its type is.
const OF_ANY: [&str; 3] = ["description", "default", "from"];

/// An argument that a client gives.
pub struct Param {
    ident: Ident,
    ty: Type,
    /// Its type, as far as it is known here.
    shape: Option<Shape>,
    attrs: Vec<Attribute>,
    /// What its `#[param]` says, if there is one.
    args: Option<Args>,
}

impl Param {
    /// Declares it, as a param of the item.
    pub fn write(
        &self,
        completed: &[&Ident],
        kind: Kind,
        item: &[&str; 2],
        text: &mut Text,
        errors: &mut Errors,
    ) {
        let Some(shape) = &self.shape else {
            unknown_type(&self.ty, errors);
            return;
        };
        if shape.is_foreign() && kind != Kind::Tool {
            let message = "what a prompt or a URI is given is a string: take `String`, `&str`, or an `Option` of one, each an argument of its own";
            errors.at(Code::NoString, self.ty.span(), message);
            return;
        }
        let none = Args::default();
        let args = self.args.as_ref().unwrap_or(&none);
        let limits = args
            .0
            .iter()
            .filter(|it| !OF_ANY.contains(&it.key.as_str()));
        for limit in limits.filter(|_| shape.is_foreign()) {
            let message = format!(
                "no `{}` here: the type is yours and says it itself, as in `#[schemars(range(min = 1))]`",
                limit.key
            );
            errors.at(Code::SaidOtherwise, limit.span, message);
        }
        if shape.is_foreign() && args.0.iter().any(|it| !OF_ANY.contains(&it.key.as_str())) {
            return;
        }
        let name = self.ident.unraw().to_string();
        let path = [item[0], item[1], "params", &name];
        text.header(&path, self.ident.span());
        shape.lines(|key| args.has(key), text);
        description(args, &self.attrs, text);
        if let Some(by) = completed.iter().find(|it| ***it == self.ident) {
            text.push("complete = ");
            text.say("true", by.span());
            text.push("\n");
        }
        args.lines(text);
    }

    /// Where it says that it is a claim of the caller's.
    pub fn bound(&self) -> Option<Span> {
        let args = self.args.as_ref()?;
        args.0.iter().find(|it| it.key == "from").map(|it| it.span)
    }

    fn argument(&self) -> Argument {
        let (ident, ty) = (self.ident.clone(), Box::new(self.ty.clone()));
        match &self.shape {
            Some(shape) if shape.is_foreign() => {
                let inner = types::argument_of(&self.ty, "Option").unwrap_or(&self.ty);
                Argument::Foreign(ident, Box::new(inner.clone()))
            }
            _ => Argument::Param(ident, ty),
        }
    }

    /// Whether it has all arguments of its tool: the only one, of a type of the user's, about which no attribute says more.
    fn is_whole(&self) -> bool {
        let one =
            matches!(&self.ty, Type::Path(_)) && types::argument_of(&self.ty, "Option").is_none();
        let list = types::argument_of(&self.ty, "Vec").is_some();
        one && !list && self.args.is_none() && self.shape.as_ref().is_some_and(Shape::is_foreign)
    }
}

/// What a method takes behind its `self`, and what of it is declared. What is said of its arguments is taken off.
pub fn arguments(
    kind: Kind,
    method: &mut ImplItemFn,
    errors: &mut Errors,
) -> (Vec<Argument>, Vec<Param>) {
    let mut arguments = Vec::new();
    let mut params = Vec::new();
    for input in &mut method.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        match special(kind, input, errors) {
            Some(argument) => {
                let again =
                    |it: &Argument| std::mem::discriminant(it) == std::mem::discriminant(&argument);
                if arguments.iter().any(again) {
                    errors.add(
                        Code::BadSignature,
                        &*input,
                        "a handler is given this once: leave one of them out",
                    );
                }
                arguments.push(argument);
            }
            None => {
                if let Some(param) = param(input, errors) {
                    arguments.push(param.argument());
                    params.push(param);
                }
            }
        }
    }
    if let [only] = params.as_slice()
        && kind == Kind::Tool
        && only.is_whole()
    {
        for argument in &mut arguments {
            if let Argument::Foreign(_, ty) = argument {
                *argument = Argument::Whole(ty.clone());
            }
        }
        params.clear();
    }
    (arguments, params)
}

/// `cx: &Cx` and `call: &Call`, and `cart: &mut Cart`, a handle.
fn special(kind: Kind, input: &PatType, errors: &mut Errors) -> Option<Argument> {
    let Type::Reference(reference) = &*input.ty else {
        return None;
    };
    if let (Some(_), Pat::Ident(name)) = (&reference.mutability, &*input.pat) {
        if kind != Kind::Tool {
            let message = "only a tool takes a handle";
            errors.add(Code::BadSignature, input, message);
        }
        return Some(Argument::Handle(name.ident.clone(), reference.elem.clone()));
    }
    let Type::Path(path) = &*reference.elem else {
        return None;
    };
    let last = path.path.segments.last()?;
    match last.ident.to_string().as_str() {
        "Cx" => Some(Argument::Cx),
        "Call" => Some(Argument::Call),
        _ => None,
    }
}

fn param(input: &mut PatType, errors: &mut Errors) -> Option<Param> {
    let mut args = take_attribute(&mut input.attrs, "param", errors);
    if let Some(arg) = args.as_mut().and_then(|it| it.take("complete")) {
        let message = "no `complete` here: a method says it, with `#[complete(report.tone)]`; an `enum` completes itself";
        errors.at(Code::SaidOtherwise, arg.span, message);
    }
    let attrs = strip(&mut input.attrs, "doc");
    match &*input.pat {
        Pat::Ident(pat) => Some(Param {
            ident: pat.ident.clone(),
            shape: Shape::of(&input.ty),
            ty: (*input.ty).clone(),
            attrs,
            args,
        }),
        other => {
            errors.add(
                Code::BadSignature,
                other,
                "an argument has a name, which is its name on the wire: `a: i64`",
            );
            None
        }
    }
}
