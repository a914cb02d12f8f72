use mcp_agent::Json;
use mcp_agent::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What to look for.
#[derive(Deserialize, JsonSchema)]
pub struct What {
    text: String,
    limit: u8,
}

/// What there is.
#[derive(Serialize, JsonSchema)]
pub struct There {
    names: Vec<String>,
    more: Option<bool>,
}

#[mcp_agent(name = "shop", version = "1.0.0")]
pub struct Shop {}

#[mcp_agent]
impl Shop {
    /// Looks.
    #[tool]
    fn find(what: What) -> Json<There> {
        let more = (what.limit > 0).then_some(true);
        Json(There { names: vec![what.text], more })
    }
}
