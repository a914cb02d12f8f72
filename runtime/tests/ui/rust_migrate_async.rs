use mcp_agent::prelude::*;
use mcp_agent::serde_json::Value;

#[mcp_agent(name = "shop", version = "1.0.0", state(version = 2))]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    #[migrate]
    async fn newer(old: Value) -> Value {
        old
    }
}

fn main() {}
