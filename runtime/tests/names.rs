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

    async fn call(
        &mut self,
        _cx: &Cx,
        _call: &Call,
        p: names::CallParams,
    ) -> Result<names::Elicit> {
        self.clone += 1;
        Ok(p.call)
    }

    async fn complete(_cx: &Cx, p: names::CompleteParams) -> Result<String> {
        Ok(p.i)
    }

    async fn handle(
        &self,
        _cx: &Cx,
        handle: &mut names::Handle,
        p: names::HandleParams,
    ) -> Result<String> {
        handle.default = names::HandleDefault::Clone;
        Ok(p.handles)
    }

    async fn answer(_cx: &Cx, _call: &Call, rt: &mut names::Rt) -> Result<String> {
        Ok(rt.answer.len().to_string())
    }

    async fn prompt_content(
        &mut self,
        _cx: &Cx,
        p: names::PromptContentParams,
    ) -> Result<Vec<ResourceContents>> {
        self.clone += 1;
        Ok(vec![ResourceContents::Text {
            uri: p.a,
            mime: None,
            text: p.r#impl,
        }])
    }

    async fn r#type(_cx: &Cx, _call: &Call, p: names::TypeParams) -> Result<PromptResult> {
        Ok(PromptResult::user(p.r#type))
    }

    async fn complete_prompt_content_a(&self, _cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
        Ok(vec![p.value])
    }

    async fn complete_type_type(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
        Ok(p.arguments.into_values().collect())
    }
}

#[test]
fn the_struct_has_the_fields_of_the_state() {
    assert_eq!(Names::default(), Names { clone: 1 });
}

#[test]
fn a_flat_type_can_be_asked_for() {
    assert_eq!(
        <names::Elicit as Elicit>::schema().expect("it is flat"),
        r#"{"type":"object","properties":{"call":{"type":"string"}},"required":["call"]}"#
    );
    assert!(
        <names::Call as Elicit>::schema()
            .expect("it is flat")
            .contains(r#""enum":["Call","Elicit"]"#)
    );
}
