//! Names that generated code, or the standard library, uses itself.

use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/names.toml")]
pub struct Names;

impl names::Handlers for Names {
    async fn borrow(&self, _cx: &Cx) -> Result<String> {
        Ok(self.clone.to_string())
    }

    async fn state(_cx: &Cx) -> Result<String> {
        Ok(String::new())
    }

    async fn table(_cx: &Cx, p: names::TableParams) -> Result<String> {
        Ok(p.r#type)
    }
}

fn main() {}
