//! The stdio host, through a pair of pipes: what comes in as a line, and what goes out as one.

#[path = "stdio/agent.rs"]
mod agent;
#[path = "stdio/client.rs"]
mod client;
#[path = "stdio/light.rs"]
mod light;
#[cfg(feature = "sqlite")]
#[path = "stdio/state.rs"]
mod state;

use agent::Desk;
use client::{Client, STATELESS, alone, call, request, text};
use mcp_agent::serde_json::{Value, json};
use std::time::{Duration, Instant};

const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

#[test]
fn every_version_lists_calls_and_reads() {
    for version in LEGACY {
        let mut client = Client::new::<Desk>();
        assert_eq!(client.initialize(version), version);
        everything(&mut client, |request| request);
        let (rest, ended) = client.end();
        assert_eq!(rest, [Value::Null; 0]);
        ended.expect("it ends well");
    }
    let mut client = Client::new::<Desk>();
    let discovered = client.ask(&alone(request(1, "server/discover", json!({}))));
    let versions = &discovered["result"]["supportedVersions"];
    assert_eq!(versions[0], STATELESS, "{discovered}");
    everything(&mut client, alone);
}

fn everything(client: &mut Client, of_version: fn(Value) -> Value) {
    let listed = client.ask(&of_version(request(2, "tools/list", json!({}))));
    assert_eq!(listed["result"]["tools"][0]["name"], "add");
    assert_eq!(
        text(&client.ask(&of_version(call(3, "add", json!({ "n": 4 }))))),
        "4"
    );
    assert_eq!(
        text(&client.ask(&of_version(call(4, "total", json!({}))))),
        "4"
    );
    let read = request("5", "resources/read", json!({ "uri": "desk://total" }));
    let read = client.ask(&of_version(read));
    assert_eq!(read["result"]["contents"][0]["text"], "4");
    let unknown = client.ask(&of_version(request(6, "no/such", json!({}))));
    assert_eq!(unknown["error"]["code"], -32601);
    // No header says the name, so none can say it wrong.
    let unknown = request(7, "resources/read", json!({ "uri": "desk://no such ☃" }));
    let unknown = client.ask(&of_version(unknown));
    assert!(unknown["error"]["code"] == -32602 || unknown["error"]["code"] == -32002);
}

#[test]
fn a_version_that_is_not_spoken_is_refused() {
    let mut client = Client::new::<Desk>();
    let mut strange = alone(request(1, "tools/list", json!({})));
    strange["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2030-01-01".into();
    let refused = client.ask(&strange);
    assert_eq!(refused["error"]["code"], -32022, "{refused}");
    assert_eq!(refused["error"]["data"]["supported"][0], STATELESS);
}

#[test]
fn a_session_begins_with_initialize() {
    let mut client = Client::new::<Desk>();
    let refused = client.ask(&request(1, "tools/list", json!({})));
    assert_eq!(refused["error"]["code"], -32600, "{refused}");
    // What has no answer has none here either.
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9 } }));
    client.send(&json!({ "jsonrpc": "2.0", "id": 9, "result": {} }));
    client.hears_nothing();
    assert_eq!(client.initialize("2030-01-01"), "2025-11-25");
    assert_eq!(text(&client.ask(&call(2, "total", json!({})))), "0");
    // Another one takes its place.
    assert_eq!(client.initialize("2025-06-18"), "2025-06-18");
    assert_eq!(text(&client.ask(&call(3, "total", json!({})))), "0");
}

#[test]
fn both_eras_at_once() {
    let mut client = Client::new::<Desk>();
    client.initialize("2025-11-25");
    assert_eq!(
        text(&client.ask(&alone(call(2, "add", json!({ "n": 1 }))))),
        "1"
    );
    assert_eq!(text(&client.ask(&call(2, "add", json!({ "n": 1 })))), "2");
}

#[test]
fn a_handler_asks_its_client() {
    for version in ["2025-06-18", "2025-11-25"] {
        let mut client = Client::new::<Desk>();
        client.initialize(version);
        client.send(&call(2, "ask", json!({})));
        let progress = client.next();
        assert_eq!(progress["method"], "notifications/progress", "{progress}");
        assert_eq!(progress["params"]["progressToken"], 2);
        let question = client.next();
        assert_eq!(question["method"], "elicitation/create", "{question}");
        // Meanwhile there is time for others.
        assert_eq!(text(&client.ask(&call(3, "add", json!({ "n": 1 })))), "1");
        let result = json!({ "action": "accept", "content": { "amount": 41 } });
        client.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }));
        let progress = client.next();
        assert_eq!(progress["params"]["progress"], 2.0, "{progress}");
        let response = client.next();
        assert_eq!((text(&response), &response["id"]), ("42", &json!(2)));
    }
}

