//! A counter that every client shares and that survives restarts, declared in Rust.

use mcp_agent::prelude::*;

/// A counter that lasts.
#[mcp_agent(
    name = "counter-rust",
    title = "Counter",
    version = "1.0.0",
    instructions = "Use `add` to change the counter; read `counter://value` to see it."
)]
pub struct Counter {
    /// What the counter stands at
    #[state(default = 1)]
    counter: i64,
}

#[mcp_agent]
impl Counter {
    /// Add to the counter, stored in the agent.
    #[tool(title = "Add")]
    async fn add(
        &mut self,
        /// How much to add
        #[param(minimum = -1000000, maximum = 1000000)]
        a: i64,
    ) -> Result<String> {
        // On an error nothing is committed, so the counter keeps what it stood at.
        self.counter = self
            .counter
            .checked_add(a)
            .ok_or_else(|| Error::tool("the counter cannot go any further"))?;
        Ok(format!("now {}", self.counter))
    }

    /// What the counter stands at.
    #[tool(title = "Value", annotations(read_only, open_world = false))]
    fn value(&self) -> i64 {
        self.counter
    }

    /// Greet somebody, without touching the counter.
    #[tool(
        title = "Greet",
        annotations(read_only, idempotent, open_world = false)
    )]
    fn greet(
        /// Whom to greet
        #[param(min_length = 1, max_length = 100)]
        name: &str,
        /// How to say it
        #[param(enum = ["plain", "warm"], default = "plain")]
        style: &str,
    ) -> String {
        match style {
            "warm" => format!("How good to see you, {name}!"),
            _ => format!("Hello, {name}."),
        }
    }

    /// The counter's value.
    #[resource("counter://value", title = "The counter")]
    fn shown(&self) -> String {
        self.counter.to_string()
    }

    /// Asks for a report.
    #[prompt(title = "Report")]
    fn report(
        &self,
        /// How long it should be
        #[param(enum = ["short", "full"], default = "short")]
        tone: &str,
    ) -> String {
        format!(
            "The counter stands at {}. Write a {tone} report about it.",
            self.counter
        )
    }
}
