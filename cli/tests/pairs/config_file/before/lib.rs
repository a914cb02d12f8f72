use mcp_agent::prelude::*;

#[mcp_agent(name = "shop", version = "1.0.0", config = "tests/pairs/config_file/before/worker.toml")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Looks.
    #[tool]
    fn look() {}
}
