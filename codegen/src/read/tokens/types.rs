//! Types whose schema is in how they are written.

use super::text::Text;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

/// A type as a member has it.
pub struct Shape {
    /// Whether it may be left out: an `Option`.
    pub optional: bool,
    /// What it holds.
    pub kind: Kind,
    span: Span,
}

/// What a member holds.
pub enum Kind {
    /// A type's name, and the limits of the Rust type where it is narrower.
    Named(&'static str, Option<(i64, Option<i64>)>),
    /// A `Vec`.
    Array(Box<Shape>),
}

/// Integers that are narrower than those of a declaration, which have 64 bits and a sign.
/// A Worker has 32 bits, and so has `usize`.
const NARROW: [(&str, i64, Option<i64>); 9] = [
    ("i8", i8::MIN as i64, Some(i8::MAX as i64)),
    ("i16", i16::MIN as i64, Some(i16::MAX as i64)),
    ("i32", i32::MIN as i64, Some(i32::MAX as i64)),
    ("u8", 0, Some(u8::MAX as i64)),
    ("u16", 0, Some(u16::MAX as i64)),
    ("u32", 0, Some(u32::MAX as i64)),
    ("u64", 0, None),
    ("isize", i32::MIN as i64, Some(i32::MAX as i64)),
    ("usize", 0, Some(u32::MAX as i64)),
];

impl Shape {
    /// The shape of a type; `None` where only the compiler knows it.
    pub fn of(ty: &Type) -> Option<Self> {
        let span = ty.span();
        if let Type::Reference(reference) = ty {
            let is_str = matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("str"));
            return is_str.then_some(Self::new(Kind::Named("string", None), span));
        }
        if let Some(inside) = argument_of(ty, "Option") {
            let shape = Self::of(inside).filter(|shape| !shape.optional)?;
            return Some(Self {
                optional: true,
                ..shape
            });
        }
        if let Some(items) = argument_of(ty, "Vec") {
            let items = Self::of(items).filter(|items| !items.optional)?;
            return Some(Self::new(Kind::Array(Box::new(items)), span));
        }
        let Type::Path(path) = ty else { return None };
        let last = path.path.segments.last()?;
        if path.qself.is_some() || !last.arguments.is_none() {
            return None;
        }
        let name = last.ident.to_string();
        let kind = match name.as_str() {
            "String" => Kind::Named("string", None),
            "bool" => Kind::Named("boolean", None),
            "i64" => Kind::Named("integer", None),
            "f32" | "f64" => Kind::Named("number", None),
            "Value" => Kind::Named("any", None),
            _ => {
                let (_, minimum, maximum) = NARROW.iter().find(|(narrow, ..)| *narrow == name)?;
                Kind::Named("integer", Some((*minimum, *maximum)))
            }
        };
        Some(Self::new(kind, span))
    }

    fn new(kind: Kind, span: Span) -> Self {
        Self {
            optional: false,
            kind,
            span,
        }
    }

    /// Writes the lines of a member of this shape. `said` tells which keys its attribute has.
    pub fn lines(&self, said: impl Fn(&str) -> bool, out: &mut Text) {
        match &self.kind {
            Kind::Named(name, limits) => {
                out.push("type = ");
                out.string(name, self.span);
                out.push("\n");
                let (minimum, maximum) = match limits {
                    Some((minimum, maximum)) => (Some(*minimum), *maximum),
                    None => (None, None),
                };
                for (key, limit) in [("minimum", minimum), ("maximum", maximum)] {
                    if let Some(limit) = limit.filter(|_| !said(key)) {
                        out.push(&format!("{key} = {limit}\n"));
                    }
                }
            }
            Kind::Array(items) => {
                out.push("type = ");
                out.string("array", self.span);
                out.push("\nitems = ");
                items.inline(out);
                out.push("\n");
            }
        }
        if self.optional {
            out.push("optional = ");
            out.say("true", self.span);
            out.push("\n");
        }
    }

    fn inline(&self, out: &mut Text) {
        out.push("{ ");
        match &self.kind {
            Kind::Named(name, limits) => {
                out.push("type = ");
                out.string(name, self.span);
                if let Some((minimum, maximum)) = limits {
                    out.push(&format!(", minimum = {minimum}"));
                    if let Some(maximum) = maximum {
                        out.push(&format!(", maximum = {maximum}"));
                    }
                }
            }
            Kind::Array(items) => {
                out.push("type = ");
                out.string("array", self.span);
                out.push(", items = ");
                items.inline(out);
            }
        }
        out.push(" }");
    }
}

/// `T` of `Option<T>`, however the way to `Option` is written.
pub fn argument_of<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != name {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.iter().collect::<Vec<_>>().as_slice() {
        [GenericArgument::Type(ty)] => Some(ty),
        _ => None,
    }
}
