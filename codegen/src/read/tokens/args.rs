//! What stands in the parentheses of an attribute: `title = "Add", annotations(read_only, idempotent = false)`.
//!
//! The grammar is here, the keys are not: an argument becomes a line of the declaration, and the reader of declarations knows which there are.

use super::text::Text;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::{Brace, Bracket, Paren};
use syn::{Ident, Lit, LitStr, Token, braced, bracketed, parenthesized};

/// Arguments, with commas between.
#[derive(Default)]
pub struct Args(pub Vec<Arg>);

/// `key = value`, `key(arguments)`, or `key` alone, which is `key = true`.
pub struct Arg {
    /// The key.
    pub key: String,
    /// Where it stands.
    pub span: Span,
    /// What it is set to.
    pub value: Value,
}

/// A value.
pub enum Value {
    /// A string.
    String(String, Span),
    /// A number or a boolean, as TOML writes it.
    Plain(String, Span),
    /// `[a, b]`.
    Array(Vec<Value>, Span),
    /// `(key = value)` or `{ key = value }`.
    Table(Args, Span),
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let args = Punctuated::<Arg, Token![,]>::parse_terminated(input)?;
        Ok(Self(args.into_iter().collect()))
    }
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (key, span) = if input.peek(LitStr) {
            let key: LitStr = input.parse()?;
            (key.value(), key.span())
        } else if input.peek(Ident::peek_any) {
            let key = Ident::parse_any(input)?;
            (key.unraw().to_string(), key.span())
        } else {
            return Err(input.error("expected a key, as in `title = \"Add\"`"));
        };
        let value = if input.peek(Paren) {
            let content;
            let paren = parenthesized!(content in input);
            Value::Table(content.parse()?, paren.span.join())
        } else if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            input.parse()?
        } else {
            Value::Plain("true".into(), span)
        };
        Ok(Self { key, span, value })
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Bracket) {
            let content;
            let bracket = bracketed!(content in input);
            let items = Punctuated::<Value, Token![,]>::parse_terminated(&content)?;
            return Ok(Value::Array(
                items.into_iter().collect(),
                bracket.span.join(),
            ));
        }
        if input.peek(Brace) {
            let content;
            let brace = braced!(content in input);
            return Ok(Value::Table(content.parse()?, brace.span.join()));
        }
        let minus = input.parse::<Option<Token![-]>>()?;
        let sign = if minus.is_some() { "-" } else { "" };
        match input.parse::<Lit>() {
            Ok(Lit::Str(text)) if minus.is_none() => Ok(Value::String(text.value(), text.span())),
            Ok(Lit::Bool(value)) if minus.is_none() => {
                Ok(Value::Plain(value.value.to_string(), value.span()))
            }
            Ok(Lit::Int(number)) if number.suffix().is_empty() => Ok(Value::Plain(
                format!("{sign}{}", number.base10_digits()),
                number.span(),
            )),
            Ok(Lit::Float(number)) if number.suffix().is_empty() => {
                let digits = number.base10_digits();
                // `1.` is a number in Rust, and none in TOML.
                let rest = if digits.ends_with('.') { "0" } else { "" };
                Ok(Value::Plain(format!("{sign}{digits}{rest}"), number.span()))
            }
            Ok(other) => Err(syn::Error::new(other.span(), EXPECTED)),
            Err(error) => Err(syn::Error::new(error.span(), EXPECTED)),
        }
    }
}

const EXPECTED: &str = "expected a value: a string, a number without a suffix, `true`, `false`, `[…]` or `{ key = value }`";

impl Args {
    /// Takes the argument of this name out.
    pub fn take(&mut self, key: &str) -> Option<Arg> {
        let at = self.0.iter().position(|arg| arg.key == key)?;
        Some(self.0.remove(at))
    }

    /// Whether there is an argument of this name.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|arg| arg.key == key)
    }

    /// Makes one array of the tables of this name, which are there one by one: `allow(…), allow(…)`.
    pub fn gather(&mut self, key: &str) {
        let is_one = |arg: &Arg| arg.key == key && matches!(arg.value, Value::Table(..));
        let (ones, others) = self.0.drain(..).partition::<Vec<_>, _>(is_one);
        self.0 = others;
        if let Some(span) = ones.first().map(|it| it.span) {
            let tables = ones.into_iter().map(|it| it.value).collect();
            self.0.push(Arg {
                key: key.to_owned(),
                span,
                value: Value::Array(tables, span),
            });
        }
    }

    /// Writes them as lines.
    pub fn lines(&self, out: &mut Text) {
        for arg in &self.0 {
            arg.write(out);
            out.push("\n");
        }
    }
}

impl Arg {
    fn write(&self, out: &mut Text) {
        out.key(&self.key, self.span);
        out.push(" = ");
        self.value.write(out);
    }
}

impl Value {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::String(_, span)
            | Self::Plain(_, span)
            | Self::Array(_, span)
            | Self::Table(_, span) => *span,
        }
    }

    fn write(&self, out: &mut Text) {
        match self {
            Self::String(value, span) => out.string(value, *span),
            Self::Plain(value, span) => out.say(value, *span),
            Self::Array(items, span) => {
                out.say("[", *span);
                for item in items {
                    item.write(out);
                    out.push(", ");
                }
                out.push("]");
            }
            Self::Table(args, span) => {
                out.say("{", *span);
                for arg in &args.0 {
                    arg.write(out);
                    out.push(", ");
                }
                out.push("}");
            }
        }
    }
}
