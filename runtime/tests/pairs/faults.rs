//! The same agent, declared in a file and in Rust: what fails.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/faults.toml")]
    pub struct Faults;

    impl faults::Handlers for Faults {
        async fn tool(&mut self, _cx: &Cx) -> Result<String> {
            self.n = 0;
            Err(Error::tool("not today"))
        }

        async fn protocol(_cx: &Cx) -> Result<String> {
            Err(Error::invalid_params("not this"))
        }

        async fn same_word(_cx: &Cx) -> Result<String> {
            Ok(String::new())
        }

        async fn x(_cx: &Cx, p: faults::XParams) -> Result<String> {
            Err(Error::invalid_params(format!("no `{}`", p.y)))
        }

        async fn p(_cx: &Cx) -> Result<String> {
            Err(Error::invalid_params("no prompt"))
        }

        async fn value(&self, _cx: &Cx) -> Result<String> {
            Ok(self.n.to_string())
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(name = "faults", version = "1.0.0")]
    pub struct Faults {
        #[state(default = 5)]
        n: i64,
    }

    #[mcp_agent]
    impl Faults {
        /// A tool error, which changes nothing.
        #[tool]
        fn tool(&mut self) -> Result<(), &'static str> {
            self.n = 0;
            Err("not today")
        }

        /// A protocol error.
        #[tool]
        fn protocol() -> Result<String> {
            Err(Error::invalid_params("not this"))
        }

        /// A name that is no Rust name.
        #[tool(name = "same-word")]
        async fn other_word() -> String {
            String::new()
        }

        /// Fails.
        #[resource("faults://x/{y}")]
        fn x(y: &str) -> Result<String> {
            Err(Error::invalid_params(format!("no `{y}`")))
        }

        /// Fails.
        #[prompt]
        fn p() -> Result<String> {
            Err(Error::invalid_params("no prompt"))
        }

        /// What it is.
        #[tool]
        fn value(&self) -> i64 {
            self.n
        }
    }
}
