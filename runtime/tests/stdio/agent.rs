//! The agent of these tests.

use mcp_agent::prelude::*;
use std::time::Duration;

/// A total.
#[mcp_agent(config = "tests/stdio/mcp.toml")]
pub struct Desk;

impl desk::Handlers for Desk {
    async fn add(&mut self, _cx: &Cx, p: desk::AddParams) -> Result<String> {
        self.total += p.n;
        Ok(self.total.to_string())
    }

    async fn total(&self, _cx: &Cx) -> Result<String> {
        Ok(self.total.to_string())
    }

    async fn ask(&mut self, _cx: &Cx, call: &Call) -> Result<String> {
        call.progress(1.0, Some(2.0), None);
        let given: desk::Amount = call.elicit("amount", "How much?").await?;
        self.total += given.amount;
        call.progress(2.0, Some(2.0), None);
        Ok(self.total.to_string())
    }

    async fn walk(cx: &Cx, call: &Call) -> Result<String> {
        call.progress(1.0, Some(2.0), None);
        call.close_stream();
        cx.sleep(Duration::from_millis(20)).await;
        call.progress(2.0, Some(2.0), None);
        Ok("there".to_owned())
    }

    async fn wait(&mut self, cx: &Cx, p: desk::WaitParams) -> Result<String> {
        cx.sleep(Duration::from_millis(p.ms.unsigned_abs())).await;
        self.total += 1;
        Ok(self.total.to_string())
    }

    async fn crash(&mut self, _cx: &Cx) -> Result<String> {
        self.total += 1_000;
        panic!("a handler that panics");
    }

    async fn crash_asking(_cx: &Cx, _call: &Call) -> Result<String> {
        panic!("a handler that panics");
    }

    async fn crash_late(cx: &Cx, call: &Call) -> Result<String> {
        call.progress(1.0, None, None);
        cx.sleep(Duration::from_millis(5)).await;
        panic!("a handler that panics");
    }

    async fn crash_late_writing(&mut self, cx: &Cx, call: &Call) -> Result<String> {
        self.total += 1_000;
        call.progress(1.0, None, None);
        cx.sleep(Duration::from_millis(5)).await;
        panic!("a handler that panics");
    }

    async fn greet(_cx: &Cx, call: &Call) -> Result<String> {
        let first: desk::Amount = call.elicit("first", "How old?").await?;
        let second: desk::Amount = call.elicit("second", "And your friend?").await?;
        Ok(format!("{} and {}", first.amount, second.amount))
    }

    async fn lines(_cx: &Cx) -> Result<ToolResult> {
        let json = "{\n  \"text\": \"one\\ntwo\"\r\n}";
        Ok(ToolResult::structured(json.to_owned()))
    }
}
