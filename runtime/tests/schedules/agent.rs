//! An agent with schedules, in several releases.

use mcp_agent::__rt1::{
    Agent, Catalog, Done, Events, Handler, Input, Item, On, Pending, Place, Policy, ResourceItem,
    Schedule, Scope, StateSpec, Table, resource, text,
};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, from_str, json};
use mcp_agent::{Scheduled, When};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// Nothing is declared to run by itself.
pub const PLAIN: u8 = 0;
/// `tick` is, every ten minutes.
pub const TICKS: u8 = 1;
/// `tick` is once an hour, and `tock` once a day.
pub const SLOWER: u8 = 2;
/// The state is of a session.
pub const SESSION: u8 = 3;
/// Clients subscribe to the notes.
pub const WATCHED: u8 = 4;

/// What was noted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock<const V: u8> {
    pub notes: Vec<String>,
}

thread_local! {
    /// The keys of all attempts, by what they were about.
    static ATTEMPTS: RefCell<BTreeMap<String, Vec<String>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The keys of the attempts since the last look.
pub fn attempts() -> BTreeMap<String, Vec<String>> {
    ATTEMPTS.take()
}

/// What a run is told to do.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Work {
    name: String,
    sleep_ms: u64,
    fail: u32,
    panic: u32,
    again_ms: Option<u64>,
    large: bool,
    cancel: bool,
}

async fn work<'a>(cx: &'a Cx, due: &'a Due) -> Result<Work> {
    let work: Option<Work> = due.payload()?;
    let work = work.unwrap_or_default();
    ATTEMPTS.with_borrow_mut(|all| {
        let of = all.entry(work.name.clone()).or_default();
        of.push(due.key().to_owned());
    });
    if work.sleep_ms > 0 {
        cx.sleep(Duration::from_millis(work.sleep_ms)).await;
    }
    assert!(due.attempt() > work.panic, "told to");
    if due.attempt() <= work.fail {
        return Err(Error::tool(format!("attempt {}", due.attempt())));
    }
    Ok(work)
}

/// Notes, and does whatever it is told to.
fn note<'a, const V: u8>(clock: &'a mut Clock<V>, cx: &'a Cx, due: Due) -> Done<'a> {
    Box::pin(async move {
        if let Some(ms) = due.payload::<Value>()?["again_ms"].as_u64() {
            cx.schedule(
                Duration::from_millis(ms),
                "note",
                &json!({ "name": "again" }),
            )?;
        }
        let work = work(cx, &due).await?;
        if work.cancel {
            assert!(cx.cancel(due.id())?);
        }
        let long = if work.large { 1 << 17 } else { 0 };
        clock.notes.push(work.name + &"x".repeat(long));
        Ok(())
    })
}

/// Notes when it was to run, and when it did.
fn tick<'a, const V: u8>(clock: &'a mut Clock<V>, _: &'a Cx, due: Due) -> Done<'a> {
    Box::pin(async move {
        clock.notes.push(format!("{}", due.due_ms()));
        Ok(())
    })
}

fn peek<'a, const V: u8>(_: &'a Clock<V>, cx: &'a Cx, due: Due) -> Done<'a> {
    Box::pin(async move {
        work(cx, &due).await?;
        cx.schedules()?;
        let refused = cx.schedule(Duration::ZERO, "note", &());
        assert!(refused.is_err(), "a reader commits nothing");
        Ok(())
    })
}

fn ping<'a>(cx: &'a Cx, due: Due) -> Done<'a> {
    Box::pin(async move {
        work(cx, &due).await?;
        assert!(cx.schedules().is_err(), "it has no object");
        Ok(())
    })
}

fn arguments(input: Input<'_>) -> Value {
    from_str(input.arguments).expect("JSON")
}

fn when(said: &Value) -> When {
    let ms = |name: &str| said[name].as_u64();
    match (ms("in_ms"), ms("at_ms"), said["cron"].as_str()) {
        (Some(ms), ..) => Duration::from_millis(ms).into(),
        (_, Some(ms), _) => When::At(ms),
        (.., Some(cron)) => cron.into(),
        _ => panic!("{said}"),
    }
}

fn schedule(cx: &Cx, said: &Value) -> Result<String> {
    let handler = said["handler"].as_str().unwrap_or("note");
    cx.schedule(when(said), handler, &said["payload"])
}

/// Schedules all that it is told to, and may fail then.
fn plan<'a, const V: u8>(clock: &'a mut Clock<V>, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let said = arguments(input);
        let all = said["all"].as_array().cloned().unwrap_or_default();
        let ids: Result<Vec<String>> = all.iter().map(|it| schedule(cx, it)).collect();
        let ids = ids?;
        match said["fail"].as_str() {
            Some("handler") => return Err(Error::tool("not like this")),
            Some("state") => clock.notes.push("x".repeat(1 << 17)),
            _ => {}
        }
        text(input, ids.join(","))
    })
}

