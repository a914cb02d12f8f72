//! `Raw`: a declaration as it is written, before anybody has judged it.
//!
//! Every front end makes it, and `check` alone reads it. The JSON Schema of `mcp.toml` is derived from these types, so their doc
//! comments are what an editor shows.

mod auth;
mod event;
mod handle;
mod lifecycle;
mod resource;
mod review;
mod state;
mod words;

pub use auth::{
    RawAudience, RawAuth, RawBearer, RawNamedSetting, RawRegistration, RawRequires, RawRole,
    RawSetting, RawTokens, RawUpstream,
};
pub use event::{RawRequest, RawSchedule, RawWebSocket};
pub use handle::RawHandle;
pub use lifecycle::RawDeprecated;
pub use resource::{RawResource, RawResourceAnnotations};
pub use review::{RawAllow, RawReview};
pub use state::RawState;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde_json::{Number, Value};
use words::{
    AccessName, ContentName, Duration, Format, PanicName, Size, TaskName, ThemeName, TypeName,
};

/// A declaration of an MCP agent: what it offers, what it keeps, and where it listens.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Declaration")]
pub struct Raw {
    /// The version of this vocabulary. Always `1`.
    #[schemars(required, extend("const" = 1))]
    pub schema_version: Option<i64>,
    /// What clients and models see of the server.
    #[schemars(required)]
    pub server: Option<RawServer>,
    /// Where the Worker listens and what it accepts. Every key has a default.
    pub transport: Option<RawTransport>,
    /// Named types. Each becomes a Rust struct and a definition in the schemas that use it.
    pub types: Option<IndexMap<String, RawNamed>>,
    /// What the agent remembers, one Durable Object a key of its scope.
    pub state: Option<RawState>,
    /// Handles: what a client makes with one tool, hands to others, and closes, as a cart. Each comes with the tools `create_<name>` and
    /// `close_<name>`.
    pub handles: Option<IndexMap<String, RawHandle>>,
    /// Tools: what a model can do. Each is a method of the handler trait.
    pub tools: Option<IndexMap<String, RawTool>>,
    /// Resources: what a model can read, by URI or by URI template.
    pub resources: Option<IndexMap<String, RawResource>>,
    /// Prompts: what a person can start from.
    pub prompts: Option<IndexMap<String, RawPrompt>>,
    /// Schedules: what runs later, by a `cron` or because a handler said so.
    pub schedules: Option<IndexMap<String, RawSchedule>>,
    /// WebSockets of the agent's own.
    pub websocket: Option<RawWebSocket>,
    /// Plain HTTP requests.
    pub request: Option<RawRequest>,
    /// Who may come in, and how they prove who they are. Left out, everybody may.
    pub auth: Option<RawAuth>,
    /// What the declaration must know of the deployment; everything else in `wrangler.jsonc` is yours.
    pub deploy: Option<RawDeploy>,
    /// How a change of what the agent promises is weighed. It is no part of the Worker.
    pub review: Option<RawReview>,
}

/// What clients and models see of the server.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Server")]
pub struct RawServer {
    /// The programmatic name, also the Worker's: lower-case letters, digits and dashes.
    #[schemars(
        required,
        length(min = 1, max = 54),
        regex(pattern = r"^[a-z]([a-z0-9-]*[a-z0-9])?$")
    )]
    pub name: Option<String>,
    /// The name for people.
    pub title: Option<String>,
    /// The version of the agent.
    #[schemars(required)]
    pub version: Option<String>,
    /// What the server is for.
    pub description: Option<String>,
    /// What a model is told of the server before it uses it.
    pub instructions: Option<String>,
    /// The page of the server, an `https://` URL.
    pub website: Option<String>,
    /// How long a client may keep the lists: a duration as `"5m"`, which is the default.
    #[schemars(with = "Option<Duration>")]
    pub cache: Option<String>,
    /// The most items on a page of a list. By default all are on one.
    #[schemars(range(min = 1, max = 1_000))]
    pub page_size: Option<i64>,
    /// Pictures of the server.
    pub icons: Option<Vec<RawIcon>>,
}

