//! Everything that MCP can do: the agent that the official conformance suite calls.
//!
//! `mcp.toml` declares it. This file says what runs for which item; how is in a file for each kind:
//! [`content`] answers with pictures and sounds, [`talk`] reports on the way, [`ask`] asks the client back, [`rounds`] asks more than once,
//! [`tasks`] goes on when nobody waits.

mod ask;
mod content;
mod rounds;
mod talk;
mod tasks;

use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, json};
use std::time::Duration;

/// The agent that `mcp.toml` declares. Its fields are those of `[state]`.
#[mcp_agent(config = "mcp.toml")]
pub struct Everything;

impl everything::Handlers for Everything {
    // ── Tools that answer at once ──

    async fn test_simple_text(_cx: &Cx) -> Result<String> {
        Ok("This is a simple text response for testing.".into())
    }

    async fn test_image_content(_cx: &Cx) -> Result<ToolResult> {
        Ok(content::result(vec![content::pixel()]))
    }

    async fn test_audio_content(_cx: &Cx) -> Result<ToolResult> {
        Ok(content::result(vec![content::silence()]))
    }

    async fn test_embedded_resource(_cx: &Cx) -> Result<ToolResult> {
        Ok(content::result(vec![content::embedded(
            "test://embedded-resource",
            "text/plain",
            "This is an embedded resource content.",
        )]))
    }

    async fn test_multiple_content_types(_cx: &Cx) -> Result<ToolResult> {
        Ok(content::result(vec![
            Content::text("Multiple content types test:"),
            content::pixel(),
            content::embedded(
                "test://mixed-content-resource",
                "application/json",
                r#"{"test":"data","value":123}"#,
            ),
        ]))
    }

    async fn test_error_handling(_cx: &Cx) -> Result<String> {
        // The model reads it in a result with `isError`. `Error::protocol` would be a JSON-RPC error, which models do not see.
        Err(Error::tool(
            "This tool intentionally returns an error for testing",
        ))
    }

    async fn json_schema_2020_12_tool(_cx: &Cx, p: Value) -> Result<String> {
        // With a schema of its own there is no struct: the arguments have been checked, and come as they are.
        Ok(format!("JSON Schema 2020-12 tool called with: {p}"))
    }

    // ── Tools that talk while they run ──

    async fn test_tool_with_logging(cx: &Cx, call: &Call) -> Result<String> {
        talk::logging(cx, call).await
    }

    async fn test_tool_with_progress(cx: &Cx, call: &Call) -> Result<String> {
        talk::progress(cx, call).await
    }

    async fn test_reconnection(cx: &Cx, call: &Call) -> Result<String> {
        talk::reconnection(cx, call).await
    }

    async fn test_sampling(
        _cx: &Cx,
        call: &Call,
        p: everything::TestSamplingParams,
    ) -> Result<String> {
        ask::model(call, &p.prompt).await
    }

    async fn test_elicitation(
        _cx: &Cx,
        call: &Call,
        p: everything::TestElicitationParams,
    ) -> Result<String> {
        ask::user(call, &p.message).await
    }

    async fn test_elicitation_sep1034_defaults(_cx: &Cx, call: &Call) -> Result<String> {
        ask::review(call).await
    }

    async fn test_elicitation_sep1330_enums(_cx: &Cx, call: &Call) -> Result<String> {
        ask::choices(call).await
    }

    // ── Tools that ask on 2026-07-28 ──

    async fn test_missing_capability(_cx: &Cx, call: &Call) -> Result<String> {
        // To a client without `sampling` this is an error that says so, before the question goes out.
        ask::model(call, "Are you there?").await
    }

    async fn test_streaming_elicitation(_cx: &Cx, call: &Call) -> Result<String> {
        call.progress(1.0, Some(2.0), Some("about to ask"));
        rounds::greeting(call).await
    }

    async fn test_logging_tool(cx: &Cx, call: &Call) -> Result<String> {
        talk::logging(cx, call).await
    }

    async fn test_input_required_result_elicitation(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::greeting(call).await
    }

    async fn test_input_required_result_sampling(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::capital(call).await
    }

    async fn test_input_required_result_list_roots(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::folders(call).await
    }

    async fn test_input_required_result_request_state(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::consent(call).await
    }

    async fn test_input_required_result_multiple_inputs(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::together(call).await
    }

