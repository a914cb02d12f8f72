//! States that are not what was given out.

use super::agent::Pair;
use super::client::{Ask, asked, call, response, result, text};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::{Value, json};

fn refused(host: &Host<Pair>, ask: &Ask, why: &str) {
    let response = response(host, ask);
    assert_eq!(response["error"]["code"], -32602, "{why}: {response}");
}

fn put() -> Ask {
    Ask::new("ask_put", json!({ "id": "a" }))
}

#[test]
fn a_state_that_was_changed_is_refused() {
    let host = Host::<Pair>::new(1);
    let first = result(&host, &put());
    let state = first["requestState"].as_str().unwrap();
    for at in [0, 1, state.len() / 2, state.len() - 2] {
        let mut changed = state.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        refused(
            &host,
            &put().with(json!({ "requestState": changed })),
            "changed",
        );
    }
    for end in [0, 1, 10, state.len() - 1] {
        let cut = &state[..end];
        refused(
            &host,
            &put().with(json!({ "requestState": cut })),
            "truncated",
        );
    }
    let long = "A".repeat(1 << 20);
    let doubled = [state, state].concat();
    for other in [
        json!(7),
        json!({}),
        json!(null),
        json!(long),
        json!(doubled),
    ] {
        refused(
            &host,
            &put().with(json!({ "requestState": other })),
            "no state",
        );
    }
    assert_eq!(text(&call(&host, "get", json!({}))), "");
}

#[test]
fn a_state_of_another_call_is_refused() {
    let host = Host::<Pair>::new(2);
    let first = result(&host, &put());
    let given = json!({ "requestState": first["requestState"] });
    let others = [
        ("another tool", Ask::new("ask_get", json!({ "id": "a" }))),
        (
            "another argument",
            Ask::new("ask_put", json!({ "id": "b" })),
        ),
        (
            "one more argument",
            Ask::new("steps", json!({ "id": "a", "n": 1, "ms": 0 })),
        ),
        ("a tool that never asks", Ask::new("get", json!({}))),
    ];
    for (why, other) in others {
        refused(&host, &other.with(given.clone()), why);
    }
    let elsewhere = Host::<Pair>::new(3);
    refused(&elsewhere, &put().with(given), "another server");
}

#[test]
fn the_order_of_arguments_is_not_another_call() {
    let host = Host::<Pair>::new(4);
    let first = result(
        &host,
        &Ask::new("steps", json!({ "id": "a", "n": 2, "ms": 0 })),
    );
    let other: Value =
        mcp_agent::serde_json::from_str(r#"{"ms": 0, "n":  2, "id": "\u0061"}"#).unwrap();
    let second = Ask::new("steps", other).after(&first, &[("question 2", 4)]);
    assert_eq!(text(&result(&host, &second)), "4");
    super::taken();
}

#[test]
fn a_state_lasts_an_hour_from_the_first_round_on() {
    let host = Host::<Pair>::new(5);
    let ask = || Ask::new("both", json!({ "id": "a" }));
    let first = result(&host, &ask());
    host.advance(3_000_000);
    let second = result(&host, &ask().after(&first, &[("a", 1)]));
    assert_eq!(asked(&second), ["b"]);
    host.advance(599_999);
    assert_eq!(
        text(&result(&host, &ask().after(&second, &[("b", 1)]))),
        "2"
    );
    host.advance(1);
    refused(
        &host,
        &ask().after(&second, &[("b", 1)]),
        "an hour after the first round",
    );
}

#[test]
fn answers_that_are_none_are_refused() {
    let host = Host::<Pair>::new(6);
    let first = result(&host, &put());
    for answers in [
        json!(7),
        json!([]),
        json!({ "how much?": 7 }),
        json!({ "how much?": null }),
    ] {
        let ask = put()
            .after(&first, &[])
            .with(json!({ "inputResponses": answers }));
        refused(&host, &ask, "no answers");
        let ask = put().with(json!({ "inputResponses": answers }));
        refused(&host, &ask, "no answers, no state");
    }
}

#[test]
fn a_client_that_cannot_be_asked_is_told_so() {
    let host = Host::<Pair>::new(7);
    let mute = |ask: Ask| ask.meta(json!({ "io.modelcontextprotocol/clientCapabilities": {} }));
    let request = mute(put()).request();
    let response = host.request(&request);
    assert_eq!(response.status, 400);
    let error: Value = mcp_agent::serde_json::from_str(&response.read()).unwrap();
    assert_eq!(error["error"]["code"], -32021);
    assert_eq!(
        error["error"]["data"]["requiredCapabilities"],
        json!({ "elicitation": { "form": {} } })
    );
    // What a client can do is what its newest request says.
    let first = result(&host, &put());
    let second = mute(put().after(&first, &[]));
    assert_eq!(
        super::client::response(&host, &second)["error"]["code"],
        -32021
    );
}
