//! An agent whose every answer can be checked against what was done.

use mcp_agent::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// Entries that calls appended.
#[mcp_agent(config = "tests/pair/mcp.toml")]
pub struct Pair;

thread_local! {
    /// How often each step was really taken: by the call's id and the step.
    static TAKEN: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
}

/// How often each step was taken since the last look.
pub fn taken() -> BTreeMap<String, u32> {
    TAKEN.take()
}

async fn take(id: &str, at: i64) -> Result<i64> {
    TAKEN.with_borrow_mut(|taken| *taken.entry(format!("{id} {at}")).or_default() += 1);
    Ok(at * 10)
}

fn ms(n: i64) -> Duration {
    Duration::from_millis(n.unsigned_abs())
}

/// A question: how much?
async fn how_much(call: &Call, id: &str, key: &str) -> Result<i64> {
    // The message says whose question it is: over HTTP+SSE, nothing else does.
    let asked: pair::Amount = call.elicit(key, id).await?;
    Ok(asked.amount)
}

/// Steps, each with what a handler may do between them.
async fn walk(cx: &Cx, call: &Call, id: &str, n: i64, pause: i64) -> Result<i64> {
    let mut sum = 0;
    for at in 1..=n {
        let key = format!("step {at}");
        let value = call.step(&key, || take(id, at)).await?;
        assert_eq!(value, at * 10, "a step has the result that it had");
        call.progress(at as f64, Some(n as f64), None);
        if at % 3 == 1 {
            cx.sleep(ms(pause)).await;
        }
        if at % 3 == 2 {
            sum += how_much(call, id, &format!("question {at}")).await?;
        }
        if at % 4 == 3 {
            call.close_stream();
        }
        call.log(Level::Info, format!("{id} {at}"));
    }
    Ok(sum)
}

impl pair::Handlers for Pair {
    async fn put(&mut self, cx: &Cx, p: pair::PutParams) -> Result<String> {
        if p.ms > 0 {
            cx.sleep(ms(p.ms)).await;
        }
        self.entries.push(p.id);
        Ok(self.entries.len().to_string())
    }

    async fn get(&self, _cx: &Cx) -> Result<String> {
        Ok(self.entries.join(","))
    }

    async fn ready(_cx: &Cx, _call: &Call, p: pair::ReadyParams) -> Result<String> {
        Ok(p.id)
    }

    async fn ask_put(&mut self, _cx: &Cx, call: &Call, p: pair::AskPutParams) -> Result<String> {
        call.progress(1.0, None, None);
        how_much(call, &p.id, "how much?").await?;
        self.entries.push(p.id);
        call.progress(2.0, None, None);
        Ok(self.entries.len().to_string())
    }

    async fn ask_get(&self, _cx: &Cx, call: &Call, p: pair::AskGetParams) -> Result<String> {
        how_much(call, &p.id, "how much?").await?;
        call.progress(1.0, None, None);
        Ok(self.entries.join(","))
    }

    async fn both(_cx: &Cx, call: &Call, p: pair::BothParams) -> Result<String> {
        let (a, b) = tokio::join!(how_much(call, &p.id, "a"), how_much(call, &p.id, "b"));
        Ok((a? + b?).to_string())
    }

    async fn steps(cx: &Cx, call: &Call, p: pair::StepsParams) -> Result<String> {
        let sum = walk(cx, call, &p.id, p.n, p.ms).await?;
        Ok(sum.to_string())
    }

    async fn steps_put(&mut self, cx: &Cx, call: &Call, p: pair::StepsPutParams) -> Result<String> {
        walk(cx, call, &p.id, p.n, p.ms).await?;
        self.entries.push(p.id);
        Ok(self.entries.len().to_string())
    }

    async fn charge(cx: &Cx, call: &Call, p: pair::ChargeParams) -> Result<String> {
        how_much(call, &p.id, "how much?").await?;
        let charged = call.step("charge", async || {
            let taken = take(&p.id, 1).await;
            cx.sleep(ms(p.ms)).await;
            taken
        });
        let (charged, tip) = tokio::join!(charged, how_much(call, &p.id, "tip?"));
        cx.resource_updated("pair://entries");
        Ok((charged? + tip?).to_string())
    }
}
