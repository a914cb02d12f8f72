//! What a client's user can be asked for.

use crate::Result;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A type that a form of the client can fill: its members are all strings, numbers, booleans, enums, or arrays of an enum. A string has
/// no `format` or one that forms know: `date`, `date-time`, `email`, `uri`.
///
/// Each such type of `[types.*]` in a file is one, and so is a type of yours that derives `serde::Deserialize` and `schemars::JsonSchema`.
#[diagnostic::on_unimplemented(
    message = "no form can ask for `{Self}`",
    label = "not a flat type of `[types.*]`, nor one that derives `Deserialize` and `JsonSchema`",
    note = "declare it under `[types.*]` with members that are strings (of no format, or `date`, `date-time`, `email`, `uri`), numbers, booleans, enums, or arrays of an enum; or, for a type of yours, `#[derive(serde::Deserialize, schemars::JsonSchema)]`"
)]
pub trait Elicit: DeserializeOwned {
    /// Its `requestedSchema`: a JSON Schema of an object with primitive members alone (2025-06-18 and later, Elicitation, "Requested
    /// Schema").
    ///
    /// # Errors
    /// A tool error where a type has a member that no form can show.
    fn schema() -> Result<Cow<'static, str>>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Elicit for T {
    fn schema() -> Result<Cow<'static, str>> {
        crate::schema::form(<T as crate::schema::Argument>::schema).map(Cow::Owned)
    }
}