#[test]
fn a_handler_asks_in_rounds() {
    let mut client = Client::new::<Desk>();
    let mut again = alone(call(2, "ask", json!({})));
    client.send(&again);
    assert_eq!(client.next()["method"], "notifications/progress");
    let asked = client.next();
    answer(&mut again, &asked, 41);
    client.send(&again);
    // What was said before is not said again.
    let progress = client.next();
    assert_eq!(progress["params"]["progress"], 2.0, "{progress}");
    assert_eq!(text(&client.next()), "41");
    let mut again = alone(call(3, "greet", json!({})));
    for age in [30, 40] {
        let asked = client.ask(&again);
        answer(&mut again, &asked, age);
    }
    assert_eq!(text(&client.ask(&again)), "30 and 40");
}

/// Puts the answer to all that is asked into the request.
fn answer(request: &mut Value, asked: &Value, amount: i64) {
    let result = &asked["result"];
    assert_eq!(result["resultType"], "input_required", "{asked}");
    let questions = result["inputRequests"].as_object().expect("questions");
    let accepted = json!({ "action": "accept", "content": { "amount": amount } });
    let answers = questions.keys().map(|key| (key.clone(), accepted.clone()));
    request["params"]["inputResponses"] = answers.collect();
    request["params"]["requestState"] = result["requestState"].clone();
}

#[test]
fn who_listens_hears_of_changes_until_it_is_enough() {
    let mut client = Client::new::<Desk>();
    let params = json!({ "notifications": { "resourceSubscriptions": ["desk://total"] } });
    client.send(&alone(request(7, "subscriptions/listen", params)));
    let acknowledged = client.next();
    assert_eq!(
        acknowledged["method"],
        "notifications/subscriptions/acknowledged"
    );
    let of = "io.modelcontextprotocol/subscriptionId";
    assert_eq!(acknowledged["params"]["_meta"][of], 7, "{acknowledged}");
    client.send(&alone(call(8, "add", json!({ "n": 1 }))));
    let mut heard = [client.next(), client.next()];
    heard.sort_by_key(|message| message["id"].is_null());
    assert_eq!(text(&heard[0]), "1");
    assert_eq!(heard[1]["method"], "notifications/resources/updated");
    assert_eq!(heard[1]["params"]["_meta"][of], 7, "{}", heard[1]);
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 } }));
    assert_eq!(
        text(&client.ask(&alone(call(9, "add", json!({ "n": 1 }))))),
        "2"
    );
    client.hears_nothing();
}

#[test]
fn one_that_listens_keeps_nobody_from_ending() {
    ends_at_once(|| {
        let mut client = Client::new::<Desk>();
        let params = json!({ "notifications": { "resourceSubscriptions": ["desk://total"] } });
        client.send(&alone(request(10, "subscriptions/listen", params)));
        client.next();
        let began = Instant::now();
        client.end().1.expect("it ends well");
        began.elapsed()
    });
}

/// What is not waited for ends in no time. On a machine that has other things to do that may take long once, what waits takes long each time.
fn ends_at_once(take: impl Fn() -> Duration) {
    /// Less than what is being answered may take when the client has said its last word.
    const ENOUGH: Duration = Duration::from_secs(3);
    let times: Vec<Duration> = (0..3).map(|_| take()).collect();
    assert!(times.iter().any(|it| *it < ENOUGH), "{times:?}");
}

#[test]
fn a_call_that_is_taken_back_says_no_more() {
    let mut client = Client::new::<Desk>();
    client.initialize("2025-11-25");
    client.send(&call(2, "ask", json!({})));
    assert_eq!(client.next()["method"], "notifications/progress");
    let question = client.next();
    let cancel = |id: u64| json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } });
    client.send(&cancel(2));
    let result = json!({ "action": "accept", "content": { "amount": 41 } });
    client.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }));
    client.hears_nothing();
    client.send(&alone(call(3, "wait", json!({ "ms": 100 }))));
    client.send(&cancel(3));
    client.hears_nothing();
    client.hears_nothing();
    assert_eq!(client.ask(&call(4, "total", json!({})))["id"], 4);
}

#[test]
fn who_subscribes_hears_of_changes() {
    let mut client = Client::new::<Desk>();
    client.initialize("2025-11-25");
    let subscribe = request(2, "resources/subscribe", json!({ "uri": "desk://total" }));
    assert_eq!(client.ask(&subscribe)["result"], json!({}));
    client.send(&call(3, "add", json!({ "n": 1 })));
    let mut heard = [client.next(), client.next()];
    heard.sort_by_key(|message| message["id"].is_null());
    assert_eq!(text(&heard[0]), "1");
    assert_eq!(heard[1]["method"], "notifications/resources/updated");
    assert_eq!(heard[1]["params"]["uri"], "desk://total");
}

