use mcp_agent::prelude::*;
use serde::{Deserialize, Serialize};

#[mcp_agent(name = "shop", version = "1.0.0", state(scope = "server"), parts("carts"))]
pub struct Shop {}

#[derive(Default, Serialize, Deserialize)]
pub struct Cart {
    items: Vec<String>,
}

#[mcp_agent(part = "carts", handles(cart(ttl = "1h", description = "A shopping cart.")))]
impl Shop {
    /// Puts an item into a cart.
    #[tool]
    fn put(cart: &mut Cart, item: String, count: i64) -> String {
        cart.items.push(item);
        format!("{count} of {} items", cart.items.len())
    }
}