    async fn test_input_required_result_multi_round(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::one_by_one(call).await
    }

    async fn test_input_required_result_tampered_state(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::consent(call).await
    }

    async fn test_input_required_result_capabilities(_cx: &Cx, call: &Call) -> Result<String> {
        rounds::whoever_is_there(call).await
    }

    // ── Arguments in headers ──

    async fn test_header_param(_cx: &Cx, p: everything::TestHeaderParamParams) -> Result<String> {
        // The header has been compared with it.
        Ok(format!("Looking in {}", p.region))
    }

    // ── Tasks ──

    async fn greet(_cx: &Cx, p: everything::GreetParams) -> Result<String> {
        Ok(format!("Hello, {}!", p.name))
    }

    async fn slow_compute(
        cx: &Cx,
        call: &Call,
        p: everything::SlowComputeParams,
    ) -> Result<String> {
        tasks::compute(cx, call, p.seconds, &p.label).await
    }

    async fn failing_job(cx: &Cx) -> Result<String> {
        cx.sleep(Duration::from_secs(1)).await;
        Err(Error::tool("The job failed, as it always does"))
    }

    async fn protocol_error_job(_cx: &Cx) -> Result<String> {
        Err(Error::protocol(-32603, "The job broke, as it always does"))
    }

    async fn confirm_delete(
        _cx: &Cx,
        call: &Call,
        p: everything::ConfirmDeleteParams,
    ) -> Result<String> {
        tasks::delete(call, &p.filename).await
    }

    async fn multi_input(_cx: &Cx, call: &Call) -> Result<String> {
        tasks::two_questions(call).await
    }

    async fn test_tool_with_task(cx: &Cx, call: &Call) -> Result<String> {
        tasks::question_first(cx, call).await
    }

    // ── Changes of the lists ──

    async fn test_trigger_tool_change(cx: &Cx) -> Result<String> {
        cx.list_changed(List::Tools);
        Ok("told".into())
    }

    async fn test_trigger_prompt_change(cx: &Cx) -> Result<String> {
        cx.list_changed(List::Prompts);
        Ok("told".into())
    }

    // ── Resources ──

    async fn template(_cx: &Cx, p: everything::TemplateParams) -> Result<String> {
        let data = format!("Data for ID: {}", p.id);
        Ok(json!({ "id": p.id, "templateTest": true, "data": data }).to_string())
    }

    async fn complete_template_id(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
        Ok(starting_with(&p.value, &["123", "124", "200"]))
    }

    async fn set_watched_resource(
        &mut self,
        cx: &Cx,
        p: everything::SetWatchedResourceParams,
    ) -> Result<String> {
        self.watched = p.text;
        // Sent when the state is committed: whoever reads it then reads the new text.
        cx.resource_updated("test://watched-resource");
        Ok("changed".into())
    }

    // ── Prompts ──

    async fn complete_test_prompt_with_arguments_arg1(
        _cx: &Cx,
        p: CompleteParams,
    ) -> Result<Vec<String>> {
        Ok(starting_with(&p.value, &["paris", "park", "party"]))
    }

    async fn test_prompt_with_embedded_resource(
        _cx: &Cx,
        p: everything::TestPromptWithEmbeddedResourceParams,
    ) -> Result<PromptResult> {
        let resource = content::embedded(
            &p.resource_uri,
            "text/plain",
            "Embedded resource content for testing.",
        );
        let request = Content::text("Please process the embedded resource above.");
        Ok(PromptResult::default()
            .message(Role::User, resource)
            .message(Role::User, request))
    }

    async fn test_prompt_with_image(_cx: &Cx) -> Result<PromptResult> {
        let request = Content::text("Please analyze the image above.");
        Ok(PromptResult::default()
            .message(Role::User, content::pixel())
            .message(Role::User, request))
    }

    async fn test_input_required_result_prompt(_cx: &Cx, call: &Call) -> Result<String> {
        let question = "What context should the prompt use?";
        let about: everything::Context = call.elicit("user_context", question).await?;
        Ok(format!("Please help with this: {}", about.context))
    }
}

/// What of `all` begins with what was typed so far.
fn starting_with(typed: &str, all: &[&str]) -> Vec<String> {
    let fitting = all.iter().filter(|value| value.starts_with(typed));
    fitting.map(ToString::to_string).collect()
}
