use mcp_agent::Json;
use mcp_agent::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// So much of one product.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    sku: String,
    #[schemars(range(min = 1))]
    count: u8,
    note: Option<String>,
}

/// What was ordered.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    id: u32,
    lines: Vec<Line>,
    way: Way,
}

/// How it is sent.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    Post,
    Ship,
}

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    orders: Vec<Order>,
    #[state(default = "post")]
    usual: Way,
}

#[mcp_agent]
impl Shop {
    /// Orders something.
    #[tool]
    fn order(&mut self, #[param] line: Line, way: Option<Way>) -> Result<Json<Order>, &'static str> {
        let way = way.unwrap_or(self.usual);
        let id = self.orders.len() as u32;
        self.orders.push(Order { id, lines: vec![line], way });
        self.orders.last().cloned().map(Json).ok_or("none")
    }

    /// Orders again.
    #[tool]
    fn again(&mut self, order: Order) -> usize {
        self.orders.push(order);
        self.orders.len()
    }
}
