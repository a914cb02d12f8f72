//! The same agent, declared in a file and in Rust, with types of its own.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/shop.toml")]
    pub struct Shop;

    impl shop::Handlers for Shop {
        async fn order(&mut self, _cx: &Cx, p: shop::OrderParams) -> Result<shop::Order> {
            let order = shop::Order {
                id: self.orders.len() as i64,
                total: p.lines.iter().map(|it| it.count as f64).sum(),
                lines: p.lines,
            };
            if p.express == Some(true) {
                return Err(Error::tool("nothing is fast here"));
            }
            self.orders.push(order.clone());
            Ok(order)
        }

        async fn add(&self, _cx: &Cx, p: shop::AddParams) -> Result<String> {
            let other = p.other.map_or(0, |it| it.count);
            let all = p.line.count * p.times + other + self.best.count;
            Ok(format!("{all} {} {}", p.line.item, p.speed))
        }

        async fn stock(&self, _cx: &Cx, p: shop::StockParams) -> Result<shop::Stock> {
            Ok(shop::Stock {
                item: p.item,
                left: 7 - self.orders.len() as i64,
            })
        }

        async fn first(&self, _cx: &Cx) -> Result<shop::Order> {
            let first = self.orders.first().cloned();
            first.ok_or_else(|| Error::tool("no order yet"))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;
    use mcp_agent::Json;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use std::fmt;

    /// So much of something.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Line {
        #[serde(default = "one")]
        #[schemars(range(min = 1))]
        count: u8,
        /// What it is.
        item: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    fn one() -> u8 {
        1
    }

    #[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Order {
        id: u32,
        lines: Vec<Line>,
        total: f64,
    }

    #[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Stock {
        item: String,
        left: i64,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    pub enum Speed {
        Slow,
        Fast,
    }

    impl fmt::Display for Speed {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                Self::Slow => "slow",
                Self::Fast => "fast",
            })
        }
    }

    /// All that the tool `stock` is given.
    #[derive(Deserialize, JsonSchema)]
    pub struct What {
        item: String,
    }

    #[mcp_agent(name = "shop", version = "1.0.0")]
    pub struct Shop {
        orders: Vec<Order>,
        last: Option<Stock>,
        #[state(default = { count = 3, item = "tea" })]
        best: Line,
    }

    #[mcp_agent]
    impl Shop {
        /// Order something.
        #[tool(aliases = ["buy"])]
        fn order(
            &mut self,
            express: Option<bool>,
            /// What to order.
            lines: Vec<Line>,
        ) -> Result<Json<Order>> {
            let order = Order {
                id: self.orders.len() as u32,
                total: lines.iter().map(|it| f64::from(it.count)).sum(),
                lines,
            };
            if express == Some(true) {
                return Err(Error::tool("nothing is fast here"));
            }
            self.orders.push(order.clone());
            Ok(Json(order))
        }

        /// One argument of several.
        #[tool]
        fn add(
            &self,
            /// What to add.
            line: Line,
            #[param(default = "slow")] speed: Speed,
            #[param(default = 1)] times: u8,
            other: Option<Line>,
        ) -> String {
            let other = other.map_or(0, |it| it.count);
            let all = line.count * times + other + self.best.count;
            format!("{all} {} {speed}", line.item)
        }

        /// What is left.
        #[tool]
        fn stock(&self, what: What) -> Json<Stock> {
            Json(Stock {
                item: what.item,
                left: 7 - self.orders.len() as i64,
            })
        }

        /// The first order.
        #[tool(deprecated(since = "1.0.0", use = "order"))]
        async fn first(&self) -> Result<Json<Order>, &'static str> {
            let first = self.orders.first().cloned();
            first.map(Json).ok_or("no order yet")
        }
    }
}
