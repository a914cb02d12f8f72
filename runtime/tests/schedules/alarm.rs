//! The alarm that schedules share with whatever else has an object woken.

use crate::agent::{Clock, SESSION, WATCHED, attempts};
use crate::client::{BEGIN_MS, Session, notes, plan, rows};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::json;

const HOUR_MS: u64 = 3_600_000;

#[test]
fn rows_are_swept_and_schedules_run_by_one_alarm() {
    for evicted in [false, true] {
        let host = Host::<Clock<WATCHED>>::new(60);
        let session = Session::begin(&host);
        let uri = json!({ "uri": "clock://notes" });
        let (status, _) = session.send(&host, "resources/subscribe", uri);
        assert_eq!(status, 200);
        host.run();
        let watched = |host: &Host<Clock<WATCHED>>| {
            let rows = rows(host);
            rows.iter().any(|key| key.starts_with("watch/"))
        };
        assert!(watched(&host));
        let every = json!({ "cron": "*/7 * * * *", "payload": { "name": "it" } });
        plan(&host, every);
        plan(
            &host,
            json!({ "in_ms": 30 * HOUR_MS, "payload": { "name": "late" } }),
        );
        for hour in 1..=5 {
            if evicted {
                host.evict("state:server");
                host.kill();
            }
            host.advance(HOUR_MS);
            let ran = notes(&host).len() as u64;
            assert_eq!(
                ran,
                (0..hour * 60).filter(|at| (at + 1) % 60 % 7 == 0).count() as u64
            );
        }
        assert!(
            !watched(&host),
            "the session is over, and the sweep was not put off"
        );
        assert!(attempts()["it"].len() > 40);
    }
}

#[test]
fn a_sweep_that_is_asked_for_puts_no_schedule_off() {
    let host = Host::<Clock<WATCHED>>::new(62);
    plan(
        &host,
        json!({ "in_ms": HOUR_MS / 2, "payload": { "name": "it" } }),
    );
    let session = Session::begin(&host);
    let uri = json!({ "uri": "clock://notes" });
    session.send(&host, "resources/subscribe", uri);
    host.advance(HOUR_MS / 2);
    assert_eq!(attempts()["it"].len(), 1);
}

#[test]
fn a_session_has_its_own_schedules_and_ends_with_them() {
    for evicted in [false, true] {
        let host = Host::<Clock<SESSION>>::new(61);
        let session = Session::begin(&host);
        let all = json!({ "all": [
            { "in_ms": HOUR_MS, "payload": { "name": "one" } },
            { "in_ms": HOUR_MS + 1, "payload": { "name": "two" } },
            { "in_ms": 90 * HOUR_MS, "payload": { "name": "never" } },
        ] });
        session.call(&host, "plan", all);
        let object = host.stored().expect("objects").pop().expect("one");
        assert!(object.starts_with("session:"), "{object}");
        if evicted {
            host.evict(&object);
            host.kill();
        }
        host.advance(HOUR_MS);
        assert_eq!(attempts().len(), 1);
        host.advance(1);
        assert_eq!(attempts().len(), 1);
        let seen = session.call(&host, "look", json!({}));
        assert!(seen.contains(r#"["one","two"]"#), "{seen}");
        host.advance(8 * HOUR_MS);
        assert!(host.now_ms() > BEGIN_MS && host.stored().unwrap().is_empty());
        host.advance(100 * HOUR_MS);
        assert!(
            attempts().is_empty(),
            "what it had scheduled is gone with it"
        );
    }
}
