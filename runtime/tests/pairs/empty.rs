//! The same agent, declared in a file and in Rust, with nothing in it.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/empty.toml")]
    pub struct Empty;

    impl empty::Handlers for Empty {}
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "empty",
        version = "1.0.0",
        instructions = "Nothing\nis here.",
        transport(sse = false, http = "/")
    )]
    pub struct Empty;

    #[mcp_agent]
    impl Empty {}
}
