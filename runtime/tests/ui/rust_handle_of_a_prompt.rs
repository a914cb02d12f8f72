use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[derive(Default, serde::Serialize, serde::Deserialize)]
pub struct Cart;

#[mcp_agent(handles(cart))]
impl Shop {
    /// Puts.
    #[prompt]
    fn put(cart: &mut Cart) -> String {
        *cart = Cart;
        String::new()
    }
}

fn main() {}
