//! `[resources.*]`, as they are written.

use super::words::{AccessName, AudienceName, ContentName};
use super::{RawField, RawIcon, RawRequires};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde_json::{Number, Value};

/// A resource, under its URI or its URI template (`orders://{id}`). One of `text`, `file`, `field` and `query`; without them a Rust
/// handler.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Resource")]
pub struct RawResource {
    /// The programmatic name, and the handler's. By default made from the URI: `orders_id`.
    pub name: Option<String>,
    /// The name for people.
    pub title: Option<String>,
    /// What a model reads to know what is there.
    pub description: Option<String>,
    /// The media type of its contents.
    pub mime: Option<String>,
    /// The variables of its template. One that is not declared is a string.
    pub params: Option<IndexMap<String, RawField>>,
    /// Its contents.
    pub text: Option<String>,
    /// A file with its contents, read when the Worker is built.
    pub file: Option<String>,
    /// A field of the state that it shows.
    pub field: Option<String>,
    /// A statement of SQL, one `SELECT`, whose rows it shows as a JSON array of objects. The variables of a template are parameters of it:
    /// `"SELECT * FROM orders WHERE id = :id"`. The tables are those of the `migrations` of `[state]`.
    #[schemars(length(min = 1))]
    pub query: Option<String>,
    /// What its handler answers: `"content"` for contents of any kind. Left out, it answers text.
    #[schemars(with = "Option<ContentName>")]
    pub output: Option<String>,
    /// How its handler uses the state: `none`, which is the default, `read` or `write`.
    #[schemars(with = "Option<AccessName>")]
    pub state: Option<String>,
    /// Whether its handler is given a `call`, to ask the client, report progress and log while it runs.
    pub interactive: Option<bool>,
    /// Who may use it. Left out, it is as `default` of `[auth]` says; `{}` is whoever came in.
    pub requires: Option<RawRequires>,
    /// Whether clients may subscribe to it. They hear of a change of its `field`, and of what a handler says has changed.
    pub subscribe: Option<bool>,
    /// The size of its contents in bytes, for clients that ask before they read. Not of a template.
    #[schemars(range(min = 0))]
    pub size: Option<i64>,
    /// Hints for clients.
    pub annotations: Option<RawResourceAnnotations>,
    /// Pictures of it.
    pub icons: Option<Vec<RawIcon>>,
    /// `_meta` of the listed item, for clients that know its keys: `meta = { "com.example/group" = "orders" }`.
    pub meta: Option<IndexMap<String, Value>>,
}

/// Hints for clients about a resource.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "ResourceAnnotations")]
pub struct RawResourceAnnotations {
    /// Whom it is for: `user`, `assistant` or both.
    #[schemars(with = "Option<Vec<AudienceName>>")]
    pub audience: Option<Vec<String>>,
    /// How much it matters, from 0, which is least, to 1.
    #[schemars(range(min = 0, max = 1))]
    pub priority: Option<Number>,
    /// When it last changed: `"2025-01-12T15:00:58Z"`.
    pub last_modified: Option<String>,
}
