//! What there is to buy.

use crate::{Kind, Product, Shop};
use mcp_agent::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody looks for. All arguments of `search`: one struct instead of an argument each.
#[derive(Deserialize, JsonSchema)]
pub struct Query {
    /// A part of the name.
    #[serde(default)]
    text: String,
    /// Only products of this kind.
    kind: Option<Kind>,
    /// Cents at most.
    max_price: Option<u32>,
}

/// What was found.
#[derive(Serialize, JsonSchema)]
pub struct Found {
    products: Vec<Product>,
}

#[mcp_agent(part = "catalog")]
impl Shop {
    /// Search the catalog by name, kind and price.
    #[tool(title = "Search", annotations(read_only, open_world = false))]
    fn search(&self, query: Query) -> Json<Found> {
        let text = query.text.to_lowercase();
        let fits = |it: &&Product| {
            it.name.to_lowercase().contains(&text)
                && query.kind.is_none_or(|kind| it.kind == kind)
                && query.max_price.is_none_or(|price| it.price <= price)
        };
        Json(Found {
            products: self.products.iter().filter(fits).cloned().collect(),
        })
    }

    /// Put a product on the shelf, new or more of what is there.
    #[tool(title = "Restock", annotations(destructive = false))]
    fn restock(
        &mut self,
        /// The product, with how many are added as its stock.
        #[param]
        product: Product,
    ) -> String {
        let name = product.name.clone();
        let stock = match self.products.iter_mut().find(|it| it.sku == product.sku) {
            Some(known) => {
                known.stock += product.stock;
                known.stock
            }
            None => {
                let stock = product.stock;
                self.products.push(product);
                stock
            }
        };
        format!("{stock} of {name}")
    }

    /// One product, as JSON.
    #[resource(
        "shop://products/{sku}",
        title = "A product",
        mime = "application/json"
    )]
    fn show(&self, sku: &str) -> Result<Json<Product>> {
        self.product(sku).cloned().map(Json)
    }

    #[complete(show.sku)]
    fn skus(&self, typed: &str) -> Vec<&str> {
        let skus = self.products.iter().map(|it| it.sku.as_str());
        skus.filter(|it| it.starts_with(typed)).collect()
    }
}
