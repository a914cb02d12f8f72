use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", state(sync = "readonly"), websocket(path = "/agents/shop/live"))]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    #[on_message]
    fn hear(&mut self) {}
}

fn main() {}
