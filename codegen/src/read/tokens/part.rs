//! The names of an agent's parts: its impl blocks, which may lie in several modules.

use super::Errors;
use super::args::{Args, Value};
use crate::diag::Code;
use proc_macro2::{Span, TokenStream};

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

/// Reads the arguments of `#[mcp_agent]` on an impl block.
pub fn of_block(args: TokenStream, owner: Span, errors: &mut Errors) -> Name {
    const HELP: &str = "`#[mcp_agent]` on an impl block takes at most `part = \"…\"`: what the server is stands on the struct";
    if args.is_empty() {
        return Name::main(owner);
    }
    let mut args: Args = match syn::parse2(args) {
        Ok(args) => args,
        Err(error) => {
            errors.unread(&error);
            return Name::main(owner);
        }
    };
    let part = args.take("part");
    for other in &args.0 {
        errors.at(Code::MisplacedAttribute, other.span, HELP);
    }
    match part.map(|it| it.value) {
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
    }
}
