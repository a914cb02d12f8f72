//! `confirm`: the user is asked before a tool runs.

use crate::agents::Shop;
use crate::client::{Client, messages, text};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::{Value, json};

fn asking() -> (Host<Shop>, Client) {
    let host = Host::<Shop>::new(1);
    let client = Client::begin(&host, json!({ "elicitation": {} }));
    (host, client)
}

/// The question of a call, and its result when it is answered with `action`.
fn answered(
    host: &Host<Shop>,
    client: &Client,
    call: (&str, Value),
    action: &str,
) -> (Value, Value) {
    let stream = client.send(host, call.0, call.1);
    let asked = messages(&stream.read()).pop().expect("a question");
    assert_eq!(asked["method"], "elicitation/create");
    client.answer(host, &asked, action);
    let answer = messages(&stream.read()).pop().expect("an answer");
    (asked["params"].clone(), answer["result"].clone())
}

#[test]
fn a_tool_runs_when_its_user_agrees() {
    let (host, client) = asking();
    let drop = ("drop", json!({ "what": "a \"cup\"" }));
    let (asked, result) = answered(&host, &client, drop, "accept");
    assert_eq!(asked["message"], "Drop a \"cup\" 2 times?");
    assert_eq!(
        asked["requestedSchema"],
        json!({ "type": "object", "properties": {} })
    );
    assert_eq!(text(&result), "dropped a \"cup\"");
}

#[test]
fn a_tool_does_not_run_when_its_user_does_not() {
    let (host, client) = asking();
    let cart = client.create(&host, "cart");
    client.good(&host, "put", json!({ "cart": cart, "item": "a" }));
    for (action, said) in [
        ("decline", "the user declined: nothing was done"),
        (
            "cancel",
            "the user closed the question without an answer: nothing was done",
        ),
    ] {
        let pay = ("pay", json!({ "cart": cart }));
        let (_, result) = answered(&host, &client, pay, action);
        assert_eq!(
            (text(&result).as_str(), &result["isError"]),
            (said, &json!(true))
        );
    }
    let pay = ("pay", json!({ "cart": cart }));
    let (_, result) = answered(&host, &client, pay, "accept");
    assert_eq!(text(&result), "a", "nothing was done before");
}

#[test]
fn what_is_lost_while_the_user_thinks_goes_on() {
    let (host, client) = asking();
    let cart = client.create(&host, "cart");
    client.good(&host, "put", json!({ "cart": cart, "item": "a" }));
    let stream = client.send(&host, "pay", json!({ "cart": cart }));
    let asked = messages(&stream.read()).pop().expect("a question");
    // Meanwhile nothing is held: others use the cart.
    client.good(&host, "put", json!({ "cart": cart, "item": "b" }));
    for object in host.awake() {
        host.evict(&object);
    }
    host.run();
    client.answer(&host, &asked, "accept");
    let answer = messages(&stream.read()).pop().expect("an answer");
    assert_eq!(text(&answer["result"]), "a,b");
}

#[test]
fn who_cannot_be_asked_is_told_so() {
    let host = Host::<Shop>::new(1);
    let client = Client::begin(&host, json!({}));
    let said = client.bad(&host, "drop", json!({ "what": "it" }));
    assert_eq!(
        said,
        "`drop` asks the user first, and this client cannot be asked: nothing was done"
    );
}
