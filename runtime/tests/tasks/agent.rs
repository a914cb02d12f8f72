//! An agent whose tools run as tasks.

use mcp_agent::__rt1::{
    Agent, Catalog, Handler, Input, Item, Pending, Place, Policy, Scope, StateSpec, Table,
    TaskSupport, text,
};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, from_str, json};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// What tasks have appended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Jobs {
    entries: Vec<String>,
}

thread_local! {
    /// How often something was really done.
    static DONE: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
}

/// How often each thing was done since the last look.
pub fn done() -> BTreeMap<String, u32> {
    DONE.take()
}

async fn count(what: &str) -> Result<String> {
    DONE.with_borrow_mut(|done| *done.entry(what.to_owned()).or_default() += 1);
    Ok(what.to_owned())
}

fn argument(input: Input<'_>, name: &str) -> Value {
    let arguments: Value = from_str(input.arguments).expect("JSON");
    arguments[name].clone()
}

async fn asked(call: &Call, key: &str) -> Result<String> {
    let schema = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
    let answer = call.ask_form(key, "Who?", schema).await?.accepted()?;
    Ok(answer["name"].as_str().unwrap_or_default().to_owned())
}

/// Sleeps, and counts that it was done.
fn slow<'a>(cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let ms = argument(input, "ms").as_u64().unwrap_or(0);
        cx.sleep(Duration::from_millis(ms)).await;
        text(input, count("slow").await?)
    })
}

/// Ten steps, a second each.
fn walk<'a>(cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        for at in 1..=10 {
            let key = format!("step {at}");
            input.call.step(&key, || count(&key)).await?;
            input.call.progress(f64::from(at), Some(10.0), None);
            input.call.log(Level::Info, "a step");
            cx.sleep(Duration::from_secs(1)).await;
        }
        text(input, count("walk").await?)
    })
}

/// Asks twice, at once.
fn ask<'a>(_: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        input.call.progress(1.0, None, Some("asking"));
        let (a, b) = tokio::join!(asked(input.call, "a"), asked(input.call, "b"));
        text(input, format!("{} and {}", a?, b?))
    })
}

/// Waits until it is not wanted any more.
fn wait<'a>(_: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        input.call.cancelled().await;
        count("tidied up").await?;
        text(input, String::new())
    })
}

fn fail<'a>(_: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        match argument(input, "how").as_str() {
            Some("tool") => Err(Error::tool("not like this")),
            _ => Err(Error::protocol(-32000, "out of order")),
        }
    })
}

/// Asks and writes, where the state is.
fn put<'a>(jobs: &'a mut Jobs, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let id = argument(input, "id")
            .as_str()
            .unwrap_or_default()
            .to_owned();
        input.call.step("put", || count(&id)).await?;
        input.call.progress(1.0, None, Some("putting"));
        cx.sleep(Duration::from_secs(2)).await;
        if argument(input, "ask") == true {
            if argument(input, "say") == true {
                input.call.progress(2.0, None, Some("asking"));
            }
            jobs.entries.push(asked(input.call, "who").await?);
        }
        jobs.entries.push(id);
        text(input, jobs.entries.join(","))
    })
}

/// Asks, becomes a task, and asks again.
fn later<'a>(cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let first = asked(input.call, "first").await?;
        input.call.step("before", || count("before")).await?;
        input.call.defer().await;
        input.call.step("after", || count("after")).await?;
        cx.sleep(Duration::from_secs(2)).await;
        let second = asked(input.call, "second").await?;
        text(input, format!("{first} and {second}"))
    })
}

fn later_put<'a>(jobs: &'a mut Jobs, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let answer = later(cx, input).await?;
        jobs.entries.push("later".to_owned());
        Ok(answer)
    })
}

const fn tool(name: &'static str, task: TaskSupport, interactive: bool) -> Item {
    Item {
        name,
        json: r#"{"name":"it","inputSchema":{"type":"object"}}"#,
        task,
        interactive,
        ..Item::EMPTY
    }
}

impl Agent for Jobs {
    const CATALOG: Catalog = Catalog {
        server: r#"{"name":"jobs","version":"1.0.0"}"#,
        scope: Some(Scope::Server),
        tools: &[
            tool("slow", TaskSupport::Optional, false),
            tool("walk", TaskSupport::Optional, true),
            tool("ask", TaskSupport::Required, true),
            tool("wait", TaskSupport::Optional, true),
            tool("fail", TaskSupport::Required, false),
            Item {
                place: Place::Write,
                ..tool("put", TaskSupport::Optional, true)
            },
            tool("quick", TaskSupport::Never, false),
            tool("later", TaskSupport::Deferred, true),
            Item {
                place: Place::Write,
                ..tool("later_put", TaskSupport::Deferred, true)
            },
        ],
        ..Catalog::EMPTY
    };
    const POLICY: Policy = Policy {
        task_ttl_ms: 60_000,
        ..Policy::DEFAULT
    };
    const STATE: StateSpec = StateSpec {
        version: 1,
        max_bytes: 1 << 20,
        migrations: &[],
    };
    const TABLE: Table<Self> = Table {
        tools: &[
            Handler::Front(slow),
            Handler::Front(walk),
            Handler::Front(ask),
            Handler::Front(wait),
            Handler::Front(fail),
            Handler::Write(put),
            Handler::Front(slow),
            Handler::Front(later),
            Handler::Write(later_put),
        ],
        resources: &[],
        prompts: &[],
        completions: &[],
    };
}