/// Where the Worker listens and what it accepts.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Transport")]
pub struct RawTransport {
    /// The path of Streamable HTTP, every protocol version. Default `"/mcp"`.
    #[schemars(regex(pattern = r"^/"))]
    pub http: Option<String>,
    /// The path of HTTP+SSE of 2024-11-05; `false` turns it off. Default `"/sse"`.
    pub sse: Option<RawSse>,
    /// Hosts to answer to beside loopback, `*.workers.dev` and the deploy routes.
    pub hosts: Option<Vec<String>>,
    /// Origins of web pages that may call, beside those of the hosts.
    pub origins: Option<Vec<String>>,
    /// The interval of heartbeats on open streams. Default `"25s"`.
    #[schemars(with = "Option<Duration>")]
    pub keepalive: Option<String>,
    /// The life of a session. Default `"24h"`.
    #[schemars(with = "Option<Duration>")]
    pub session_ttl: Option<String>,
    /// How long a finished stream is kept for a client that comes back to it. Default `"10m"`.
    #[schemars(with = "Option<Duration>")]
    pub stream_ttl: Option<String>,
    /// How long a task is kept from its beginning on; one that has not ended by then is stopped. Default `"1h"`.
    #[schemars(with = "Option<Duration>")]
    pub task_ttl: Option<String>,
    /// After how long a client should come back to a stream that was closed. Default `"1s"`.
    #[schemars(with = "Option<Duration>")]
    pub retry: Option<String>,
    /// The largest body of a request. Default `"4MiB"`.
    #[schemars(with = "Option<Size>")]
    pub max_body: Option<String>,
    /// What web pages of allowed origins may send and read, beyond what the protocol needs.
    pub cors: Option<RawCors>,
}

/// What web pages of allowed origins may send and read, beyond what the protocol needs.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Cors")]
pub struct RawCors {
    /// Headers of requests, beside those of the protocol.
    pub allow_headers: Option<Vec<String>>,
    /// Headers of responses, beside those of the protocol.
    pub expose_headers: Option<Vec<String>>,
    /// How long a browser may remember what it may send. Default `"2h"`.
    #[schemars(with = "Option<Duration>")]
    pub max_age: Option<String>,
}

/// A picture that clients may show.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Icon")]
pub struct RawIcon {
    /// Where it is: an `https://` URL, or a `data:` URI with the image in base64.
    #[schemars(required, regex(pattern = r"^(https://|data:image/)"))]
    pub src: Option<String>,
    /// Its media type, where the URL's own is missing or too general: `"image/png"`.
    pub mime: Option<String>,
    /// The sizes that it is good for: `"48x48"`, or `"any"`. Left out, it is good for any.
    #[schemars(inner(regex(pattern = r"^([1-9][0-9]*x[1-9][0-9]*|any)$")))]
    pub sizes: Option<Vec<String>>,
    /// The background that it is made for: `light` or `dark`. Left out, either.
    #[schemars(with = "Option<ThemeName>")]
    pub theme: Option<String>,
}

/// `sse = "/sse"` or `sse = false`.
#[derive(Clone, Debug, PartialEq)]
pub enum RawSse {
    /// The path.
    Path(String),
    /// `false` turns it off; `true` is the default path.
    On(bool),
}

/// A named type.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "NamedType")]
pub struct RawNamed {
    /// What it is, in schemas and docs.
    pub description: Option<String>,
    /// Its members.
    #[schemars(required)]
    pub fields: Option<IndexMap<String, RawField>>,
}

