use mcp_agent::prelude::*;

#[mcp_agent(
    name = "shop",
    version = "1.0.0",
    auth(
        mode = "bearer",
        default = "deny",
        bearer(writer(token(secret = "WRITER_TOKEN"), subject = "ada", scopes = ["shop:write"])),
        scopes("shop:write" = "Sell", "shop:read" = "Look"),
    )
)]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Sells some apples.
    #[tool(requires(scopes = ["shop:write"]))]
    fn sell(#[param(from = "claims.sub")] who: String, count: i64) -> String {
        format!("{count} to {who}")
    }

    /// Looks.
    #[tool(requires())]
    fn look() {}
}
