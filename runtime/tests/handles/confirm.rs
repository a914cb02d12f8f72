//! `confirm`: the user is asked before a tool runs.

use crate::agents::Shop;
use crate::client::{Client, messages, text};
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};

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
fn nobody_is_asked_about_what_is_not_there() {
    let (host, client) = asking();
    let said = client.bad(&host, "pay", json!({ "cart": "0" }));
    assert!(said.contains("create_cart"), "{said}");
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

/// A round of a call on 2026-07-28: its status, and the response.
fn round(host: &Host<Shop>, client: Value, mut params: Value) -> (u16, Value) {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "rounds", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": client,
    });
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let request = Request::post("/mcp", message.to_string())
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", &name);
    let response = host.request(&request);
    (response.status, from_str(&response.read()).expect("JSON"))
}

/// The second round of a call, with what the user did.
fn next(asked: &Value, call: &Value, action: &str) -> Value {
    let mut next = call.clone();
    next["requestState"] = asked["result"]["requestState"].clone();
    next["inputResponses"] = json!({ "confirm": { "action": action } });
    next
}

#[test]
fn a_tool_asks_in_a_round_of_its_own() {
    let host = Host::<Shop>::new(1);
    let client = Client::stateless();
    let cart = client.create(&host, "cart");
    client.good(&host, "put", json!({ "cart": cart, "item": "a" }));
    let asks = || json!({ "elicitation": {} });
    let pay = json!({ "name": "pay", "arguments": { "cart": cart } });
    let (_, asked) = round(&host, asks(), pay.clone());
    let question = &asked["result"]["inputRequests"]["confirm"];
    assert_eq!(question["method"], "elicitation/create", "{asked}");
    assert_eq!(question["params"]["message"], "Pay it?");
    for action in ["decline", "cancel"] {
        // Asked anew: what was answered is answered.
        let (_, asked) = round(&host, asks(), pay.clone());
        let (_, refused) = round(&host, asks(), next(&asked, &pay, action));
        assert_eq!(refused["result"]["isError"], true, "{refused}");
    }
    let accepted = next(&asked, &pay, "accept");
    let (_, paid) = round(&host, asks(), accepted.clone());
    assert_eq!(text(&paid["result"]), "a");
    client.good(&host, "put", json!({ "cart": cart, "item": "b" }));
    // Sent again, it is not paid again.
    let (_, again) = round(&host, asks(), accepted);
    assert_eq!(again, paid);
    let look = client.good(&host, "look", json!({ "cart": cart }));
    assert_eq!(look, "b of 0, sold a");
}

#[test]
fn a_tool_without_state_asks_in_a_round_too() {
    let host = Host::<Shop>::new(2);
    let asks = || json!({ "elicitation": { "form": {} } });
    let drop = json!({ "name": "drop", "arguments": { "what": "it", "times": 3 } });
    let (_, asked) = round(&host, asks(), drop.clone());
    let question = &asked["result"]["inputRequests"]["confirm"]["params"];
    assert_eq!(question["message"], "Drop it 3 times?");
    let mut other = next(&asked, &drop, "accept");
    let (_, dropped) = round(&host, asks(), other.clone());
    assert_eq!(text(&dropped["result"]), "dropped it");
    other["arguments"]["what"] = json!("them");
    let (_, refused) = round(&host, asks(), other);
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
}

#[test]
fn who_cannot_be_asked_in_a_round_lacks_a_capability() {
    let host = Host::<Shop>::new(3);
    let drop = json!({ "name": "drop", "arguments": { "what": "it" } });
    for client in [json!({}), json!({ "elicitation": { "url": {} } })] {
        let (status, answer) = round(&host, client, drop.clone());
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32021)));
    }
}
