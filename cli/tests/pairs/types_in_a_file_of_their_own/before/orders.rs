use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// So much of one product.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    pub sku: String,
    #[schemars(range(min = 1))]
    pub count: u8,
    pub note: Option<String>,
}

/// What was ordered.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    pub id: u32,
    pub lines: Vec<Line>,
    pub way: Way,
}

/// How it is sent.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    Post,
    Ship,
}
