//! How an agent that Rust declares is put together: the struct and its impl block, each expanded on its own, meet in these traits.

use crate::agent::Table;
use crate::schema::Late;
use mcp_agent_protocol::{Completion, Item, ResourceItem};
use serde::de::DeserializeOwned;

/// Handlers, which `#[mcp_agent]` makes of an impl block.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no handlers",
    label = "no `#[mcp_agent] impl {Self}`",
    note = "write `#[mcp_agent]` on the impl block with its `#[tool]`, `#[resource(…)]` and `#[prompt]` methods"
)]
pub trait Part: Sized + 'static {
    /// What the block declares, as TOML.
    const DECLARATION: &'static str;
    /// Tools.
    const TOOLS: &'static [Item];
    /// Resources, templates among them.
    const RESOURCES: &'static [ResourceItem];
    /// Prompts.
    const PROMPTS: &'static [Item];
    /// What can be completed of them.
    const COMPLETIONS: &'static [Completion];
    /// Tools whose schemas are of types of the user's.
    const LATE: &'static [Late];
    /// Their handlers, each list in the order of the one above.
    const TABLE: Table<Self>;
}

/// A struct that `#[mcp_agent]` stands on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an agent",
    label = "`#[mcp_agent(name = \"…\", version = \"…\")]` is missing on this struct",
    note = "the struct says what the server is, the impl block what it does"
)]
pub trait Declared {}

/// An agent that keeps a state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps no state, so its handlers have no `self`",
    label = "leave `self` out, or give the struct a field",
    note = "a field is a part of the state: `#[state(default = 0)] count: i64`"
)]
pub trait Stateful {}

/// Compiles where the struct is an agent.
pub const fn needs_struct<A: Declared>() {}

/// Compiles where the struct keeps a state.
pub const fn needs_state<A: Stateful>() {}

/// A declared default.
///
/// # Panics
/// When it does not fit. What a macro knows has been refused where it was declared; of a type of the user's, `mcp-gen check` finds it.
#[allow(clippy::panic)]
pub fn declared<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| {
        panic!("the declared default `{json}` does not fit its type: {error}")
    })
}
