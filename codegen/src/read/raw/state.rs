//! `[state]`, as it is written.

use super::words::{ScopeName, Size, SyncName};
use super::{RawField, RawRequires};
use indexmap::IndexMap;
use schemars::JsonSchema;

/// What the agent remembers.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "State")]
pub struct RawState {
    /// Whose state it is: `server`, one for everybody; `session`, one a session, for protocol versions that have sessions; `user`, one a
    /// caller, by issuer and subject; `tenant`, one for all callers with the same value of a `claim`. The last two need `[auth]`.
    /// Default `server`.
    #[schemars(with = "Option<ScopeName>")]
    pub scope: Option<String>,
    /// Of scope `tenant`: the claim of the caller's whose values are the tenants, or the way to it through objects: `"org"`, `"account.org"`.
    #[schemars(length(min = 1))]
    pub claim: Option<String>,
    /// Of the scopes `user` and `tenant`: who may have the state of any person or tenant exported or deleted, with `mcp-gen state`. Without it,
    /// nobody may.
    pub admin: Option<RawRequires>,
    /// What pages see of it, with `AgentClient` or `useAgent` of the npm package `agents`: `off`, nothing, which is the default; `readonly`, all of
    /// it; `readwrite`, all of it, and they may set the fields that are `writable`. Pages may call tools too, with the rights of their user.
    /// Not of scope `session`.
    #[schemars(with = "Option<SyncName>")]
    pub sync: Option<String>,
    /// The version of its shape, from 1, which is the default. Fields may be added and removed without a new one. With a higher one, the
    /// handler `migrate` makes a state of this version from one that was stored under an older. What was stored under a newer version, or
    /// does not fit, is kept but not read: calls that need it fail.
    #[schemars(range(min = 1, max = 4_294_967_295_i64))]
    pub version: Option<i64>,
    /// The largest it may grow, as JSON. Default `"64KiB"`.
    #[schemars(with = "Option<Size>")]
    pub max_bytes: Option<String>,
    /// Files of SQL that make tables of its own, run in this order and once in each object: `"migrations/0001_init.sql"`. Their names begin
    /// with numbers, from 1 on.
    #[schemars(inner(regex(pattern = r"(^|/)[0-9]+[^/]*$")))]
    pub migrations: Option<Vec<String>>,
    /// Whether a handler hears of each change of it: `on_state_update`, which is given the state before.
    pub on_update: Option<bool>,
    /// Its fields. Each has a `default` or is `optional`.
    pub fields: Option<IndexMap<String, RawField>>,
}
