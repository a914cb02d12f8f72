use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", websocket(path = "/live"), parts("main", "more"))]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    #[on_message]
    fn message(_message: Message) {}
}

#[mcp_agent(part = "more")]
impl Shop {
    #[on_message]
    fn other(_message: Message) {}
}

fn main() {}
