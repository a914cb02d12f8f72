use mcp_agent::prelude::*;

#[mcp_agent(
    name = "shop",
    version = "1.0.0",
    auth(
        mode = "bearer",
        default = "allow",
        bearer(writer(token(secret = "WRITER_TOKEN"), subject = "ada", scopes = ["shop:write"])),
        scopes("shop:write" = "Sell", "shop:read" = "Look"),
    )
)]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Sells some apples.
    #[tool(requires(scopes = ["shop:read", "shop:write"]))]
    fn sell(who: String, count: i64) -> String {
        format!("{count} to {who}")
    }

    /// Looks.
    #[tool(requires())]
    fn look() {}
}
