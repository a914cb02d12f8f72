use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Asks.
    #[prompt]
    fn ask(city: &str) -> String {
        city.to_owned()
    }

    #[complete(ask.city)]
    fn towns(&mut self, _typed: &str) -> Vec<String> {
        Vec::new()
    }
}

fn main() {}
