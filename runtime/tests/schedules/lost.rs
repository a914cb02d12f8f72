//! What fails, what panics, and what is killed.

use crate::agent::attempts;
use crate::client::{BEGIN_MS, good, notes, plan, rows, schedules};
use crate::dice::Dice;
use crate::{Plain, named};
use mcp_agent::memory::Request;
use mcp_agent::serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

const DAY_MS: u64 = 86_400_000;

#[test]
fn a_run_that_fails_is_tried_again_after_longer_and_longer_waits() {
    for handler in ["note", "peek", "ping"] {
        let host = Plain::new(20);
        let what = json!({ "name": "it", "fail": 14 });
        plan(
            &host,
            json!({ "in_ms": 0, "handler": handler, "payload": what }),
        );
        let mut waits = Vec::new();
        let mut before_ms = BEGIN_MS;
        for attempt in 1..=14 {
            host.run();
            let [known] = &schedules(&host)[..] else {
                panic!("one schedule");
            };
            assert_eq!(known["attempts"], attempt);
            assert_eq!(known["error"], format!("attempt {attempt}"));
            let next_ms = known["next_ms"].as_u64().expect("a time");
            assert_eq!(known["due_ms"], BEGIN_MS);
            waits.push((next_ms - before_ms) / 1_000);
            before_ms = next_ms;
            host.advance(next_ms - host.now_ms());
        }
        let doubled = (0..12).map(|at| 1 << at).chain([3_600, 3_600]);
        assert_eq!(waits, doubled.collect::<Vec<u64>>());
        assert!(schedules(&host).is_empty());
        let keys = attempts().remove("it").expect("its attempts");
        assert_eq!(keys.len(), 15);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    }
}

#[test]
fn what_fails_too_often_is_shown_for_a_week() {
    let host = Plain::new(21);
    let what = json!({ "name": "it", "fail": 9 });
    let id = plan(
        &host,
        json!({ "in_ms": 0, "handler": "fragile", "payload": what }),
    );
    host.advance(3_000);
    let [known] = &schedules(&host)[..] else {
        panic!("one schedule");
    };
    assert_eq!(known["failed"], true);
    assert_eq!(known["error"], "attempt 3");
    assert_eq!(known["attempts"], 3);
    assert_eq!(known["next_ms"], Value::Null);
    host.kill();
    host.advance(7 * DAY_MS - 1_000);
    assert_eq!(schedules(&host)[0]["id"], id);
    host.advance(1_000);
    assert!(schedules(&host).is_empty() && rows(&host).is_empty());
    assert_eq!(attempts()["it"].len(), 3);
    // Whoever has seen it may take it away.
    let id = plan(
        &host,
        json!({ "in_ms": 0, "handler": "fragile", "payload": what }),
    );
    host.advance(3_000);
    assert_eq!(good(&host, "cancel", json!({ "id": id })), "true");
    assert!(rows(&host).is_empty());
    attempts();
}

#[test]
fn a_cron_expression_goes_on_after_a_run_that_was_given_up() {
    let host = Plain::new(22);
    let what = json!({ "name": "it", "fail": 9 });
    plan(
        &host,
        json!({ "cron": "0 * * * *", "handler": "fragile", "payload": what }),
    );
    host.advance(2 * 3_600_000 + 3_000);
    let [known] = &schedules(&host)[..] else {
        panic!("one schedule");
    };
    assert_eq!(known["failed"], false);
    assert_eq!(
        (&known["attempts"], &known["error"]),
        (&json!(0), &json!("attempt 3"))
    );
    assert_eq!(known["due_ms"], BEGIN_MS + 3 * 3_600_000);
    let keys = attempts().remove("it").expect("its attempts");
    assert_eq!(keys.len(), 6);
    assert!(keys[0] == keys[2] && keys[2] != keys[3]);
}

#[test]
fn a_state_that_is_refused_is_a_failure() {
    let host = Plain::new(23);
    let what = json!({ "name": "it", "large": true });
    plan(
        &host,
        json!({ "in_ms": 0, "handler": "fragile", "payload": what }),
    );
    host.advance(3_000);
    let known = &schedules(&host)[0];
    assert_eq!(known["failed"], true);
    let error = known["error"].as_str().expect("an error");
    assert!(error.contains("nothing was changed"), "{error}");
    assert!(notes(&host).is_empty());
    attempts();
}

