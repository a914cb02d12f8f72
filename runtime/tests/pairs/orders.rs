//! An agent with what the counter does not have: a question before a tool, a task, headers, icons, pages, limits of the state.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::Value;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/orders.toml")]
    pub struct Orders;

    impl orders::Handlers for Orders {
        async fn cancel(&mut self, _cx: &Cx, p: orders::CancelParams) -> Result<String> {
            self.open.retain(|open| *open != p.id);
            Ok(self.open.join(","))
        }

        async fn route(_cx: &Cx, p: orders::RouteParams) -> Result<String> {
            Ok(format!("{} {}", p.region, p.shard))
        }

        async fn bill(&self, _cx: &Cx, p: orders::BillParams) -> Result<String> {
            Ok((p.amounts.iter().sum::<f64>() * self.rate).to_string())
        }

        async fn order(_cx: &Cx, call: &Call) -> Result<String> {
            call.progress(1.0, Some(1.0), Some("done"));
            Ok("ordered".into())
        }

        async fn pack(_cx: &Cx, p: orders::PackParams) -> Result<String> {
            Ok(p.what.unwrap_or(Value::Null).to_string())
        }

        async fn sum_up(&self, _cx: &Cx, p: orders::SumUpParams) -> Result<String> {
            Ok(format!("{} {} {}", p.tone, self.open.len(), self.closed))
        }

        fn migrate(_from: u32, old: Value) -> Result<Value> {
            Ok(old)
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "orders",
        version = "2.1.0",
        title = "Orders",
        website = "https://example.com/orders",
        page_size = 3,
        cache = "1m",
        icons = [{ src = "https://example.com/icon.png", mime = "image/png", sizes = ["48x48"], theme = "dark" }],
        transport(sse = false, hosts = ["orders.example.com"]),
        state(version = 2, max_bytes = "8KiB")
    )]
    #[derive(Clone, Debug)]
    #[allow(missing_docs)]
    pub struct Orders {
        #[state(default = ["a", "b"])]
        open: Vec<String>,
        #[state(default = 0.5, minimum = 0, maximum = 1)]
        rate: f64,
        #[state(default = false)]
        closed: bool,
    }

    #[mcp_agent]
    impl Orders {
        #[migrate]
        fn newer(old: Value) -> Value {
            old
        }

        /// Cancels an order.
        #[tool(
            confirm = "Cancel {id}? This cannot be undone.",
            annotations(destructive),
            aliases = ["annul"]
        )]
        fn cancel(
            &mut self,
            /// Which.
            id: String,
        ) -> String {
            self.open.retain(|open| *open != id);
            self.open.join(",")
        }

        /// Says where it went.
        #[tool(meta("com.example/group" = "routing"))]
        fn route(
            #[param(header = "Region")] region: &str,
            #[param(header = "Shard")] shard: u16,
        ) -> String {
            format!("{region} {shard}")
        }

        /// Bills.
        #[tool(task = "optional")]
        fn bill(&self, #[param(min_items = 1)] amounts: Vec<f64>) -> f64 {
            amounts.iter().sum::<f64>() * self.rate
        }

        /// Asks for the size.
        #[tool]
        async fn order(call: &Call) -> &'static str {
            call.progress(1.0, Some(1.0), Some("done"));
            "ordered"
        }

        /// Packs anything.
        #[tool(icons = [{ src = "https://example.com/pack.svg" }])]
        fn pack(what: Option<Value>) -> String {
            what.unwrap_or(Value::Null).to_string()
        }

        /// Sums up.
        #[prompt]
        fn sum_up(
            &self,
            #[param(enum = ["short", "full"], default = "short")] tone: String,
        ) -> String {
            format!("{tone} {} {}", self.open.len(), self.closed)
        }
    }
}
