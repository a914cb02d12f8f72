//! The same agent, declared in a file and in Rust: a handle.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/cart.toml")]
    pub struct Shop;

    impl shop::Handlers for Shop {
        async fn put(_cx: &Cx, cart: &mut shop::Cart, p: shop::PutParams) -> Result<String> {
            cart.items.push(p.item);
            Ok(cart.items.join(","))
        }

        async fn sell(&mut self, _cx: &Cx, cart: &mut shop::Cart) -> Result<String> {
            if cart.items.is_empty() {
                return Err(Error::tool("the cart is empty"));
            }
            self.sold += cart.items.len() as i64;
            cart.items.clear();
            Ok(self.sold.to_string())
        }

        async fn look(&self, _cx: &Cx, cart: &mut shop::Cart) -> Result<String> {
            Ok(format!("{} of {}", cart.items.len(), self.sold))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[mcp_agent(name = "cart", version = "1.0.0", parts("main", "carts"))]
    pub struct Shop {
        #[state(default = 0)]
        sold: i64,
    }

    #[derive(Default, Serialize, Deserialize)]
    struct Cart {
        items: Vec<String>,
    }

    #[mcp_agent]
    impl Shop {}

    #[mcp_agent(
        part = "carts",
        handles(cart(ttl = "2h", description = "A shopping cart"))
    )]
    impl Shop {
        /// Puts an item into a cart.
        #[tool]
        async fn put(item: String, cart: &mut Cart) -> String {
            cart.items.push(item);
            cart.items.join(",")
        }

        /// Sells what is in a cart.
        #[tool]
        fn sell(&mut self, cart: &mut Cart) -> Result<i64, &'static str> {
            if cart.items.is_empty() {
                return Err("the cart is empty");
            }
            self.sold += cart.items.len() as i64;
            cart.items.clear();
            Ok(self.sold)
        }

        /// Looks into a cart.
        #[tool]
        fn look(&self, cart: &mut Cart, _cx: &Cx) -> String {
            format!("{} of {}", cart.items.len(), self.sold)
        }
    }
}
