//! A sans-IO engine of the server side of the Model Context Protocol.
//!
//! A host gives [`Engine::handle`] a request as plain strings, the time, and a source of randomness, and does what the
//! [`Output`] says: send a reply, call a handler and pass its answer to [`Engine::answer`], open a stream, or ask another object.
//! Nothing here waits, reads a clock or opens a socket, so all of it can be tested in virtual time.
//!
//! ```
//! use mcp_agent_protocol::{Answer, Catalog, Engine, Headers, HttpRequest, Keys, Output, Policy, ToolResult, Who};
//!
//! const CATALOG: Catalog = Catalog {
//!     server: r#"{"name":"empty","version":"1.0.0"}"#,
//!     instructions: None,
//!     cache_ms: 0,
//!     ..Catalog::EMPTY
//! };
//! const POLICY: Policy = Policy {
//!     http: "/mcp",
//!     sse: None,
//!     ..Policy::DEFAULT
//! };
//! let engine = Engine::new(CATALOG, POLICY);
//! let headers = Headers { host: Some("localhost"), content_type: Some("application/json"), ..Headers::default() };
//! let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
//! let request = HttpRequest { method: "POST", path: "/mcp", query: "", headers, body, who: Who::Anyone };
//! let keys = Keys::new([7; 32], Vec::new()); // a host draws them
//! let mut entropy = |out: &mut [u8]| out.fill(4); // and has better ones than this
//! match engine.handle(&request, Some(&keys), 0, &mut entropy) {
//!     Output::Reply(reply) => assert_eq!(reply.status, 400), // there is no session yet
//!     Output::Call(call) => _ = engine.answer(&call.head, Ok(Answer::Tool(ToolResult::text("done")))),
//!     other => unreachable!("{other:?}"),
//! }
//! ```
//!
//! What was chosen where the specification is silent is in `docs/protocol.md`.

mod again;
mod answer;
mod auth;
mod batch;
mod beside;
mod blocks;
mod call;
mod capabilities;
mod catalog;
mod client;
mod content;
mod cursor;
mod engine;
mod error;
mod given;
mod guard;
mod head;
mod headers;
mod home;
mod http;
mod index;
mod jsonrpc;
mod list;
mod listen;
mod methods;
mod order;
mod parts;
mod policy;
mod principal;
mod project;
mod respond;
mod rounds;
mod route;
pub mod schema;
mod session;
mod sse;
mod stateless;
pub mod statement;
mod streamable;
mod tasks;
mod ticket;
mod token;
mod trace;
mod uri_template;
mod version;
mod wire;

pub use answer::{Answer, PromptMessage, PromptResult, Role, ToolResult};
pub use auth::{Access, AuthPolicy, AuthRole, Bound, RoleTest};
pub use batch::{Batch, Part};
pub use call::{Call, CallHead, Framing, Route, Target, TargetKind};
pub use catalog::{
    Alias, Catalog, Completion, CompletionSource, Handle, Item, ParamHeader, Place, ResourceItem,
    Scope, TaskSupport,
};
pub use client::ClientCaps;
pub use content::{Annotated, Annotations, Content, Icon, ResourceContents, ResourceLink, Theme};
pub use engine::{Engine, Output};
pub use error::RpcError;
pub use head::Head;
pub use home::NeedKeys;
pub use http::{ContentKind, Headers, HttpRequest, Reply};
pub use listen::{Change, List, Listener};
pub use methods::HUB;
pub use policy::{Cors, Policy};
pub use principal::{Principal, Who};
pub use rounds::{Round, event, notebook};
pub use session::{
    Answered, Begin, Emission, Join, Journal, Level, Rows, RowsError, Session, SessionHead,
    SessionHost, SessionOutput, Want,
};
pub use sse::{OpenSse, SseSession};
pub use tasks::{NewTask, TaskAct, TaskAsk, TaskOutput, TaskRecord, TaskRequest};
pub use ticket::Ticket;
pub use token::{Entropy, Keys};
pub use trace::Trace;
pub use version::Version;
