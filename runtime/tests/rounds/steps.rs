//! Steps that are under way when their client leaves, sends its request again, or is to be asked something else.

use super::agent::{Pair, taken};
use super::client::{Ask, asked, last, messages, result, text};
use super::hear::listen;
use mcp_agent::memory::Host;
use mcp_agent::serde_json::json;

fn charge(ms: i64) -> Ask {
    Ask::new("charge", json!({ "id": "a", "ms": ms }))
}

#[test]
fn the_same_state_many_times_at_once_takes_a_step_once() {
    let host = Host::<Pair>::new(1);
    let first = result(&host, &charge(1_000));
    let second = || charge(1_000).after(&first, &[("how much?", 1)]).request();
    let mut all: Vec<_> = (0..5).map(|_| host.send(&second())).collect();
    host.advance(10_000);
    for exchange in &mut all {
        let response = exchange.response().unwrap().unwrap();
        assert_eq!(asked(&last(&response.read())["result"]), ["tip?"]);
    }
    assert_eq!(taken()["a 1"], 1);
}

#[test]
fn a_step_is_finished_though_its_client_has_left() {
    for ms in [1_000, 60_000] {
        let host = Host::<Pair>::new(2);
        let first = result(&host, &charge(ms));
        let second = || charge(ms).after(&first, &[("how much?", 1)]);
        let mut exchange = host.send(&second().request());
        // Before there is a response, and when there is a stream.
        host.advance(if ms > 25_000 { 30_000 } else { 500 });
        drop(exchange.response());
        drop(exchange);
        host.advance(120_000);
        let second = result(&host, &second());
        assert_eq!(asked(&second), ["tip?"]);
        let third = charge(ms).after(&second, &[("tip?", 5)]);
        assert_eq!(text(&result(&host, &third)), "15");
        assert_eq!(text(&result(&host, &third)), "15", "sent again");
        assert_eq!(taken()["a 1"], 1, "{ms}");
    }
}

#[test]
fn what_a_call_without_state_changes_is_heard_of() {
    let host = Host::<Pair>::new(3);
    let listening = host.request(&listen(
        json!({ "resourceSubscriptions": ["pair://entries"] }),
    ));
    listening.read();
    let first = result(&host, &charge(0));
    let second = result(&host, &charge(0).after(&first, &[("how much?", 1)]));
    assert_eq!(listening.read(), "");
    result(&host, &charge(0).after(&second, &[("tip?", 1)]));
    host.run();
    let told = messages(&listening.read());
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["params"]["uri"], "pair://entries");
    taken();
}