/// A member: a param, an output field, a field of the state, the items of an array.
///
/// It must be given unless it is `optional` or has a `default`.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "MemberTable")]
pub struct RawMember {
    /// `string`, `integer`, `number`, `boolean`, `array`, `object`, `any`, or the name of a type of `[types.*]`.
    #[schemars(required, rename = "type", with = "TypeName")]
    pub ty: Option<String>,
    /// What it is, for models and people.
    pub description: Option<String>,
    /// Whether it may be left out: an `Option` in Rust. Not together with `default`.
    pub optional: Option<bool>,
    /// Its value when it is left out.
    pub default: Option<Value>,
    /// Of a string: the values it may have. A Rust enum.
    #[schemars(rename = "enum", length(min = 1))]
    pub variants: Option<Vec<String>>,
    /// Of a number: the smallest.
    pub minimum: Option<Number>,
    /// Of a number: the largest.
    pub maximum: Option<Number>,
    /// Of a string: the fewest characters.
    #[schemars(range(min = 0))]
    pub min_length: Option<i64>,
    /// Of a string: the most characters.
    #[schemars(range(min = 0))]
    pub max_length: Option<i64>,
    /// Of a string: a regular expression, without look-around and back-references.
    pub pattern: Option<String>,
    /// Of a string: what it holds.
    #[schemars(with = "Option<Format>")]
    pub format: Option<String>,
    /// Of an array: the type of its items.
    #[schemars(with = "Option<RawField>")]
    pub items: Option<Box<RawField>>,
    /// Of an array: the fewest items.
    #[schemars(range(min = 0))]
    pub min_items: Option<i64>,
    /// Of an array: the most items.
    #[schemars(range(min = 0))]
    pub max_items: Option<i64>,
    /// Of an object: its members.
    pub fields: Option<IndexMap<String, RawField>>,
    /// Of an argument of a prompt, or of a variable of a resource: whether a Rust handler completes what somebody types. An `enum`
    /// completes itself.
    pub complete: Option<bool>,
    /// Of an argument of a tool that is a string, an integer or a boolean: the header `Mcp-Param-<header>` that clients of 2026-07-28 repeat
    /// it in, for what routes requests.
    #[schemars(length(min = 1), regex(pattern = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"))]
    pub header: Option<String>,
    /// Of an argument of a tool: the claim of the caller's that it is, `"claims.sub"`, or the way to it through objects. Clients neither see
    /// it nor can they send it.
    #[schemars(regex(pattern = r#"^claims(\.([^."\s]+|"[^"]+"))+$"#))]
    pub from: Option<String>,
    /// Of a field of the state with `sync = "readwrite"`: whether pages may set it.
    pub writable: Option<bool>,
}

/// A member, as a table or in its short form: a type's name alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawField(pub RawMember);

/// A tool.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Tool")]
pub struct RawTool {
    /// The name for people.
    pub title: Option<String>,
    /// What a model reads to know when to use it.
    #[schemars(required, length(min = 1))]
    pub description: Option<String>,
    /// Its arguments.
    pub params: Option<IndexMap<String, RawField>>,
    /// A file with the JSON Schema of its arguments, instead of `params`.
    pub input_schema: Option<String>,
    /// What it answers: a named type, or fields of its own, as structured content; `"content"` for content of any kind.
    /// Left out, it answers text. Structured content that violates the limits of its fields is not sent: the call fails, and changes nothing.
    pub output: Option<RawOutput>,
    /// How it uses the state: `none`, which is the default, `read` or `write`.
    #[schemars(with = "Option<AccessName>")]
    pub state: Option<String>,
    /// Whether its handler is given a `call`, to ask the client, report progress and log while it runs.
    pub interactive: Option<bool>,
    /// What the user is asked before it runs, with a hole for each param to be shown: `"Cancel {id}? This cannot be undone."` It does not
    /// run when the user declines, or cannot be asked. `{{` and `}}` are braces.
    pub confirm: Option<String>,
    /// Whether it may run as a task, which its client comes back for: `never`, which is the default, `optional`, if the client knows tasks,
    /// `deferred`, from where its handler says so on, or `required`.
    #[schemars(with = "Option<TaskName>")]
    pub task: Option<String>,
    /// The handle of `[handles.*]` that it takes: an argument of that name, which its handler gets as a struct to change.
    pub handle: Option<String>,
    /// Who may use it. Left out, it is as `default` of `[auth]` says; `{}` is whoever came in.
    pub requires: Option<RawRequires>,
    /// What it was called before. A call of such a name is one of the tool; lists have it in `_meta` alone.
    #[schemars(inner(length(min = 1, max = 128), regex(pattern = r"^[A-Za-z0-9_.-]+$")))]
    pub aliases: Option<Vec<String>>,
    /// That it goes away: said to models behind its description, and to clients in its `_meta`.
    pub deprecated: Option<RawDeprecated>,
    /// Hints for clients.
    pub annotations: Option<RawAnnotations>,
    /// Pictures of it.
    pub icons: Option<Vec<RawIcon>>,
    /// `_meta` of the listed item, for clients that know its keys: `meta = { "com.example/group" = "orders" }`.
    pub meta: Option<IndexMap<String, Value>>,
}

