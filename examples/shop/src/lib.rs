//! A shop, declared in Rust, whose tools lie in several modules.
//!
//! Here are the struct, which is the state, and what the modules share. `catalog` shows what there is, `orders` sells it, and `advice` helps
//! to choose.

mod advice;
mod catalog;
mod orders;

use mcp_agent::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sells tea and what belongs to it.
#[mcp_agent(
    name = "shop",
    title = "The tea shop",
    version = "1.0.0",
    instructions = "Look for products with `search`, then `order` them by their SKU.",
    // What no method answers: paths, lifetimes, the terms of the shop.
    config = "worker.toml",
    parts("catalog", "orders", "advice")
)]
pub struct Shop {
    /// What is sold.
    products: Vec<Product>,
    /// What was ordered, the oldest first.
    orders: Vec<Order>,
}

/// Something to buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Product {
    /// What it is ordered by.
    pub sku: String,
    pub name: String,
    pub kind: Kind,
    /// In cents.
    pub price: u32,
    /// How many are left.
    pub stock: u32,
}

/// What a product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Green,
    Black,
    Pot,
}

/// So much of one product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// The product's SKU.
    pub sku: String,
    #[schemars(range(min = 1, max = 100))]
    pub count: u32,
}

/// What somebody bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    pub id: u32,
    pub lines: Vec<Line>,
    /// In cents.
    pub total: u32,
    /// What is written on the card, for a gift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
}

impl Shop {
    /// The product of this SKU. Not a handler, so nobody calls it but the shop itself.
    fn product(&self, sku: &str) -> Result<&Product> {
        let found = self.products.iter().find(|it| it.sku == sku);
        found.ok_or_else(|| Error::tool(format!("there is no product `{sku}`")))
    }
}
