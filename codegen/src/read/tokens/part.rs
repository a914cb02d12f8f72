//! The names of an agent's parts: its impl blocks, which may lie in several modules.

use super::Errors;
use super::args::{Arg, Args, Value};
use super::asked::Asked;
use super::text::Text;
use crate::diag::Code;
use proc_macro2::{Span, TokenStream};

const HANDLES: &str =
    "say what is held: `handles(cart(ttl = \"24h\", description = \"A shopping cart.\"))`";

/// Declares a handle.
fn handle(arg: &Arg, asked: &mut Vec<Asked>, text: &mut Text, errors: &mut Errors) {
    text.header(&["handles", &arg.key], arg.span);
    match &arg.value {
        Value::Table(args, _) => {
            for fields in args.0.iter().filter(|it| it.key == "fields") {
                let message = "no `fields` here: they are those of the type that the tools take";
                errors.at(Code::SaidOtherwise, fields.span, message);
            }
            asked.extend(Asked::of(args));
            args.lines(text);
        }
        // Without parentheses, all of it is as usual.
        Value::Plain(value, _) if value == "true" => {}
        other => errors.at(Code::BadAttribute, other.span(), HANDLES),
    }
}

/// The name of the block that does not say one.
const MAIN: &str = "main";

/// A part's name.
pub struct Name {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Name {
    /// A name that somebody wrote.
    pub fn new(name: String, span: Span) -> Self {
        Self { name, span }
    }

    /// That of the block that does not say one.
    pub fn main(span: Span) -> Self {
        Self::new(MAIN.to_owned(), span)
    }

    /// The name as a number (FNV-1a, 64 bits), for where Rust takes no strings.
    pub fn number(&self) -> u64 {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.name.bytes().fold(0xcbf2_9ce4_8422_2325, step)
    }
}

/// Reads the arguments of `#[mcp_agent]` on an impl block: which part it is, and the handles that its tools take.
pub fn of_block(
    args: TokenStream,
    owner: Span,
    asked: &mut Vec<Asked>,
    text: &mut Text,
    errors: &mut Errors,
) -> (Name, Vec<Name>) {
    let mut handles = Vec::new();
    const HELP: &str = "`#[mcp_agent]` on an impl block takes `part = \"…\"` and `handles(…)`: what the server is stands on the struct";
    let mut args: Args = errors.or_default(syn::parse2(args));
    let part = args.take("part");
    match args.take("handles").map(|it| it.value) {
        Some(Value::Table(args, _)) => {
            for arg in &args.0 {
                handle(arg, asked, text, errors);
                handles.push(Name::new(arg.key.clone(), arg.span));
            }
        }
        Some(other) => errors.at(Code::BadAttribute, other.span(), HANDLES),
        None => {}
    }
    for other in &args.0 {
        errors.at(Code::MisplacedAttribute, other.span, HELP);
    }
    let part = match part.map(|it| it.value) {
        Some(Value::String(name, span)) => Name::new(name, span),
        Some(other) => {
            errors.at(
                Code::BadAttribute,
                other.span(),
                "a part's name is a string",
            );
            Name::main(owner)
        }
        None => Name::main(owner),
    };
    (part, handles)
}