/// `output = "Order"` or `output.x = …`.
#[derive(Clone, Debug, PartialEq)]
pub enum RawOutput {
    /// A named type, or `content`.
    Named(String),
    /// Fields of its own.
    Fields(IndexMap<String, RawField>),
}

/// Hints for clients about a tool. They are not enforced.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Annotations")]
pub struct RawAnnotations {
    /// It changes nothing. Clients assume that it does.
    pub read_only: Option<bool>,
    /// It may destroy something. Clients assume that it may, unless it is read-only.
    pub destructive: Option<bool>,
    /// Calling it again with the same arguments changes nothing more. Clients assume that it does.
    pub idempotent: Option<bool>,
    /// It reaches beyond the agent. Clients assume that it does.
    pub open_world: Option<bool>,
}

/// A prompt. One of `template` and `file`; without them a Rust handler.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Prompt")]
pub struct RawPrompt {
    /// The name for people.
    pub title: Option<String>,
    /// What people read to know what it does.
    pub description: Option<String>,
    /// Its arguments: strings, with or without an `enum`.
    pub params: Option<IndexMap<String, RawField>>,
    /// Its text, with holes: `{{ name }}` for a param, `{{ state.name }}` for a field of the state.
    pub template: Option<String>,
    /// A file with its template.
    pub file: Option<String>,
    /// What its handler answers: `"content"` for messages of any kind. Left out, it answers the text of one user message.
    #[schemars(with = "Option<ContentName>")]
    pub output: Option<String>,
    /// How its handler uses the state: `none`, which is the default, `read` or `write`.
    #[schemars(with = "Option<AccessName>")]
    pub state: Option<String>,
    /// Whether its handler is given a `call`, to ask the client, report progress and log while it runs.
    pub interactive: Option<bool>,
    /// Who may use it. Left out, it is as `default` of `[auth]` says; `{}` is whoever came in.
    pub requires: Option<RawRequires>,
    /// Pictures of it.
    pub icons: Option<Vec<RawIcon>>,
    /// `_meta` of the listed item, for clients that know its keys: `meta = { "com.example/group" = "orders" }`.
    pub meta: Option<IndexMap<String, Value>>,
}

/// What the declaration must know of the deployment.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Deploy")]
pub struct RawDeploy {
    /// The compatibility date of the Worker, `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub compatibility_date: Option<String>,
    /// Custom domains: host names.
    pub routes: Option<Vec<String>>,
    /// Plain variables of the Worker. Secrets do not belong here.
    pub vars: Option<IndexMap<String, String>>,
    /// What a panic ends: with `abort` the wasm instance and all calls that run in it, with `unwind` its own call alone, which is built with a
    /// nightly Rust. Default `"abort"`.
    #[schemars(with = "Option<PanicName>")]
    pub panic: Option<String>,
}
