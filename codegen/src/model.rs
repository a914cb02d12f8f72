//! The model of an agent: what a declaration says, once it is known to be valid.
//!
//! [`Agent`] is made by [`crate::check`] alone, so emitters never ask whether something is legal. It has no spans and no
//! `syn`: whoever needs a place asks the front end's map by address.

mod auth;
mod event;
mod lifecycle;
mod review;
mod state;
mod types;

pub use auth::{
    ALGORITHMS, Auth, AuthMode, Bearer, Issuer, MODES, OAuth, PROVIDERS, Page, Permission, Role,
    RoleTest, Setting, Store, Upstream,
};
pub use event::{EventArgument, Request, Schedule, WebSocket, written};
pub use lifecycle::{Deprecated, META_PREFIX};
pub use review::{Allow, RULES, Review, ReviewLevel, ReviewSeverity};
pub use state::{Migration, Scope, State, SyncMode};
pub use types::{FORMATS, Field, Handle, NamedType, StringType, Type};

use serde_json::{Map, Value};
use std::ops::Deref;

/// A valid agent. Read it through [`Model`]; only `check` makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent(pub(crate) Model);

impl Deref for Agent {
    type Target = Model;
    fn deref(&self) -> &Model {
        &self.0
    }
}

/// Everything an agent declares, in the order of the declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// `[server]`.
    pub server: Server,
    /// `[transport]`, with its defaults filled in.
    pub transport: Transport,
    /// `[types.*]`.
    pub types: Vec<NamedType>,
    /// `[state]`, if the agent keeps any.
    pub state: Option<State>,
    /// `[handles.*]`.
    pub handles: Vec<Handle>,
    /// `[tools.*]`, and behind them those that come with `[handles.*]`.
    pub tools: Vec<Tool>,
    /// `[resources."uri"]`, templates among them.
    pub resources: Vec<Resource>,
    /// `[prompts.*]`.
    pub prompts: Vec<Prompt>,
    /// `[schedules.*]`.
    pub schedules: Vec<Schedule>,
    /// `[websocket]`.
    pub websocket: Option<WebSocket>,
    /// `[request]`.
    pub request: Option<Request>,
    /// `[auth]`; `None` where nobody is asked who they are.
    pub auth: Option<Auth>,
    /// `[deploy]`.
    pub deploy: Deploy,
    /// `[review]`.
    pub review: Review,
}

/// Who the server says it is: `Implementation` and `instructions` of the specification.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Programmatic name; also the Worker's.
    pub name: String,
    /// Name for people.
    pub title: Option<String>,
    /// Version of the agent, free text.
    pub version: String,
    /// What the server is for.
    pub description: Option<String>,
    /// What a model is told of the server.
    pub instructions: Option<String>,
    /// `websiteUrl`.
    pub website: Option<String>,
    /// `ttlMs` of lists on 2026-07-28, in milliseconds.
    pub cache_ms: u64,
    /// Most items on a page of a list, at least 1; `None` for all on one.
    pub page_size: Option<u32>,
    /// `icons`.
    pub icons: Vec<Icon>,
}

/// `Icon` of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// An `https:` URL or a `data:` URI of an image.
    pub src: String,
    /// `mimeType`, of an image.
    pub mime: Option<String>,
    /// `48x48`, or `any`.
    pub sizes: Vec<String>,
    /// `light` or `dark`.
    pub theme: Option<String>,
}

/// Where the Worker listens and what it accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// Path of Streamable HTTP, `/mcp` by default.
    pub http: String,
    /// Path of HTTP+SSE, `/sse` by default; messages are posted to `<path>/message`. `None` turns it off.
    pub sse: Option<String>,
    /// Hosts beside loopback, `*.workers.dev` and the deploy routes.
    pub hosts: Vec<String>,
    /// Origins beside those of the hosts above.
    pub origins: Vec<String>,
    /// Interval of heartbeat comments on streams, in milliseconds.
    pub keepalive_ms: u64,
    /// Life of a session token, in milliseconds.
    pub session_ttl_ms: u64,
    /// How long a finished stream is kept, in milliseconds.
    pub stream_ttl_ms: u64,
    /// How long a task is kept from its creation on, in milliseconds.
    pub task_ttl_ms: u64,
    /// `retry` of streams, in milliseconds.
    pub retry_ms: u64,
    /// Largest request body, in bytes.
    pub max_body: u64,
    /// What web pages may send and read beyond the protocol's own headers.
    pub cors: Cors,
}

