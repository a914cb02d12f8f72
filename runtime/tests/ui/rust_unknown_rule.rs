use mcp_agent::prelude::*;

#[mcp_agent(
    name = "shop",
    version = "1.0.0",
    review(
        severity(TOOL_DESCRIPTION_CHANGED = "warn"),
        allow(rule = "PARAM_REMOVED", at = "tools.cancel.params.reason", why = "nobody sends it"),
        allow(rule = "TOOL_REMOVE", at = "tools.old", why = "nobody calls it"),
    )
)]
pub struct Shop {}

#[mcp_agent]
impl Shop {}

fn main() {}