#[test]
fn a_stream_that_lets_its_client_go_is_come_back_to() {
    let mut client = Client::new::<Desk>();
    client.initialize("2025-11-25");
    client.send(&call(2, "walk", json!({})));
    assert_eq!(client.next()["params"]["progress"], 1.0);
    assert_eq!(client.next()["params"]["progress"], 2.0);
    assert_eq!(text(&client.next()), "there");
    client.hears_nothing();
}

#[test]
fn a_batch_is_answered_by_one() {
    let mut client = Client::new::<Desk>();
    client.initialize("2025-03-26");
    let notice = json!({ "jsonrpc": "2.0", "method": "notifications/roots/list_changed" });
    client.send(&json!([
        call(2, "add", json!({ "n": 1 })),
        notice,
        request(3, "ping", json!({}))
    ]));
    let answers = client.next();
    assert_eq!(text(&answers[0]), "1", "{answers}");
    assert_eq!(
        answers[1],
        json!({ "jsonrpc": "2.0", "id": 3, "result": {} })
    );
    client.send(&json!([notice]));
    client.hears_nothing();
}

#[test]
fn what_is_no_message_is_refused() {
    let mut client = Client::new::<Desk>();
    client.write("\n \r\nwhat?\n");
    let refused = client.next();
    assert_eq!(
        (&refused["error"]["code"], &refused["id"]),
        (&json!(-32700), &Value::Null)
    );
    client.write(&format!("{}\n", "x".repeat(5 << 20)));
    assert_eq!(client.next()["error"]["code"], -32600);
    client.write("{\"jsonrpc\":\"2.0\",\"id\":1}\n");
    assert_eq!(client.next()["error"]["code"], -32600);
    assert_eq!(text(&client.ask(&alone(call(2, "total", json!({}))))), "0");
}

#[test]
fn a_panic_is_answered_and_leaves_no_trace() {
    let mut client = Client::new::<Desk>();
    client.initialize("2025-11-25");
    for tool in ["crash_late", "crash_late_writing"] {
        for of_version in [|request| request, alone] {
            client.send(&of_version(call(20, tool, json!({}))));
            assert_eq!(client.next()["params"]["progress"], 1.0, "{tool}");
            let broken = client.next();
            assert_eq!(broken["error"]["code"], -32603, "{tool}: {broken}");
        }
    }
    for id in 0..3 {
        for tool in ["crash", "crash_asking"] {
            let broken = client.ask(&call(id, tool, json!({})));
            assert_eq!(broken["error"]["code"], -32603, "{tool}: {broken}");
        }
        let broken = client.ask(&alone(call(id, "crash", json!({}))));
        assert_eq!(broken["error"]["code"], -32603, "{broken}");
        let total = client.ask(&call(10 + id, "add", json!({ "n": 1 })));
        assert_eq!(text(&total), (id + 1).to_string());
    }
}

#[test]
fn a_message_is_one_line() {
    let mut client = Client::new::<Desk>();
    let answer = client.ask(&alone(call(1, "lines", json!({}))));
    assert_eq!(answer["result"]["structuredContent"]["text"], "one\ntwo");
}

#[test]
fn what_is_asked_before_the_end_is_answered() {
    let mut client = Client::new::<Desk>();
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": { "elicitation": {} },
        "clientInfo": { "name": "pipe", "version": "1" },
    });
    let lines = [
        request(1, "initialize", params),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        call(2, "wait", json!({ "ms": 100 })),
        alone(call(3, "total", json!({}))),
    ];
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    // The last line of a file may have no end.
    client.write(&lines.join("\n"));
    let (mut rest, ended) = client.end();
    ended.expect("it ends well");
    rest.sort_by_key(|message| message["id"].as_u64());
    assert_eq!(rest.len(), 3, "{rest:?}");
    assert_eq!(text(&rest[1]), "1");
}

#[test]
fn what_waits_for_a_client_that_is_gone_does_not_wait() {
    ends_at_once(|| {
        let mut client = Client::new::<Desk>();
        client.initialize("2025-11-25");
        client.send(&call(2, "ask", json!({})));
        assert_eq!(client.next()["method"], "notifications/progress");
        assert_eq!(client.next()["method"], "elicitation/create");
        let began = Instant::now();
        let (rest, ended) = client.end();
        assert_eq!(rest, [Value::Null; 0]);
        ended.expect("it ends well");
        began.elapsed()
    });
}
