//! Types of members: arguments, outputs, fields of the state.

use super::Permission;
use serde_json::Value;

/// A named type: a Rust struct and a definition in `$defs`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedType {
    /// `Order`.
    pub name: String,
    /// Description in schemas and docs.
    pub description: Option<String>,
    /// Its members.
    pub fields: Vec<Field>,
}

/// `[handles.*]`: a kind of explicit state handle.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// Name of the parameter that takes one, and of the argument of its handlers: a Rust identifier that is no keyword.
    pub name: String,
    /// Name of the struct of its fields.
    pub type_name: String,
    /// How long one lasts after it was last used, in milliseconds.
    pub ttl_ms: u64,
    /// What it is.
    pub description: Option<String>,
    /// Who may make and close one.
    pub permission: Permission,
    /// What it holds. Each has a default or is optional, so that a new one holds something.
    pub fields: Vec<Field>,
}

/// A member of an object: a parameter, an output field, a field of the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Name on the wire.
    pub name: String,
    /// What it holds.
    pub ty: Type,
    /// Description in schemas and docs.
    pub description: Option<String>,
    /// May be absent; a Rust `Option`.
    pub optional: bool,
    /// Value when absent. It satisfies `ty`. Never together with `optional`.
    pub default: Option<Value>,
    /// Whether a handler completes it: a string without `enum`, of a prompt's arguments or a template's variables.
    pub complete: bool,
    /// `x-mcp-header`: the name behind `Mcp-Param-` that clients of 2026-07-28 repeat it under. Of a string, an integer or a boolean among
    /// the arguments of a tool.
    pub header: Option<String>,
    /// The names of the members that lead to the claim of the caller's that it is; not empty. Of the arguments of a tool: clients neither see
    /// it nor send it.
    pub bound: Option<Vec<String>>,
    /// Whether pages may write it. Of the fields of a state with [`super::SyncMode::ReadWrite`].
    pub writable: bool,
}

/// A type, with its constraints.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `string`.
    String(StringType),
    /// `string` with `enum`: a Rust enum. Never empty, no duplicates.
    Enum(Vec<String>),
    /// `integer`: `i64`.
    Integer {
        /// `minimum`.
        minimum: Option<i64>,
        /// `maximum`.
        maximum: Option<i64>,
    },
    /// `number`: `f64`.
    Number {
        /// `minimum`.
        minimum: Option<f64>,
        /// `maximum`.
        maximum: Option<f64>,
    },
    /// `boolean`.
    Boolean,
    /// `array`: `Vec`.
    Array {
        /// Type of the items.
        items: Box<Type>,
        /// `minItems`.
        min_items: Option<u64>,
        /// `maxItems`.
        max_items: Option<u64>,
    },
    /// `object` with `fields`: a Rust struct named after its path.
    Object(Vec<Field>),
    /// `any`: a `serde_json::Value`.
    Any,
    /// A type of `[types.*]`, by name. It exists.
    Named(String),
}

/// Constraints of a string.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StringType {
    /// `minLength`, in Unicode code points.
    pub min_length: Option<u64>,
    /// `maxLength`, in Unicode code points.
    pub max_length: Option<u64>,
    /// `pattern`, a regular expression without look-around or back-references, so that matching is linear.
    pub pattern: Option<String>,
    /// `format`: one of [`FORMATS`].
    pub format: Option<String>,
}

/// The values of `format` that are enforced.
pub const FORMATS: [&str; 8] = [
    "date",
    "date-time",
    "email",
    "ipv4",
    "ipv6",
    "time",
    "uri",
    "uuid",
];