/// What web pages may send and read beyond the protocol's own headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// Headers of requests.
    pub allow_headers: Vec<String>,
    /// Headers of responses.
    pub expose_headers: Vec<String>,
    /// `Access-Control-Max-Age`, in seconds.
    pub max_age_s: u32,
}

/// How a handler uses the state, and so its `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// No `self`: runs anywhere.
    None,
    /// `&self`: a committed snapshot.
    Read,
    /// `&mut self`: one at a time, committed on `Ok`.
    Write,
}

/// `[tools.*]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Name on the wire.
    pub name: String,
    /// Name of the handler, a legal Rust identifier (a raw one, `r#type`, keeps its prefix here), unique among all handlers.
    pub method: String,
    /// Name for people.
    pub title: Option<String>,
    /// What a model reads.
    pub description: String,
    /// The arguments.
    pub input: Input,
    /// What the handler returns.
    pub output: Output,
    /// How it uses the state.
    pub access: Access,
    /// Whether the handler is given a `call`.
    pub interactive: bool,
    /// Who answers it.
    pub body: ToolBody,
    /// What the user is asked before it runs.
    pub confirm: Option<String>,
    /// Whether it may run as a task.
    pub task: Task,
    /// The handle that it takes, beside its own arguments: a name of [`Model::handles`].
    pub handle: Option<String>,
    /// Who may use it.
    pub permission: Permission,
    /// What it was called before: no tool's name, and no other tool's alias.
    pub aliases: Vec<String>,
    /// That it goes away.
    pub deprecated: Option<Deprecated>,
    /// Hints for clients.
    pub annotations: Annotations,
    /// `icons`.
    pub icons: Vec<Icon>,
    /// `_meta`, keys as the specification names them.
    pub meta: Map<String, Value>,
}

impl Tool {
    /// Whether a handler answers it, and not the runtime.
    pub fn has_handler(&self) -> bool {
        self.body == ToolBody::Handler
    }
}

/// Who answers a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolBody {
    /// A Rust handler.
    Handler,
    /// The runtime: makes a handle, of the name in [`Tool::handle`].
    Create,
    /// The runtime: takes that handle away.
    Close,
}

/// Whether a tool may run as a task of the extension `io.modelcontextprotocol/tasks`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// It is answered as it is called.
    #[default]
    Never,
    /// A client that knows tasks may have it run as one.
    Optional,
    /// It becomes one when its handler says so, for a client that knows tasks.
    Deferred,
    /// It runs as one, and is refused to a client that knows no tasks.
    Required,
}

/// A tool's arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// `params.*`: a Rust struct.
    Fields(Vec<Field>),
    /// `input_schema = "file"`: sent byte for byte (the text of the file, trimmed); the handler gets a JSON value.
    Schema {
        /// As declared.
        path: String,
        /// The file's text. A JSON object with `"type": "object"`.
        text: String,
    },
}

/// What a tool answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Nothing declared: the handler returns a `String`, one text content.
    Text,
    /// `output = "content"`: the handler returns a `ToolResult` of any content.
    Content,
    /// `output = "Order"`: a named type, as structured content with an output schema.
    Named(String),
    /// `output.*`: fields of a struct of the tool's own, as structured content with an output schema.
    Fields(Vec<Field>),
}

/// `ToolAnnotations`; `None` is left to the specification's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// `readOnlyHint`.
    pub read_only: Option<bool>,
    /// `destructiveHint`.
    pub destructive: Option<bool>,
    /// `idempotentHint`.
    pub idempotent: Option<bool>,
    /// `openWorldHint`.
    pub open_world: Option<bool>,
}

