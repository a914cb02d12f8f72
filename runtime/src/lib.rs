//! MCP servers on Cloudflare Workers, from one declaration.
//!
//! Declare tools, resources, prompts and state in `mcp.toml`, name the file on a struct, and write the handlers; or declare them in Rust, by
//! attributes on the struct and its methods. [`mcp_agent`] has examples of both.
//!
//! The signature says where a handler runs. Without `self` it runs in the Worker that the client reached. With `&self` it runs where
//! the state is, on a committed snapshot. With `&mut self` it runs there too, one at a time, on a copy that is committed when it
//! returns `Ok` and dropped when it fails.

mod agent;
mod arguments;
mod auth;
mod call;
mod complete;
mod cx;
mod drive;
mod elicit;
mod error;
mod event;
mod handle;
mod host;
mod limit;
mod media;
mod object;
mod once;
mod output;
mod part;
mod play;
mod request;
mod results;
mod rounds;
mod schedule;
mod schema;
mod sql;
mod state;
mod sync;
mod turn;
mod unwind;
mod websocket;
mod work;

pub use auth::{Auth, Upstream};
pub use call::{Call, Elicited, Root, Sampled, Sampling};
pub use complete::CompleteParams;
pub use cx::Cx;
pub use elicit::Elicit;
pub use error::{Error, Result};
#[cfg(not(target_arch = "wasm32"))]
pub use host::memory;
#[cfg(not(target_arch = "wasm32"))]
pub use host::stdio;
/// # With a file
///
/// ```
/// use mcp_agent::prelude::*;
///
/// #[mcp_agent(config = "tests/ui/counter.toml")]
/// pub struct Counter;
///
/// impl counter::Handlers for Counter {
///     async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
///         self.counter += p.a;
///         Ok(format!("now {}", self.counter))
///     }
/// }
/// # fn main() {}
/// ```
///
/// # Without one
///
/// On the struct stand the keys of `[server]` and the tables `state(…)`, `transport(…)`, `deploy(…)`; `config = "worker.toml"` names a file
/// with more of them; `parts("main", "orders")` lists the impl blocks, where there are several. Its fields are the state, with
/// `#[state(default = …)]` for what they begin as.
///
/// ```
/// use mcp_agent::prelude::*;
///
/// /// Remembers numbers.
/// #[mcp_agent(name = "numbers", version = "1.0.0", transport(sse = false))]
/// pub struct Numbers {
///     /// All of them.
///     #[state(default = [])]
///     all: Vec<i64>,
/// }
///
/// #[mcp_agent]
/// impl Numbers {
///     /// Remember a number.
///     #[tool(title = "Remember", annotations(destructive = false))]
///     fn remember(
///         &mut self,
///         /// Which one.
///         #[param(minimum = 0)]
///         number: i64,
///     ) -> String {
///         self.all.push(number);
///         format!("{} numbers", self.all.len())
///     }
/// }
/// # fn main() {}
/// ```
///
/// ## `#[tool]`
///
/// A tool, with the keys of `[tools.*]`: `name`, `title`, `description`, `confirm`, `task`, `annotations(…)`, `icons`, `meta`. Arguments are its params, or
/// one struct has them all; `Json<T>` is structured content.
///
/// ```
/// use mcp_agent::prelude::*;
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct Query {
///     /// A part of the name.
///     text: String,
///     limit: Option<u8>,
/// }
///
/// #[derive(serde::Serialize, schemars::JsonSchema)]
/// struct Found {
///     names: Vec<String>,
/// }
///
/// #[mcp_agent(name = "names", version = "1.0.0")]
/// pub struct Names;
///
/// #[mcp_agent]
/// impl Names {
///     /// Find names.
///     #[tool(annotations(read_only))]
///     fn find(query: Query) -> Result<Json<Found>> {
///         let names = ["Ada", "Grace"].into_iter().filter(|it| it.contains(&query.text));
///         let names = names.take(query.limit.unwrap_or(10).into());
///         Ok(Json(Found { names: names.map(str::to_owned).collect() }))
///     }
/// }
/// # fn main() {}
/// ```
///
/// ## `#[resource("…")]`, `#[prompt]`, `#[complete(…)]` and `#[param(…)]`
///
/// A resource begins with its URI, whose variables are arguments of the method. `#[complete(report.city)]` completes an argument of a prompt or of
/// a URI; an `enum` completes itself. `#[param(…)]` has the keys of a member.
///
/// ```
/// use mcp_agent::prelude::*;
///
/// #[mcp_agent(name = "weather", version = "1.0.0")]
/// pub struct Weather;
///
/// #[mcp_agent]
/// impl Weather {
///     /// What the weather is.
///     #[resource("weather://{city}", mime = "text/plain")]
///     fn weather(city: &str) -> String {
///         format!("fine in {city}")
///     }
///
///     /// Ask for a report.
///     #[prompt(title = "Report")]
///     fn report(
///         /// Of which city.
///         city: &str,
///         #[param(enum = ["short", "full"], default = "short")] tone: &str,
///     ) -> String {
///         format!("Write a {tone} report of the weather in {city}.")
///     }
///
///     #[complete(report.city)]
///     fn cities(typed: &str) -> Vec<&'static str> {
///         ["Bern", "Bonn"].into_iter().filter(|it| it.starts_with(typed)).collect()
///     }
/// }
/// # fn main() {}
/// ```
///
/// ## What happens beside MCP
///
/// `#[schedule]` methods run later, by `cron` or when a handler says so ([`Cx::schedule`]); `#[on_state_update]` hears of every change after its commit;
/// `#[migrate]` makes a state of an older `version` one of this; `#[on_connect]`, `#[on_message]`, `#[on_close]` and `#[on_error]` are of WebSockets at the path of
/// `websocket(path = "…")`; `#[on_request("/hooks/*")]` answers plain HTTP.
///
/// ```
/// use mcp_agent::prelude::*;
/// use std::time::Duration;
///
/// #[mcp_agent(name = "orders", version = "1.0.0", websocket(path = "/live"))]
/// pub struct Orders {
///     #[state(default = [])]
///     open: Vec<String>,
/// }
///
/// #[mcp_agent]
/// impl Orders {
///     /// Take an order.
///     #[tool]
///     fn order(&mut self, cx: &Cx, what: String) -> Result<String> {
///         let id = cx.schedule(Duration::from_secs(3600), "ship", &what)?;
///         self.open.push(what);
///         Ok(id)
///     }
///
///     #[schedule(attempts = 3)]
///     fn ship(&mut self, due: Due) -> Result<()> {
///         let what: String = due.payload()?;
///         self.open.retain(|open| *open != what);
///         Ok(())
///     }
///
///     #[on_state_update]
///     fn tell(&self, cx: &Cx, old: &Self) -> Result<()> {
///         if old.open.len() > self.open.len() {
///             for socket in cx.sockets(None)? {
///                 socket.send("shipped")?;
///             }
///         }
///         Ok(())
///     }
///
///     #[on_message]
///     fn ask(&self, socket: &Socket) -> Result<()> {
///         socket.send(self.open.join(", "))
///     }
/// }
/// # fn main() {}
/// ```
pub use mcp_agent_macros::mcp_agent;
pub use mcp_agent_protocol::{
    Annotated, Annotations, ClientCaps, Content, Icon, Level, List, PromptMessage, PromptResult,
    ResourceContents, ResourceLink, Role, Theme, ToolResult, Trace,
};
pub use media::{Audio, Image, Text};
pub use request::{Request, Response};
pub use results::Json;
pub use schedule::{Due, Scheduled, When};
pub use serde_json;
pub use sql::{Sql, SqlError, SqlValue, Tx};
/// Wait for several futures side by side. Questions that are asked so go to the client together, in one round.
pub use tokio::{join, try_join};
pub use websocket::{Closed, Connected, Failed, Message, Received, Socket};
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
        Annotations, Auth, Call, ClientCaps, CompleteParams, Content, Cx, Due, Elicit, Elicited,
        Error, Level, List, Message, PromptMessage, PromptResult, Request, ResourceContents,
        ResourceLink, Response, Result, Role, Root, Sampled, Sampling, Socket, ToolResult, join,
        mcp_agent, try_join,
    };
}

/// The contract between what `#[mcp_agent]` emits and this crate. Not for people: it changes in any release, which is why the macro
/// is pinned to the runtime's exact version.
#[doc(hidden)]
pub mod __rt1;
