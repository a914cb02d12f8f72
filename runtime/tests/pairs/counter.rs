//! The same agent, declared in a file and in Rust.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/counter.toml")]
    pub struct Counter;

    impl counter::Handlers for Counter {
        async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
            self.counter += p.a * p.times;
            Ok(format!("now {}", self.counter))
        }

        async fn value(&self, _cx: &Cx) -> Result<String> {
            Ok(self.counter.to_string())
        }

        async fn greet(_cx: &Cx, p: counter::GreetParams) -> Result<String> {
            let titles = p.titles.unwrap_or_default().join(" ");
            Ok(format!("{} {titles} {}", p.style, p.name))
        }

        async fn now_then(_cx: &Cx) -> Result<String> {
            Ok("now".into())
        }

        async fn fail(&mut self, _cx: &Cx) -> Result<String> {
            self.counter = 0;
            Err(Error::tool("the word is no"))
        }

        async fn shown(&self, _cx: &Cx) -> Result<String> {
            Ok(self.counter.to_string())
        }

        async fn plus(&self, _cx: &Cx, p: counter::PlusParams) -> Result<String> {
            let by: i64 = p.by.parse()?;
            Ok((self.counter + by).to_string())
        }

        async fn report(&self, _cx: &Cx, p: counter::ReportParams) -> Result<String> {
            let tone = p.tone.unwrap_or_else(|| "short".into());
            Ok(format!("Write a {tone} report about {}.", self.counter))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;
    use std::fmt;

    /// A counter that lasts.
    #[mcp_agent(
        name = "counter",
        title = "Counter",
        version = "1.0.0",
        instructions = "Use `add` to change the counter.",
        transport(keepalive = "20s"),
        state(scope = "server")
    )]
    pub struct Counter {
        /// What the counter stands at.
        #[state(default = 1)]
        counter: i64,
        note: Option<String>,
    }

    /// Fails with this.
    pub struct No;

    impl fmt::Display for No {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the word is no")
        }
    }

    #[mcp_agent]
    impl Counter {
        /// Add to the counter, stored in the agent.
        #[tool(title = "Add")]
        async fn add(
            &mut self,
            /// How much to add.
            #[param(minimum = -1000, maximum = 1000)]
            a: i64,
            #[param(default = 1)] times: u8,
        ) -> Result<String> {
            self.counter += a * i64::from(times);
            Ok(format!("now {}", self.counter))
        }

        /// What the counter stands at.
        #[tool(annotations(read_only, open_world = false))]
        fn value(&self) -> i64 {
            self.counter
        }

        /// Greet somebody,
        /// without touching the counter.
        #[tool(title = "Greet")]
        async fn greet(
            _cx: &Cx,
            /// Whom to greet.
            #[param(min_length = 1)]
            name: &str,
            #[param(enum = ["plain", "warm"], default = "plain")] style: String,
            titles: Option<Vec<String>>,
        ) -> String {
            let titles = titles.unwrap_or_default().join(" ");
            format!("{style} {titles} {name}")
        }

        /// Has a name that is no Rust name.
        #[tool(name = "now-then")]
        fn now() -> &'static str {
            Self::word()
        }

        /// Fails, with words of its own.
        #[tool]
        async fn fail(&mut self) -> Result<(), No> {
            self.counter = 0;
            Err(No)
        }

        /// The counter's value.
        #[resource("counter://value", title = "The counter")]
        fn shown(&self) -> String {
            self.counter.to_string()
        }

        /// What it would be.
        #[resource("counter://plus/{by}", mime = "text/plain")]
        fn plus(
            &self,
            #[param(pattern = "^[0-9]+$")] by: &str,
        ) -> Result<String, std::num::ParseIntError> {
            let by: i64 = by.parse()?;
            Ok((self.counter + by).to_string())
        }

        /// Asks for a report.
        #[prompt(title = "Report")]
        fn report(
            &self,
            /// How long it should be.
            tone: Option<String>,
        ) -> String {
            let tone = tone.unwrap_or_else(|| "short".into());
            format!("Write a {tone} report about {}.", self.counter)
        }

        fn word() -> &'static str {
            "now"
        }
    }
}
