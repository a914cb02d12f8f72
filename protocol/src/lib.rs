//! A sans-IO engine of the server side of the Model Context Protocol.
//!
//! A host gives [`Engine::handle`] a request as plain strings, the time, and a source of randomness, and does what the
//! [`Output`] says: send a reply, call a handler and pass its answer to [`Engine::answer`], open a stream, or ask another object.
//! Nothing here waits, reads a clock or opens a socket, so all of it can be tested in virtual time.

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
