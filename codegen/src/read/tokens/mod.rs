//! The front end for Rust: `#[mcp_agent]` on a struct, and on its impl blocks.
//!
//! Attributes, doc comments and signatures become the text of a declaration, of which each piece knows its token. So there is one reader and
//! one list of keys, and whatever is wrong is said at the token that said it.

mod args;
mod asked;
mod attribute;
mod block;
mod completion;
mod event;
mod lifecycle;
mod param;
mod part;
mod sections;
mod structure;
mod text;
mod types;

pub use asked::Asked;
pub use block::{Argument, Block, Handler, Kind, check_variables, read as block};
pub use completion::{Completing, Given};
pub use event::{Event, EventKind};
pub use lifecycle::{Elsewhere, free as free_aliases};
pub use part::Name;
pub use sections::{Sections, check_bodies};
pub use structure::{Member, Structure, read as structure};
pub use text::Text;
pub use types::argument_of;

use crate::diag::{Code, Severity};
use crate::{Files, Loaded, Source, load};
use args::Args;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Lit, Meta, Type};

/// What is wrong, each at its token. All of it is shown.
#[derive(Default)]
pub struct Errors(Vec<(Code, syn::Error)>);

impl Errors {
    /// Adds what is wrong with these tokens.
    pub fn add(&mut self, code: Code, tokens: impl ToTokens, message: impl std::fmt::Display) {
        let message = format!("{message} [{code}]");
        self.0
            .push((code, syn::Error::new_spanned(tokens, message)));
    }

    /// Adds what is wrong at this place.
    pub fn at(&mut self, code: Code, span: Span, message: impl std::fmt::Display) {
        let message = format!("{message} [{code}]");
        self.0.push((code, syn::Error::new(span, message)));
    }

    /// Adds an error whose message says it all.
    pub fn push(&mut self, code: Code, error: syn::Error) {
        self.0.push((code, error));
    }

    /// Adds what does not read.
    fn unread(&mut self, error: &syn::Error) {
        self.at(Code::BadAttribute, error.span(), error);
    }

    fn or_default<T: Default>(&mut self, result: syn::Result<T>) -> T {
        result.unwrap_or_else(|error| {
            self.unread(&error);
            T::default()
        })
    }

    /// What is wrong, by its codes.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.0.iter().map(|(code, _)| *code)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = syn::Error> + '_ {
        self.0
            .iter()
            .flat_map(|(_, error)| error.clone().into_iter())
    }

    /// As code that does not compile.
    pub fn into_compile_errors(self) -> TokenStream {
        self.0
            .into_iter()
            .map(|(_, error)| error.into_compile_error())
            .collect()
    }
}

/// Judges what was read. What is wrong is added to the errors, but for items of one name: the compiler shows both of them.
pub fn judge(text: &Text, files: &dyn Files, errors: &mut Errors) -> Option<Loaded> {
    let source = Source {
        name: "",
        text: text.as_str(),
    };
    match load(source, files) {
        Ok(loaded) => Some(loaded),
        Err(report) => {
            let wrong = report.diagnostics().iter();
            for diagnostic in wrong.filter(|it| it.severity() == Severity::Error) {
                let place = diagnostic.span.as_ref();
                if diagnostic.code == Code::DuplicateKey
                    && place.is_some_and(|it| text.is_header(it))
                {
                    continue;
                }
                if text.files().iter().any(|file| file.say(diagnostic, errors)) {
                    continue;
                }
                let span = diagnostic.span.as_ref().and_then(|it| text.span_of(it));
                let mut message = format!("{} [{}]", diagnostic.message, diagnostic.code);
                // A file would declare it elsewhere.
                let help = match diagnostic.code {
                    Code::UnknownHandle => {
                        Some("declare it on the impl block: `#[mcp_agent(handles(…))]`")
                    }
                    Code::NobodyAsked => Some(
                        "say it on the struct, `auth(mode = \"…\")`, or in the file of its `config`, `[auth]`",
                    ),
                    _ => diagnostic.help.as_deref(),
                };
                for part in [diagnostic.label.as_deref(), help].into_iter().flatten() {
                    message.push_str("\n\n");
                    message.push_str(part);
                }
                let error = syn::Error::new(span.unwrap_or_else(Span::call_site), message);
                errors.0.push((diagnostic.code, error));
            }
            None
        }
    }
}

/// A type that nothing can be read into.
fn unknown_type(ty: &Type, errors: &mut Errors) {
    errors.at(
        Code::LentType,
        ty.span(),
        "expected a type that owns what it holds: `String`, a number, `bool`, `serde_json::Value`, a type of yours, or an `Option` or `Vec` of one of these; `&str` is lent",
    );
}

/// The description of what has these attributes, unless its own says it.
fn description(args: &Args, attrs: &[Attribute], text: &mut Text) {
    if args.has("description") {
        return;
    }
    if let Some((description, span)) = docs(attrs) {
        text.push("description = ");
        text.string(&description, span);
        text.push("\n");
    }
}

/// The doc comment, without what is only its form.
fn docs(attrs: &[Attribute]) -> Option<(String, Span)> {
    let mut lines = Vec::new();
    let mut first = None;
    for attribute in attrs.iter().filter(|it| it.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &attribute.meta
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(line) = &literal.lit
        {
            first.get_or_insert(line.span());
            let line = line.value();
            lines.push(
                line.strip_prefix(' ')
                    .unwrap_or(&line)
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    let text = lines.join("\n").trim().to_owned();
    first.filter(|_| !text.is_empty()).map(|span| (text, span))
}

/// Takes the attributes of this name off.
fn strip(attrs: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    let (taken, kept) = attrs.drain(..).partition(|it| it.path().is_ident(name));
    *attrs = kept;
    taken
}

/// Takes the attribute of this name off, and reads its arguments.
fn take_attribute(attrs: &mut Vec<Attribute>, name: &str, errors: &mut Errors) -> Option<Args> {
    let mut taken = strip(attrs, name).into_iter();
    let first = taken.next()?;
    for again in taken {
        errors.add(
            Code::BadAttribute,
            again,
            format!("`#[{name}]` is there twice: keep one"),
        );
    }
    match &first.meta {
        Meta::List(list) => Some(errors.or_default(list.parse_args())),
        // An attribute without arguments makes a type of the user's one argument of several.
        Meta::Path(_) if name == "param" => Some(Args::default()),
        _ => {
            errors.add(
                Code::BadAttribute,
                &first,
                format!("write what is meant: `#[{name}(default = 1)]`"),
            );
            None
        }
    }
}
