//! JSON Schemas of the types that a user's handlers take and return. Only the compiler knows such a type, so its schema is made by the
//! `schemars` that it derives: once an instance of the Worker, and not at all in an agent that has none.

mod canonical;
mod form;
mod late;

pub use form::form;
pub use late::{Late, Whole, whole};
#[cfg(not(target_arch = "wasm32"))]
pub use late::{TypePlace, kept, problems};

use crate::arguments::Arguments;
use crate::{Error, Result};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// Makes a schema, and leaves what it refers to with the generator.
pub type Make = fn(&mut SchemaGenerator) -> Schema;

/// What can be read from a client's arguments: a type that derives `serde::Deserialize` and `schemars::JsonSchema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a client's arguments",
    label = "does not implement both `Deserialize` and `JsonSchema`",
    note = "for a type of yours: `#[derive(serde::Deserialize, schemars::JsonSchema)]`, after `cargo add schemars serde -F serde/derive`"
)]
pub trait Argument: Sized {
    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    /// The argument that must be there.
    ///
    /// # Errors
    /// As [`Arguments::required`].
    fn required(arguments: &Arguments<'_>, name: &str) -> Result<Self>;
    /// An argument that may be left out.
    ///
    /// # Errors
    /// As [`Arguments::optional`].
    fn optional(arguments: &Arguments<'_>, name: &str) -> Result<Option<Self>>;
    /// An argument with a declared default.
    ///
    /// # Errors
    /// As [`Arguments::optional`], and when the default does not fit the type, which `mcp-gen check` reports.
    fn or(arguments: &Arguments<'_>, name: &str, json: &str) -> Result<Self>;
    /// The whole of a call's arguments.
    ///
    /// # Errors
    /// -32602 where type and schema differ.
    fn of(input: crate::agent::Input<'_>) -> Result<Self>;
    /// Why a declared default does not fit.
    fn misfit(json: &str) -> Option<String>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Argument for T {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn required(arguments: &Arguments<'_>, name: &str) -> Result<Self> {
        arguments.required(name)
    }

    fn optional(arguments: &Arguments<'_>, name: &str) -> Result<Option<Self>> {
        arguments.optional(name)
    }

    fn or(arguments: &Arguments<'_>, name: &str, json: &str) -> Result<Self> {
        let given: Option<Self> = arguments.optional(name)?;
        let misfit = |error| Error::tool(format!("a declared default does not fit: {error}"));
        given.map_or_else(|| serde_json::from_str(json).map_err(misfit), Ok)
    }

    fn of(input: crate::agent::Input<'_>) -> Result<Self> {
        crate::__rt1::params(input)
    }

    fn misfit(json: &str) -> Option<String> {
        serde_json::from_str::<T>(json)
            .err()
            .map(|error| error.to_string())
    }
}

/// What a field of the state can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of the state",
    label = "does not implement all of `Clone`, `PartialEq`, `Serialize`, `Deserialize` and `JsonSchema`",
    note = "for a type of yours: `#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]`, after `cargo add schemars serde -F serde/derive`"
)]
pub trait Field: Sized {
    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    /// A declared default.
    ///
    /// # Panics
    /// When it does not fit, which `mcp-gen check` reports: what does not fit a type that is known by its name was refused where it was declared.
    fn declared(json: &str) -> Self;
    /// Another one.
    fn copy(&self) -> Self;
    /// Whether they are equal.
    fn same(&self, other: &Self) -> bool;
    /// Writes it.
    ///
    /// # Errors
    /// What the serializer says.
    fn write<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>;
    /// Reads one.
    ///
    /// # Errors
    /// What the deserializer says.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + PartialEq + Serialize + DeserializeOwned + JsonSchema> Field for T {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn declared(json: &str) -> Self {
        crate::part::declared(json)
    }

    fn copy(&self) -> Self {
        self.clone()
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn write<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        T::deserialize(deserializer)
    }
}

/// What a field of the state can be that has no declared default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of the state without a declared default",
    label = "does not implement all of `Clone`, `Default`, `PartialEq`, `Serialize`, `Deserialize` and `JsonSchema`",
    note = "for a type of yours: `#[derive(Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]`, after `cargo add schemars serde -F serde/derive`; or declare what it begins as, `#[state(default = …)]`, instead of deriving `Default`"
)]
pub trait Begin: Sized {
    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    /// What it begins as.
    fn begin() -> Self;
    /// Another one.
    fn copy(&self) -> Self;
    /// Whether they are equal.
    fn same(&self, other: &Self) -> bool;
    /// Writes it.
    ///
    /// # Errors
    /// What the serializer says.
    fn write<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>;
    /// Reads one.
    ///
    /// # Errors
    /// What the deserializer says.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Field + Default> Begin for T {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        <T as Field>::schema(generator)
    }

    fn begin() -> Self {
        T::default()
    }

    fn copy(&self) -> Self {
        Field::copy(self)
    }

    fn same(&self, other: &Self) -> bool {
        Field::same(self, other)
    }

    fn write<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        Field::write(self, serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        <T as Field>::read(deserializer)
    }
}

/// What can be structured content: a type that derives `serde::Serialize` and `schemars::JsonSchema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be structured content",
    label = "does not implement both `Serialize` and `JsonSchema`",
    note = "for a type of yours: `#[derive(serde::Serialize, schemars::JsonSchema)]`, after `cargo add schemars serde -F serde/derive`"
)]
pub trait Structured {
    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    /// As JSON.
    ///
    /// # Errors
    /// What has no JSON, such as a map whose keys are no strings.
    fn json(&self) -> Result<String>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> Structured for T {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn json(&self) -> Result<String> {
        crate::__rt1::json(self)
    }
}
