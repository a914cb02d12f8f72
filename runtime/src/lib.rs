//! MCP servers on Cloudflare Workers, from one declaration.
//!
//! Declare tools, resources, prompts and state in `mcp.toml`, name the file on a struct, and write the handlers:
//!
//! ```ignore
//! use mcp_agent::prelude::*;
//!
//! #[mcp_agent(config = "mcp.toml")]
//! pub struct Counter;
//!
//! impl counter::Handlers for Counter {
//!     async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
//!         self.counter += p.a;
//!         Ok(format!("now {}", self.counter))
//!     }
//! }
//! ```
//!
//! The signature says where a handler runs. Without `self` it runs in the Worker that the client reached. With `&self` it runs where
//! the state is, on a committed snapshot. With `&mut self` it runs there too, one at a time, on a copy that is committed when it
//! returns `Ok` and dropped when it fails.

mod agent;
mod arguments;
mod call;
mod complete;
mod cx;
mod drive;
mod elicit;
mod error;
mod handle;
mod host;
mod limit;
mod media;
mod object;
mod once;
mod output;
mod part;
mod play;
mod results;
mod rounds;
mod schema;
mod state;

pub use call::{Call, Elicited, Root, Sampled, Sampling};
pub use complete::CompleteParams;
pub use cx::Cx;
pub use elicit::Elicit;
pub use error::{Error, Result};
#[cfg(not(target_arch = "wasm32"))]
pub use host::memory;
#[cfg(not(target_arch = "wasm32"))]
pub use host::stdio;
pub use mcp_agent_macros::mcp_agent;
pub use mcp_agent_protocol::{
    Annotated, Annotations, ClientCaps, Content, Icon, Level, List, PromptMessage, PromptResult,
    ResourceContents, ResourceLink, Role, Theme, ToolResult, Trace,
};
pub use media::{Audio, Image, Text};
pub use results::Json;
pub use serde_json;
/// Wait for several futures side by side. Questions that are asked so go to the client together, in one round.
pub use tokio::{join, try_join};
/// The `worker` crate of the version that this runtime is built on: bindings, fetch, time.
pub use worker;

/// A Worker has no standard streams; `src/main.rs` of a project compiles for one all the same.
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod stdio {
    /// Does nothing.
    pub fn main<A: crate::__rt1::Agent>() -> std::process::ExitCode {
        std::process::ExitCode::FAILURE
    }
}

/// What a handler file needs: `use mcp_agent::prelude::*;`.
pub mod prelude {
    pub use crate::Json;
    pub use crate::{
        Annotations, Call, ClientCaps, CompleteParams, Content, Cx, Elicit, Elicited, Error, Level,
        List, PromptMessage, PromptResult, ResourceContents, ResourceLink, Result, Role, Root,
        Sampled, Sampling, ToolResult, join, mcp_agent, try_join,
    };
}

/// The contract between what `#[mcp_agent]` emits and this crate. Not for people: it changes in any release, which is why the macro
/// is pinned to the runtime's exact version.
#[doc(hidden)]
pub mod __rt1;
