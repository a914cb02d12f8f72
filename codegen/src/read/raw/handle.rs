//! `[handles.*]`, as it is written.

use super::words::Duration;
use super::{RawField, RawRequires};
use indexmap::IndexMap;
use schemars::JsonSchema;

/// A kind of handle, under the name of the parameter that takes one.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Handle")]
pub struct RawHandle {
    /// How long one lasts after it was last used. Default `"24h"`.
    #[schemars(with = "Option<Duration>")]
    pub ttl: Option<String>,
    /// What it is, for models: `"A shopping cart."`
    pub description: Option<String>,
    /// Who may make and close one. Left out, it is as `default` of `[auth]` says; `{}` is whoever came in.
    pub requires: Option<RawRequires>,
    /// What it holds. Each has a `default` or is `optional`.
    pub fields: Option<IndexMap<String, RawField>>,
}
