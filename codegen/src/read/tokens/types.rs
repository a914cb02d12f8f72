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
    /// A type of which only the compiler knows the schema.
    Foreign,
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
    /// Whether only the compiler knows the schema.
    pub fn is_foreign(&self) -> bool {
        matches!(self.kind, Kind::Foreign)
    }

    /// The shape of a type; `None` where it does not own what it holds.
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
            let items = Self::of(items).filter(|_| !is_lent(items))?;
            let kind = match items.optional || items.is_foreign() {
                true => Kind::Foreign,
                false => Kind::Array(Box::new(items)),
            };
            return Some(Self::new(kind, span));
        }
        let path = match ty {
            Type::Path(path) => path,
            Type::Array(_) => return Some(Self::new(Kind::Foreign, span)),
            Type::Tuple(tuple) if !tuple.elems.is_empty() => {
                return Some(Self::new(Kind::Foreign, span));
            }
            _ => return None,
        };
        let last = path.path.segments.last()?;
        if path.qself.is_some() || !last.arguments.is_none() {
            return Some(Self::new(Kind::Foreign, span));
        }
        let name = last.ident.to_string();
        let kind = match name.as_str() {
            "String" => Kind::Named("string", None),
            "bool" => Kind::Named("boolean", None),
            "i64" => Kind::Named("integer", None),
            "f32" | "f64" => Kind::Named("number", None),
            "Value" => Kind::Named("any", None),
            _ => match NARROW.iter().find(|(narrow, ..)| *narrow == name) {
                Some((_, minimum, maximum)) => Kind::Named("integer", Some((*minimum, *maximum))),
                None => Kind::Foreign,
            },
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
        self.write(&said, "\n", out);
        if self.optional {
            out.push("optional = ");
            out.say("true", self.span);
            out.push("\n");
        }
    }

    /// Writes its keys, with `end` behind each.
    fn write(&self, said: &dyn Fn(&str) -> bool, end: &str, out: &mut Text) {
        out.push("type = ");
        match &self.kind {
            Kind::Named(name, limits) => {
                out.string(name, self.span);
                let (minimum, maximum) = match limits {
                    Some((minimum, maximum)) => (Some(*minimum), *maximum),
                    None => (None, None),
                };
                for (key, limit) in [("minimum", minimum), ("maximum", maximum)] {
                    if let Some(limit) = limit.filter(|_| !said(key)) {
                        out.push(&format!("{end}{key} = {limit}"));
                    }
                }
            }
            Kind::Array(items) => {
                out.string("array", self.span);
                out.push(end);
                out.push("items = { ");
                items.write(&|_| false, ", ", out);
                out.push("}");
            }
            Kind::Foreign => out.string("any", self.span),
        }
        out.push(end);
    }
}

/// Whether a type is lent for the time of a call: `&str`, or an `Option` of it.
fn is_lent(ty: &Type) -> bool {
    matches!(argument_of(ty, "Option").unwrap_or(ty), Type::Reference(_))
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
