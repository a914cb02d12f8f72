use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    #[on_request]
    fn hook(_request: Request) -> Response {
        Response::new(204)
    }
}

fn main() {}
