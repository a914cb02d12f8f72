//! What is declared to run at its times.

use crate::agent::{Clock, PLAIN, SLOWER, TICKS};
use crate::client::{BEGIN_MS, bad, good, notes, rows, schedules};
use mcp_agent::memory::{Host, Ram};
use mcp_agent::serde_json::{Value, json};
use std::rc::Rc;

const HOUR_MS: u64 = 3_600_000;

fn names(all: &[Value]) -> Vec<(&str, u64)> {
    let all = all.iter();
    all.map(|it| (it["id"].as_str().unwrap(), it["due_ms"].as_u64().unwrap()))
        .collect()
}

#[test]
fn what_is_declared_runs_after_a_deploy_without_anybody_asking() {
    let host = Host::<Clock<TICKS>>::new(40);
    host.advance(HOUR_MS);
    assert!(host.stored().unwrap().is_empty(), "nobody knows of it yet");
    host.scheduled();
    host.scheduled();
    host.advance(30 * 60_000);
    host.kill();
    host.advance(30 * 60_000);
    let due = |at: u64| (BEGIN_MS + HOUR_MS + at * 600_000).to_string();
    assert_eq!(
        notes(&host),
        [due(1), due(2), due(3), due(4), due(5), due(6)]
    );
}

#[test]
fn what_is_declared_runs_where_there_is_a_state() {
    let host = Host::<Clock<TICKS>>::new(41);
    assert_eq!(notes(&host).len(), 0, "a reader is enough");
    assert_eq!(
        names(&schedules(&host)),
        [("cron:tick", BEGIN_MS + 600_000)]
    );
    let refused = bad(&host, "cancel", json!({ "id": "cron:tick" }));
    assert_eq!(
        refused,
        "`tick` runs at its times because it is declared to, and cannot be cancelled"
    );
    good(
        &host,
        "plan",
        json!({ "all": [{ "in_ms": 0, "handler": "tick" }] }),
    );
    host.advance(600_000);
    assert_eq!(notes(&host).len(), 2, "its handler can be scheduled too");
}

#[test]
fn a_release_changes_what_is_declared() {
    let ram = Rc::new(Ram::default());
    let first = Host::<Clock<TICKS>>::over(42, ram.clone());
    good(&first, "plan", json!({ "all": [{ "in_ms": 5 * HOUR_MS }] }));
    first.advance(600_000);
    assert_eq!(notes(&first).len(), 1);
    drop(first);
    // Its clock begins anew; the alarm is the old one, and so the first thing that happens.
    let second = Host::<Clock<SLOWER>>::over(43, ram.clone());
    second.advance(HOUR_MS - 1);
    let all = schedules(&second);
    let declared = all.iter().filter(|it| it["handler"] != "note");
    let half_past = BEGIN_MS + 24 * HOUR_MS + HOUR_MS / 2;
    assert_eq!(
        names(&declared.cloned().collect::<Vec<_>>()),
        [("cron:tick", BEGIN_MS + HOUR_MS), ("cron:tock", half_past)]
    );
    second.advance(1);
    drop(second);
    let third = Host::<Clock<PLAIN>>::over(44, ram.clone());
    let all = schedules(&third);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["handler"], "note");
    assert!(rows(&third).iter().all(|key| !key.contains("cron:")));
}
