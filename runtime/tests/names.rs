//! Names that generated code, or the standard library, uses itself: that this compiles is the test.

use mcp_agent::prelude::*;

/// An agent whose items are named to collide.
#[mcp_agent(config = "tests/agents/names.toml")]
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

#[test]
fn the_struct_has_the_fields_of_the_state() {
    assert_eq!(Names::default(), Names { clone: 1 });
}
