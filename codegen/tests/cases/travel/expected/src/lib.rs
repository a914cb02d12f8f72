use mcp_agent::prelude::*;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Travel;

impl travel::Handlers for Travel {
    async fn book(
        &mut self,
        _cx: &Cx,
        _call: &Call,
        _p: travel::BookParams,
    ) -> Result<travel::Booking> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`book` is not implemented yet"))
    }

    async fn count(&self, _cx: &Cx) -> Result<travel::CountOutput> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`count` is not implemented yet"))
    }

    async fn r#where(_cx: &Cx, _call: &Call) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`where` is not implemented yet"))
    }

    async fn trip(&mut self, _cx: &Cx, _p: travel::TripParams) -> Result<Vec<ResourceContents>> {
        // Change `self`: it is committed when this returns `Ok`, and left as it was when it fails.
        Err(Error::tool("`trip` is not implemented yet"))
    }

    async fn trips_all(_cx: &Cx, _call: &Call) -> Result<String> {
        // Runs anywhere, without the state.
        Err(Error::tool("`trips_all` is not implemented yet"))
    }

    async fn plan(&self, _cx: &Cx, _call: &Call, _p: travel::PlanParams) -> Result<PromptResult> {
        // `self` is the state as it was last committed.
        Err(Error::tool("`plan` is not implemented yet"))
    }

    async fn complete_trip_city(&self, _cx: &Cx, _p: CompleteParams) -> Result<Vec<String>> {
        // Values that go on from `_p.value`, best first.
        Ok(Vec::new())
    }

    async fn complete_plan_city(&self, _cx: &Cx, _p: CompleteParams) -> Result<Vec<String>> {
        // Values that go on from `_p.value`, best first.
        Ok(Vec::new())
    }

    async fn complete_weather_type(_cx: &Cx, _p: CompleteParams) -> Result<Vec<String>> {
        // Values that go on from `_p.value`, best first.
        Ok(Vec::new())
    }
}
