//! Schedules, in virtual time: when they run, how often, and what survives.

#[path = "schedules/agent.rs"]
mod agent;
#[path = "schedules/alarm.rs"]
mod alarm;
#[path = "schedules/client.rs"]
mod client;
#[path = "schedules/declared.rs"]
mod declared;
#[path = "pair/dice.rs"]
#[allow(dead_code)]
mod dice;
#[path = "schedules/lost.rs"]
mod lost;

use agent::{Clock, PLAIN, attempts};
use client::{BEGIN_MS, bad, good, notes, plan, rows, schedules};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::{Value, json};

type Plain = Host<Clock<PLAIN>>;

/// Whether nothing happens any more. The alarm that looked after the last run may still ring.
fn rests(host: &Plain) -> bool {
    host.advance(10_000);
    !host.skip()
}

fn named(name: &str, mut when: Value) -> Value {
    when["payload"] = json!({ "name": name });
    when
}

#[test]
fn what_is_scheduled_runs_when_it_is_due_and_not_before() {
    let host = Plain::new(1);
    plan(&host, named("delay", json!({ "in_ms": 5_000 })));
    plan(&host, named("date", json!({ "at_ms": BEGIN_MS + 60_000 })));
    plan(&host, named("past", json!({ "at_ms": 5 })));
    host.run();
    assert_eq!(notes(&host), ["past"]);
    host.advance(4_999);
    assert_eq!(notes(&host), ["past"]);
    host.advance(1);
    assert_eq!(notes(&host), ["past", "delay"]);
    host.advance(54_999);
    assert_eq!(notes(&host).len(), 2);
    host.advance(1);
    assert_eq!(notes(&host), ["past", "delay", "date"]);
    assert!(schedules(&host).is_empty());
    assert_eq!(rows(&host), Vec::<String>::new());
    assert!(rests(&host));
    let keys: Vec<_> = attempts().into_values().flatten().collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn a_cron_expression_runs_at_each_of_its_times() {
    let host = Plain::new(2);
    let id = plan(&host, named("cron", json!({ "cron": "*/15 9 * * *" })));
    host.advance(3_600_000 - 1);
    assert!(notes(&host).is_empty());
    host.advance(1);
    assert_eq!(notes(&host).len(), 1);
    host.advance(3_600_000);
    assert_eq!(notes(&host).len(), 4);
    let [known] = &schedules(&host)[..] else {
        panic!("one schedule");
    };
    assert_eq!(known["id"], id);
    assert_eq!(known["cron"], "*/15 9 * * *");
    assert_eq!(known["due_ms"], BEGIN_MS + 25 * 3_600_000);
    let keys = attempts().remove("cron").expect("its runs");
    let all: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(all.len(), 4, "each run has a key of its own: {keys:?}");
    assert_eq!(good(&host, "cancel", json!({ "id": id })), "true");
    host.advance(3 * 86_400_000);
    assert_eq!(notes(&host).len(), 4);
    assert!(rows(&host).is_empty());
}

#[test]
fn times_that_were_missed_are_one_run() {
    let host = Plain::new(3);
    let what = json!({ "name": "it", "fail": 13 });
    plan(&host, json!({ "cron": "* * * * *", "payload": what }));
    let begun_ms = BEGIN_MS + 60_000;
    // 1, 2, 4 … seconds, and an hour at last.
    let ended_ms = begun_ms + (4_095 + 3_600) * 1_000;
    host.advance(ended_ms - BEGIN_MS);
    assert_eq!(notes(&host), ["it"]);
    let next_ms = schedules(&host)[0]["due_ms"].as_u64().expect("a time");
    assert!(next_ms > ended_ms && next_ms <= ended_ms + 60_000);
    let keys = attempts().remove("it").expect("its attempts");
    assert_eq!(keys.len(), 14);
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn what_is_due_first_runs_first() {
    let host = Plain::new(4);
    let all: Vec<Value> = (0..20_u64)
        .map(|at| named(&at.to_string(), json!({ "in_ms": 1_000 + at * 7 % 20 })))
        .chain((20..30).map(|at: u64| named(&at.to_string(), json!({ "in_ms": 5_000 }))))
        .collect();
    good(&host, "plan", json!({ "all": all }));
    let mut expected: Vec<u64> = (0..20).collect();
    expected.sort_by_key(|at| at * 7 % 20);
    // Those of one time run as they were scheduled.
    let expected = expected.into_iter().chain(20..30);
    let expected: Vec<String> = expected.map(|at| at.to_string()).collect();
    host.advance(10_000);
    assert_eq!(notes(&host), expected);
    attempts();
}

#[test]
fn what_is_scheduled_is_listed_and_can_be_cancelled() {
    let host = Plain::new(5);
    let later = plan(&host, named("later", json!({ "in_ms": 2_000 })));
    let sooner = plan(&host, json!({ "in_ms": 1_000, "handler": "peek" }));
    let all = schedules(&host);
    assert_eq!(
        all[0],
        json!({
            "id": sooner,
            "handler": "peek",
            "due_ms": BEGIN_MS + 1_000,
            "cron": null,
            "attempts": 0,
            "next_ms": BEGIN_MS + 1_000,
            "error": null,
            "failed": false,
        })
    );
    assert_eq!((all.len(), &all[1]["id"]), (2, &json!(later)));
    assert_eq!(good(&host, "cancel", json!({ "id": later })), "true");
    assert_eq!(good(&host, "cancel", json!({ "id": later })), "false");
    assert_eq!(good(&host, "cancel", json!({ "id": "nonsense" })), "false");
    host.advance(10_000);
    assert!(notes(&host).is_empty());
    assert_eq!(good(&host, "cancel", json!({ "id": sooner })), "false");
    assert_eq!(attempts().len(), 1);
}

#[test]
fn a_handler_sees_what_it_has_scheduled_and_cancelled_itself() {
    let host = Plain::new(6);
    let old = plan(&host, named("old", json!({ "in_ms": 1_000 })));
    good(&host, "own", json!({ "old": old }));
    host.advance(1_000);
    assert_eq!(notes(&host), ["kept"]);
    attempts();
}

#[test]
fn a_handler_that_fails_schedules_nothing() {
    let host = Plain::new(7);
    let what = named("never", json!({ "in_ms": 1_000 }));
    bad(&host, "plan", json!({ "all": [what], "fail": "handler" }));
    let refused = bad(&host, "plan", json!({ "all": [what], "fail": "state" }));
    assert!(refused.contains("nothing was changed"), "{refused}");
    assert!(schedules(&host).is_empty() && rows(&host).is_empty());
    let none = good(&host, "plan", json!({}));
    assert_eq!(none, "");
    assert!(rows(&host).is_empty());
    host.advance(10_000);
    assert!(attempts().is_empty());
}

#[test]
fn what_cannot_be_scheduled_is_said() {
    let host = Plain::new(8);
    let refused = |what: Value| bad(&host, "plan", json!({ "all": [what] }));
    assert_eq!(
        refused(json!({ "in_ms": 1, "handler": "nonsense" })),
        "there is no schedule `nonsense`, but `note`, `fragile`, `peek`, `ping`"
    );
    assert_eq!(
        refused(json!({ "cron": "61 * * * *" })),
        "`61 * * * *` is no cron expression: `61` is no minute, which is 0 to 59"
    );
    assert_eq!(
        refused(json!({ "cron": "0 0 30 2 *" })),
        "`0 0 30 2 *` never comes"
    );
    assert_eq!(
        refused(json!({ "at_ms": u64::MAX })),
        "a schedule cannot be later than the year 9999"
    );
    assert_eq!(
        refused(json!({ "in_ms": 1, "payload": "x".repeat(65_535) })),
        "the payload for `note` is 65537 bytes and may be 65536"
    );
    let front = bad(&host, "front", json!({}));
    assert!(front.contains("`&mut self`"), "{front}");
    assert!(rows(&host).is_empty());
}

#[test]
fn there_are_at_most_ten_thousand() {
    let host = Plain::new(9);
    let what = json!({ "in_ms": 86_400_000 });
    let some: Vec<_> = (0..9_999).map(|_| &what).collect();
    let ids = good(&host, "plan", json!({ "all": some }));
    let two = json!({ "all": [what, what] });
    let refused = bad(&host, "plan", two.clone());
    assert!(
        refused.starts_with("there are 10000 schedules here"),
        "{refused}"
    );
    let one = ids.split(',').next().expect("an id");
    assert_eq!(good(&host, "cancel", json!({ "id": one })), "true");
    good(&host, "plan", two);
    assert_eq!(schedules(&host).len(), 10_000);
}

#[test]
fn a_thousand_run_once_each() {
    let host = Plain::new(10);
    let all = (0..1_000).map(|at| named(&at.to_string(), json!({ "in_ms": 1_000 + at / 4 })));
    let all: Vec<Value> = all.collect();
    good(&host, "plan", json!({ "all": all }));
    host.advance(2_000);
    let ran = notes(&host);
    let expected: Vec<String> = (0..1_000).map(|at| at.to_string()).collect();
    assert_eq!(ran, expected);
    assert!(attempts().values().all(|keys| keys.len() == 1));
    assert!(rows(&host).is_empty() && rests(&host));
}

#[test]
fn a_run_schedules_and_cancels_as_any_handler_does() {
    let host = Plain::new(11);
    let again = json!({ "name": "first", "again_ms": 1_000 });
    plan(&host, json!({ "in_ms": 1_000, "payload": again }));
    let stop = json!({ "name": "stop", "cancel": true });
    plan(&host, json!({ "cron": "* * * * *", "payload": stop }));
    host.advance(1_000);
    assert_eq!(notes(&host), ["first"]);
    host.advance(1_000);
    assert_eq!(notes(&host), ["first", "again"]);
    host.advance(300_000);
    assert_eq!(notes(&host), ["first", "again", "stop"]);
    assert!(rows(&host).is_empty());
    attempts();
}
