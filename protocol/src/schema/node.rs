//! A schema, compiled: nodes that point at each other by number. Node 0 is the root.

use super::format::Format;
use super::json::Json;
use super::number::Num;
use regex_lite::Regex;

/// One schema object.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The schema `false`.
    pub never: bool,
    /// `None` where `type` is absent.
    pub types: Option<Types>,
    /// `enum` and `const`.
    pub choices: Vec<Choices>,
    pub number: Option<Box<NumberRules>>,
    pub string: Option<Box<StringRules>>,
    pub array: Option<Box<ArrayRules>>,
    pub object: Option<Box<ObjectRules>>,
    /// `$ref` and `allOf`: what must hold as well.
    pub also: Vec<u32>,
    pub branches: Vec<Branch>,
    /// This node and all that `also` leads to, each once.
    pub flat: Box<[u32]>,
}

impl Node {
    /// Whether a value must be looked at more than once.
    pub fn buffers(&self) -> bool {
        !self.branches.is_empty() || self.choices.iter().any(|choices| choices.composite)
    }
}

/// Alternatives.
#[derive(Debug)]
pub(super) enum Branch {
    Any(Box<[u32]>),
    One(Box<[u32]>),
    Not(u32),
    If(Condition),
}

/// `if`, `then` and `else`.
#[derive(Debug, Default)]
pub(super) struct Condition {
    pub test: Option<u32>,
    pub then: Option<u32>,
    pub otherwise: Option<u32>,
}

/// The values of `enum` or `const`.
#[derive(Debug)]
pub(super) struct Choices {
    pub values: Vec<Json>,
    /// As they are shown.
    pub shown: String,
    /// Whether arrays or objects are among them.
    pub composite: bool,
}

#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub minimum: Option<Limit>,
    pub maximum: Option<Limit>,
    pub exclusive_minimum: Option<Limit>,
    pub exclusive_maximum: Option<Limit>,
    pub multiple_of: Option<Limit>,
}

/// A number and how the schema writes it.
#[derive(Debug)]
pub(super) struct Limit {
    pub value: Num,
    pub shown: Box<str>,
}

#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub min: u64,
    pub max: Option<u64>,
    pub pattern: Option<Pattern>,
    pub format: Option<Format>,
}

/// A pattern and how the schema writes it.
#[derive(Debug)]
pub(super) struct Pattern {
    pub regex: Regex,
    pub shown: Box<str>,
}

#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub prefix: Vec<u32>,
    pub items: Option<u32>,
    pub min: u64,
    pub max: Option<u64>,
    pub unique: bool,
}

#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    /// Sorted by name.
    pub properties: Vec<(Box<str>, u32)>,
    pub patterns: Vec<(Pattern, u32)>,
    pub additional: Option<u32>,
    pub required: Vec<Box<str>>,
    pub min: u64,
    pub max: Option<u64>,
}

impl ObjectRules {
    pub fn property(&self, name: &str) -> Option<u32> {
        let at = self
            .properties
            .binary_search_by(|(known, _)| (**known).cmp(name))
            .ok()?;
        Some(self.properties[at].1)
    }
}

impl ObjectRules {
    /// Schemas of `patternProperties` that this name has.
    pub fn matching<'v>(&'v self, name: &'v str) -> impl Iterator<Item = u32> + use<'v> {
        self.patterns
            .iter()
            .filter(|(pattern, _)| pattern.regex.is_match(name))
            .map(|(_, id)| *id)
    }

    /// What is said of a name that is not among these.
    pub fn describe_unknown(&self) -> String {
        const SHOWN: usize = 10;
        let mut out = String::from("is not a known property");
        for (at, (name, _)) in self.properties.iter().take(SHOWN).enumerate() {
            out.push_str(if at == 0 { " (known: " } else { ", " });
            out.push_str(name);
        }
        if self.properties.len() > SHOWN {
            out.push_str(", …");
        }
        if !self.properties.is_empty() {
            out.push(')');
        }
        out
    }
}

/// Some of the seven types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub const NULL: Types = Types(1);
    pub const BOOLEAN: Types = Types(2);
    pub const INTEGER: Types = Types(4);
    pub const FRACTION: Types = Types(8);
    pub const STRING: Types = Types(16);
    pub const ARRAY: Types = Types(32);
    pub const OBJECT: Types = Types(64);
    const NUMBER: Types = Types(4 | 8);

    /// As `type` names them, with the article that a message needs.
    const NAMES: [(&'static str, &'static str, Types); 7] = [
        ("null", "null", Types::NULL),
        ("boolean", "a boolean", Types::BOOLEAN),
        ("number", "a number", Types::NUMBER),
        ("integer", "an integer", Types::INTEGER),
        ("string", "a string", Types::STRING),
        ("array", "an array", Types::ARRAY),
        ("object", "an object", Types::OBJECT),
    ];

    pub fn named(name: &str) -> Option<Types> {
        Types::NAMES
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(.., types)| *types)
    }

    pub fn with(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub fn has(self, other: Types) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether numbers must be integers.
    pub fn is_integer(self) -> bool {
        self.has(Types::INTEGER) && !self.has(Types::FRACTION)
    }

    /// `an integer or null`.
    pub fn describe(self) -> String {
        let mut left = self;
        let mut out = String::new();
        for (_, shown, types) in Types::NAMES {
            if left.has(types) {
                left = Types(left.0 & !types.0);
                if !out.is_empty() {
                    out.push_str(" or ");
                }
                out.push_str(shown);
            }
        }
        out
    }
}
