//! A subset of JSON Schema 2020-12, checked in one walk over the text of the arguments.
//!
//! No tree is built of what is checked, but for what must be compared as a whole: `uniqueItems`, and `enum` and `const` with arrays
//! or objects. Unknown keywords are ignored here; a declaration's check names them beforehand.
//!
//! Where JSON Schema leaves a choice: `format` is asserted; `1.0` is an integer; a member that is there twice is a violation, since
//! the two readers of a text need not agree on which one counts.

mod check;
mod compile;
mod format;
mod integers;
mod json;
mod node;
mod number;
mod pointer;
mod time;
mod walk;

use node::{Node, Types};
use std::borrow::Cow;

/// Keywords that are enforced.
pub const KEYWORDS: &[&str] = &[
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "definitions",
    "else",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "then",
    "type",
    "uniqueItems",
];

/// Keywords that are ignored by right: they say something to readers, not to validators. An `$anchor` names a place that no `$ref` here
/// may lead to.
pub const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$id",
    "$schema",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// Values of `format` that are enforced; others are ignored.
pub const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "email",
    "ipv4",
    "ipv6",
    "time",
    "uri",
    "uuid",
];

/// A place that does not satisfy the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer (RFC 6901) into the arguments; empty for the whole. Very long names in it are cut.
    pub pointer: String,
    /// What is wrong there, in words that a model can act on.
    pub message: String,
}

impl Violation {
    /// The place and what is wrong, for people and models.
    pub fn write(&self, out: &mut String) {
        if !self.pointer.is_empty() {
            out.push_str(&self.pointer);
            out.push_str(": ");
        }
        out.push_str(&self.message);
    }
}

/// Why a text is no schema that we can enforce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// JSON pointer into the schema.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

/// A compiled schema.
#[derive(Debug)]
pub struct Validator {
    nodes: Vec<Node>,
}

/// Compiles a schema.
///
/// # Errors
///
/// The text is not JSON, a keyword that is enforced has a value that it may not have, a pattern needs more than a linear matcher
/// (look-around, back-references), or a `$ref` leads out of the text.
pub fn compile(text: &str) -> Result<Validator, SchemaError> {
    Ok(Validator {
        nodes: compile::compile(text)?,
    })
}

impl Validator {
    /// Checks a JSON text.
    ///
    /// # Errors
    ///
    /// The violations in the order of the text, the first 32 of them.
    pub fn check(&self, args: &str) -> Result<(), Vec<Violation>> {
        check::check(&self.nodes, args, false).map(|_| ())
    }

    /// Checks a JSON text and gives it as a handler's types read it: with integers that are written like integers, and have 64 bits.
    pub(crate) fn read<'a>(&self, args: Cow<'a, str>) -> Result<Cow<'a, str>, Vec<Violation>> {
        let odd_integers = check::check(&self.nodes, &args, true)?;
        Ok(if odd_integers {
            Cow::Owned(integers::rewrite(&args))
        } else {
            args
        })
    }

    /// Whether a member of this name must be an integer. (What comes in a URI is text and does not say.)
    pub(crate) fn wants_integer(&self, name: &str) -> bool {
        let flat = |id: u32| {
            self.nodes[id as usize]
                .flat
                .iter()
                .map(|id| &self.nodes[*id as usize])
        };
        let mut members = flat(0).filter_map(|node| node.object.as_ref()?.property(name));
        members.any(|id| {
            flat(id).any(|node| {
                node.types
                    .is_some_and(|types| types.is_integer() && !types.has(Types::STRING))
            })
        })
    }
}