fn shown(all: &[Scheduled]) -> Value {
    let all = all.iter().map(|it| {
        json!({
            "id": it.id,
            "handler": it.handler,
            "due_ms": it.due_ms,
            "cron": it.cron,
            "attempts": it.attempts,
            "next_ms": it.next_ms,
            "error": it.error,
            "failed": it.is_failed(),
        })
    });
    all.collect()
}

fn look<'a, const V: u8>(clock: &'a Clock<V>, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let seen = json!({ "notes": clock.notes, "schedules": shown(&cx.schedules()?) });
        text(input, seen.to_string())
    })
}

fn cancel<'a, const V: u8>(_: &'a mut Clock<V>, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let id = arguments(input)["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        text(input, cx.cancel(&id)?.to_string())
    })
}

/// Sees what it does itself.
fn own<'a, const V: u8>(_: &'a mut Clock<V>, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let there = |id: &str| -> Result<bool> { Ok(cx.schedules()?.iter().any(|it| it.id == id)) };
        let old = arguments(input)["old"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let kept = cx.schedule(Duration::from_secs(1), "note", &json!({ "name": "kept" }))?;
        let gone = cx.schedule(Duration::from_secs(1), "note", &json!({ "name": "gone" }))?;
        assert!(there(&old)? && there(&kept)? && there(&gone)?);
        assert!(cx.cancel(&old)? && cx.cancel(&gone)?);
        assert!(!cx.cancel(&old)? && !cx.cancel(&gone)?);
        assert!(!there(&old)? && there(&kept)? && !there(&gone)?);
        text(input, kept)
    })
}

fn front<'a>(cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move { text(input, cx.schedule(Duration::ZERO, "note", &())?) })
}

fn notes<'a, const V: u8>(clock: &'a Clock<V>, _: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move { resource(input, clock.notes.join(",")) })
}

const fn tool(name: &'static str, place: Place) -> Item {
    Item {
        name,
        json: r#"{"name":"it","inputSchema":{"type":"object"}}"#,
        place,
        ..Item::EMPTY
    }
}

impl<const V: u8> Clock<V> {
    const NOTE: Schedule<Self> = Schedule {
        name: "note",
        cron: None,
        attempts: 200,
        on: On::Write(note::<V>),
    };
    const FRAGILE: Schedule<Self> = Schedule {
        name: "fragile",
        attempts: 3,
        ..Self::NOTE
    };
    const PEEK: Schedule<Self> = Schedule {
        name: "peek",
        cron: None,
        attempts: 200,
        on: On::Read(peek::<V>),
    };
    const PING: Schedule<Self> = Schedule {
        name: "ping",
        cron: None,
        attempts: 200,
        on: On::Front(ping),
    };

    const fn tick(name: &'static str, cron: &'static str) -> Schedule<Self> {
        Schedule {
            name,
            cron: Some(cron),
            attempts: 3,
            on: On::Write(tick::<V>),
        }
    }
}

impl<const V: u8> Agent for Clock<V> {
    const CATALOG: Catalog = Catalog {
        server: r#"{"name":"clock","version":"1.0.0"}"#,
        scope: Some(match V {
            SESSION => Scope::Session,
            _ => Scope::Server,
        }),
        tools: &[
            tool("plan", Place::Write),
            tool("look", Place::Read),
            tool("cancel", Place::Write),
            tool("own", Place::Write),
            tool("front", Place::Front),
            tool("read", Place::Read),
        ],
        resources: match V {
            WATCHED => &[ResourceItem {
                uri: "clock://notes",
                subscribe: true,
                field: Some("notes"),
                ..ResourceItem::EMPTY
            }],
            _ => &[],
        },
        ..Catalog::EMPTY
    };
    const POLICY: Policy = Policy {
        session_ttl_ms: 3 * 3_600_000,
        ..Policy::DEFAULT
    };
    const STATE: StateSpec = StateSpec {
        version: 1,
        max_bytes: 1 << 16,
        migrations: &[],
    };
    const TABLE: Table<Self> = Table {
        tools: &[
            Handler::Write(plan::<V>),
            Handler::Read(look::<V>),
            Handler::Write(cancel::<V>),
            Handler::Write(own::<V>),
            Handler::Front(front),
            Handler::Read(look::<V>),
        ],
        resources: match V {
            WATCHED => &[Handler::Read(notes::<V>)],
            _ => &[],
        },
        prompts: &[],
        completions: &[],
    };
    const EVENTS: Events<Self> = Events {
        schedules: match V {
            TICKS => &[Self::NOTE, Self::tick("tick", "*/10 * * * *")],
            SLOWER => &[
                Self::NOTE,
                Self::tick("tick", "0 * * * *"),
                Self::tick("tock", "30 8 * * *"),
            ],
            _ => &[Self::NOTE, Self::FRAGILE, Self::PEEK, Self::PING],
        },
        ..Events::NONE
    };
}
