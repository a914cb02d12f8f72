//! Helping to choose: a tool that asks the user, and a prompt.

use crate::{Kind, Shop};
use mcp_agent::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// The form that a client shows.
#[derive(Deserialize, JsonSchema)]
pub struct Taste {
    /// What you like to drink
    kind: Kind,
    /// How many cents it may cost
    #[schemars(range(min = 1))]
    budget: u32,
}

#[mcp_agent(part = "advice")]
impl Shop {
    /// Ask the user what they like, and recommend a product.
    #[tool(title = "Advise", annotations(read_only, open_world = false))]
    async fn advise(&self, call: &Call) -> Result<String> {
        let taste: Taste = call.elicit("taste", "What would you like?").await?;
        let fitting = self.products.iter();
        let fitting = fitting.filter(|it| it.kind == taste.kind && it.price <= taste.budget);
        let best = fitting.max_by_key(|it| it.price);
        let best = best.ok_or_else(|| Error::tool("nothing of that kind costs so little"))?;
        Ok(format!("{}, SKU {}", best.name, best.sku))
    }

    /// Ask for a text that sells a product.
    #[prompt(title = "Describe a product")]
    fn describe(
        &self,
        /// Its SKU
        sku: &str,
        /// How it should sound
        #[param(enum = ["plain", "poetic"], default = "plain")]
        tone: &str,
    ) -> Result<String> {
        let product = self.product(sku)?;
        Ok(format!(
            "Describe {} for our catalog, in {tone} words.",
            product.name
        ))
    }

    #[complete(describe.sku)]
    fn known_skus(&self, typed: &str) -> Vec<&str> {
        let skus = self.products.iter().map(|it| it.sku.as_str());
        skus.filter(|it| it.starts_with(typed)).collect()
    }
}
