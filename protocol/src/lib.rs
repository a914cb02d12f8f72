//! A sans-IO engine of the server side of the Model Context Protocol.
//!
//! A host gives [`Engine::handle`] a request as plain strings, the time, and a source of randomness, and does what the
//! [`Output`] says: send a reply, call a handler and pass its answer to [`Engine::answer`], open a stream, or ask another object.
//! Nothing here waits, reads a clock or opens a socket, so all of it can be tested in virtual time.
//!
//! ```
//! use mcp_agent_protocol::{Answer, Catalog, Engine, Headers, HttpRequest, Keys, Output, Policy, ToolResult};
//!
//! const CATALOG: Catalog = Catalog {
//!     server: r#"{"name":"empty","version":"1.0.0"}"#,
//!     instructions: None,
//!     cache_ms: 0,
//!     scope: None,
//!     tools: &[],
//!     resources: &[],
//!     prompts: &[],
//! };
//! const POLICY: Policy = Policy {
//!     http: "/mcp",
//!     sse: None,
//!     hosts: &[],
//!     origins: &[],
//!     session_ttl_ms: 3_600_000,
//!     keepalive_ms: 25_000,
//!     max_body: 1 << 20,
//! };
//! let engine = Engine::new(CATALOG, POLICY);
//! let headers = Headers { host: Some("localhost"), content_type: Some("application/json"), ..Headers::default() };
//! let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
//! let request = HttpRequest { method: "POST", path: "/mcp", query: "", headers, body };
//! let keys = Keys::new([7; 32], Vec::new()); // a host draws them
//! let mut entropy = |out: &mut [u8]| out.fill(4); // and has better ones than this
//! match engine.handle(&request, Some(&keys), 0, &mut entropy) {
//!     Output::Reply(reply) => assert_eq!(reply.status, 400), // there is no session yet
//!     Output::Call(call) => _ = engine.answer(&call.head, Ok(Answer::Tool(ToolResult::text("done")))),
//!     other => unreachable!("{other:?}"),
//! }
//! ```
//!
//! # Where the specification is silent
//!
//! - Members that are there twice are refused: in a message, in `params`, and anywhere in arguments that are checked. Two readers
//!   of such a text need not agree on which one counts.
//! - Unknown members of messages and `params` are ignored. `params`, `arguments` and `cursor` may be `null`, which counts as absent.
//! - Half of a surrogate pair, a number out of range, a byte order mark, and nesting beyond 64 levels are refused.
//! - An `id` goes back as it was written, to the last digit; it has at most 1024 bytes.
//! - `Accept` may be absent, and `*/*` takes JSON. Who takes only `text/event-stream` gets the answer as the one event of a stream;
//!   who takes both gets JSON.
//! - `Content-Type` must be `application/json`; an absent one is refused, since that is what keeps browsers' unasked requests out.
//! - A response to a message that could not be read has no `id` where the client named a version that says so, else `null`.
//! - All lists are one page, so every cursor is an unknown one.
//! - A session speaks the version that its `initialize` negotiated, whichever supported one `MCP-Protocol-Version` names.
//! - Errors of a request have HTTP status 200 in versions with sessions, where the specification names no other.

mod answer;
mod call;
mod catalog;
mod client;
mod engine;
mod error;
mod http;
mod index;
mod jsonrpc;
mod list;
mod methods;
mod order;
mod policy;
mod respond;
mod route;
pub mod schema;
mod sse;
mod stateless;
mod streamable;
mod token;
mod uri_template;
mod version;
mod wire;

pub use answer::{
    Answer, Content, PromptMessage, PromptResult, ResourceContents, Role, ToolResult,
};
pub use call::{Call, CallHead, Framing, Route, Target, TargetKind};
pub use catalog::{Catalog, Item, Place, ResourceItem, Scope};
pub use client::ClientCaps;
pub use engine::{Engine, Output};
pub use error::RpcError;
pub use http::{ContentKind, Headers, HttpRequest, Reply};
pub use policy::Policy;
pub use sse::{OpenSse, SseSession};
pub use token::{Entropy, Keys};
pub use version::Version;