/// Runs for this long; whatever panics loses its object, as it does in a Worker. Gives how many did.
fn advance_through_panics(host: &Plain, ms: u64) -> u32 {
    let end_ms = host.now_ms() + ms;
    let mut panics = 0;
    let rest = || host.advance(end_ms.saturating_sub(host.now_ms()));
    while catch_unwind(AssertUnwindSafe(rest)).is_err() {
        panics += 1;
        host.evict("state:server");
    }
    panics
}

#[test]
fn a_panic_is_an_attempt_of_the_one_that_panicked() {
    let host = Plain::new(25);
    let all = json!([
        { "in_ms": 1_000, "payload": { "name": "before" } },
        { "in_ms": 1_000, "payload": { "name": "it", "panic": 2 } },
        { "in_ms": 1_000, "payload": { "name": "after" } },
        { "in_ms": 1_000, "handler": "fragile", "payload": { "name": "never", "panic": 9 } },
    ]);
    good(&host, "plan", json!({ "all": all }));
    let panics = advance_through_panics(&host, 60_000);
    assert_eq!(panics, 5);
    let mut noted = notes(&host);
    noted.sort();
    assert_eq!(noted, ["after", "before", "it"]);
    let keys = attempts();
    let often = |name: &str| keys[name].len();
    assert_eq!((often("before"), often("after")), (1, 1));
    assert_eq!((often("it"), often("never")), (3, 3));
    let all = schedules(&host);
    let [known] = &all[..] else {
        panic!("one schedule: {all:?}");
    };
    assert_eq!(known["failed"], true);
    let error = "the Worker stopped before the handler had come to its end";
    assert_eq!(known["error"], error);
}

#[test]
fn what_runs_long_is_not_begun_again_meanwhile() {
    for handler in ["peek", "ping", "note"] {
        let host = Plain::new(26);
        let what = json!({ "name": handler, "sleep_ms": 25_000 });
        plan(
            &host,
            json!({ "in_ms": 0, "handler": handler, "payload": what }),
        );
        host.advance(60_000);
        assert_eq!(attempts()[handler].len(), 1);
        assert!(rows(&host).is_empty());
    }
}

#[test]
fn a_cancelled_run_that_waits_for_its_turn_does_not_begin() {
    let host = Plain::new(27);
    let slow = json!({ "name": "slow", "sleep_ms": 5_000 });
    let id = plan(&host, named("never", json!({ "in_ms": 1_000 })));
    plan(&host, json!({ "in_ms": 0, "payload": slow }));
    host.advance(500);
    // It has waited for its turn longer than the run will.
    let params = json!({ "name": "cancel", "arguments": { "id": id } });
    let mut cancel = host.send(&Request::rpc("/mcp", "tools/call", params));
    host.advance(10_000);
    let answer = cancel.response().expect("no loss").expect("an answer");
    assert!(answer.read().contains(r#""text":"true""#));
    assert_eq!(notes(&host), ["slow"]);
    assert_eq!(attempts().len(), 1);
    assert!(rows(&host).is_empty());
}

#[test]
fn nothing_is_lost_and_no_state_is_changed_twice_whatever_is_killed() {
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let host = Plain::new(seed);
        let mut names = Vec::new();
        for handler in ["note", "note", "note", "peek", "ping"] {
            let name = format!("{handler}{}", names.len());
            let sleep_ms = [0, 0, 700, 12_000][dice.below(4)];
            let payload = json!({
                "name": name,
                "sleep_ms": sleep_ms,
                "fail": dice.below(3),
            });
            let in_ms = dice.below(3) * 1_500;
            plan(
                &host,
                json!({ "in_ms": in_ms, "handler": handler, "payload": payload }),
            );
            names.push(name);
        }
        for _ in 0..60 {
            match dice.below(12) {
                0 => host.kill(),
                1 => host.evict("state:server"),
                2 | 3 => host.advance(dice.below(4_000) as u64),
                _ => {
                    if !host.turn(dice.below(100)) {
                        host.skip();
                    }
                }
            }
        }
        host.advance(3 * 3_600_000);
        let mut noted = notes(&host);
        noted.sort();
        assert_eq!(noted, ["note0", "note1", "note2"], "{seed}");
        let keys = attempts();
        for name in &names {
            assert!(!keys[name].is_empty(), "{seed}: {name}");
            assert!(keys[name].iter().all(|key| *key == keys[name][0]));
        }
        assert!(rows(&host).is_empty(), "{seed}: {:?}", rows(&host));
    }
}
