use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    /// How many were sold.
    #[resource("shop://sold", mime = "text/plain")]
    fn sold(&self) -> String {
        self.sold.to_string()
    }

    /// Praises apples.
    #[prompt]
    fn praise(kind: &str) -> String {
        format!("Praise {kind} apples.")
    }
}