/// `[resources."uri"]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// URI, or URI template of RFC 6570 level 1.
    pub uri: Uri,
    /// `name` on the wire: declared, or made from the URI.
    pub name: String,
    /// Name of the handler when `body` is [`ResourceBody::Handler`]; unique among all handlers.
    pub method: String,
    /// Name for people.
    pub title: Option<String>,
    /// What a model reads.
    pub description: Option<String>,
    /// `mimeType`: declared, or by the kind of body.
    pub mime: Option<String>,
    /// Variables of the template, in its order; strings, enums, integers, with descriptions. Empty for a plain URI.
    pub params: Vec<Field>,
    /// Where its text comes from.
    pub body: ResourceBody,
    /// How it uses the state: `Read` for a field and a query, as declared for a handler.
    pub access: Access,
    /// Whether the handler is given a `call`. Only with [`ResourceBody::Handler`].
    pub interactive: bool,
    /// Whether the handler returns contents of any kind, and not a text. Only with [`ResourceBody::Handler`].
    pub content: bool,
    /// Whether clients may subscribe to it.
    pub subscribe: bool,
    /// Who may use it.
    pub permission: Permission,
    /// `size`, in bytes. `None` for a template.
    pub size: Option<u64>,
    /// Hints for clients.
    pub annotations: ResourceAnnotations,
    /// `icons`.
    pub icons: Vec<Icon>,
    /// `_meta`, keys as the specification names them.
    pub meta: Map<String, Value>,
}

/// `Annotations` of a resource; `None` is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceAnnotations {
    /// `audience`: `user`, `assistant`.
    pub audience: Option<Vec<String>>,
    /// `priority`, 0 to 1.
    pub priority: Option<f64>,
    /// `lastModified`, a date-time.
    pub last_modified: Option<String>,
}

/// A URI or a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// A plain URI: `resources/list`.
    Plain(String),
    /// `orders://{id}`: `resources/templates/list`.
    Template(String),
}

impl Uri {
    /// As declared.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Plain(uri) | Self::Template(uri) => uri,
        }
    }
}

/// Where a resource's contents come from.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceBody {
    /// `text = "…"` or `file = "…"`: known at build time.
    Text(String),
    /// `file = "…"` that is not UTF-8: known at build time, sent as a blob.
    Blob(Vec<u8>),
    /// `field = "counter"`: that field of the state; strings as text, everything else as JSON.
    Field(String),
    /// `query = "SELECT …"`: the rows, as a JSON array of objects. The variables of the URI stand in it as `?1`, `?2` and so on, in the order
    /// of [`Resource::params`].
    Query(String),
    /// A Rust handler.
    Handler,
}

/// `[prompts.*]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// Name on the wire.
    pub name: String,
    /// Name of the handler when `body` is [`PromptBody::Handler`]; unique among all handlers.
    pub method: String,
    /// Name for people.
    pub title: Option<String>,
    /// What people read.
    pub description: Option<String>,
    /// Arguments: strings and enums, as the specification has strings only.
    pub params: Vec<Field>,
    /// Where its messages come from.
    pub body: PromptBody,
    /// How it uses the state: `Read` when the template has a `state.` hole, as declared for a handler.
    pub access: Access,
    /// Whether the handler is given a `call`. Only with [`PromptBody::Handler`].
    pub interactive: bool,
    /// Whether the handler returns messages of any kind, and not the text of one. Only with [`PromptBody::Handler`].
    pub content: bool,
    /// Who may use it.
    pub permission: Permission,
    /// `icons`.
    pub icons: Vec<Icon>,
    /// `_meta`, keys as the specification names them.
    pub meta: Map<String, Value>,
}

/// Where a prompt's messages come from.
#[derive(Clone, Debug, PartialEq)]
pub enum PromptBody {
    /// `template = "…"` or `file = "…"`: one user message.
    Template(Vec<Piece>),
    /// A Rust handler.
    Handler,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As written.
    Text(String),
    /// `{{ name }}`: a declared param.
    Param(String),
    /// `{{ state.x }}`: a declared field of the state; strings as text, everything else as JSON.
    State(String),
}

/// `[deploy]`: only what the declaration must know.
#[derive(Clone, Debug, PartialEq)]
pub struct Deploy {
    /// `compatibility_date`, `YYYY-MM-DD`.
    pub compatibility_date: String,
    /// Custom domains.
    pub routes: Vec<String>,
    /// Plain variables.
    pub vars: Vec<(String, String)>,
    /// `panic`.
    pub panic: Panic,
}

/// What a panic ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panic {
    /// The wasm instance, with all that runs in it.
    Abort,
    /// Its own call.
    Unwind,
}
