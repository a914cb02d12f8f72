//! What a client's user can be asked for.

use serde::de::DeserializeOwned;

/// A type that a form of the client can fill: a type of `[types.*]` whose members are all strings, numbers, booleans, enums, or
/// arrays of an enum. A string has no `format` or one that forms know: `date`, `date-time`, `email`, `uri`.
///
/// The generated module of an agent implements it for each such type of the declaration.
#[diagnostic::on_unimplemented(
    message = "no form can ask for `{Self}`",
    label = "not a flat type of `[types.*]`",
    note = "declare it under `[types.*]` with members that are strings (of no format, or `date`, `date-time`, `email`, `uri`), numbers, booleans, enums, or arrays of an enum"
)]
pub trait Elicit: DeserializeOwned {
    /// Its `requestedSchema`: a JSON Schema of an object with primitive members alone.
    const SCHEMA: &'static str;
}
