use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", websocket(path = "/mcp"))]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    #[on_message]
    fn message(_message: Message) {}
}

fn main() {}
