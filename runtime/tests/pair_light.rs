//! The host in memory with sessions that are nothing but a token, and with batches: what the dice of `pair.rs` do not throw.

#[path = "pair/agent.rs"]
mod agent;

use agent::{Pair, taken};
use mcp_agent::memory::{Host, Request};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, from_str, json};

/// Keeps no sessions.
#[mcp_agent(config = "tests/ui/counter.toml")]
pub struct Counter;

impl counter::Handlers for Counter {
    async fn add(&mut self, cx: &Cx, p: counter::AddParams) -> Result<String> {
        cx.sleep(std::time::Duration::from_millis(10)).await;
        self.counter += p.a;
        Ok(self.counter.to_string())
    }
}

fn initialize(version: &str) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": version,
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "light", "version": "1" },
        },
    })
}

fn add(id: u64, a: i64) -> Value {
    let params = json!({ "name": "add", "arguments": { "a": a } });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

/// The messages of a stream.
fn messages(text: &str) -> Vec<Value> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let messages = data.filter(|data| data.starts_with('{'));
    messages.map(|data| from_str(data).expect("JSON")).collect()
}

fn text(answer: &Value) -> &str {
    let text = answer["result"]["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_light_session_lasts_as_long_as_its_stream() {
    let host = Host::<Counter>::new(1);
    let stream = host.request(&Request::new("GET", "/sse").header("accept", "text/event-stream"));
    let first = stream.read();
    let endpoint = first.lines().find_map(|line| line.strip_prefix("data: "));
    let endpoint = endpoint.expect("an endpoint");
    let post = |message: &Value| host.request(&Request::post(endpoint, message.to_string()));
    assert_eq!(post(&initialize("2024-11-05")).status, 202);
    host.run();
    assert_eq!(
        messages(&stream.read())[0]["result"]["protocolVersion"],
        "2024-11-05"
    );
    assert_eq!(post(&add(2, 4)).status, 202);
    host.run();
    assert_eq!(stream.read(), "", "the handler sleeps");
    host.advance(10);
    assert_eq!(text(&messages(&stream.read())[0]), "5");
    drop(stream);
    assert_eq!(post(&add(3, 4)).status, 404);
    assert_eq!(
        host.stored().expect("a storage"),
        [""; 0],
        "nothing is left"
    );
}

#[test]
fn messages_that_come_together_are_answered_together() {
    let host = Host::<Counter>::new(1);
    let begun = host.request(&Request::post("/mcp", initialize("2025-03-26").to_string()));
    let session = begun
        .header("mcp-session-id")
        .expect("a session")
        .to_owned();
    let batch = json!([add(2, 1), add(3, 1), { "jsonrpc": "2.0", "method": "notifications/x" }]);
    let request = Request::post("/mcp", batch.to_string()).header("mcp-session-id", &session);
    let numbers = |answers: &[Value]| -> Vec<(u64, String)> {
        let number = |answer: &Value| answer["id"].as_u64().expect("an id");
        let answers = answers.iter();
        answers
            .map(|it| (number(it), text(it).to_owned()))
            .collect()
    };
    let answers: Vec<Value> = from_str(&host.request(&request).read()).expect("an array");
    assert_eq!(
        numbers(&answers),
        [(2, "2".to_owned()), (3, "3".to_owned())]
    );
    let response = host.request(&request.clone().header("accept", "text/event-stream"));
    assert!(response.is_stream());
    let answers = messages(&response.read());
    assert_eq!(
        numbers(&answers),
        [(2, "4".to_owned()), (3, "5".to_owned())]
    );
}

#[test]
fn a_batch_in_a_kept_session_is_one_stream_of_all_that_is_said() {
    taken();
    let host = Host::<Pair>::new(1);
    let begun = host.request(&Request::post("/mcp", initialize("2025-03-26").to_string()));
    let session = begun
        .header("mcp-session-id")
        .expect("a session")
        .to_owned();
    let call = |id: u64, name: &str, ms: u64| {
        let arguments = match name {
            "ready" => json!({ "id": name }),
            _ => json!({ "id": name, "n": 1, "ms": ms }),
        };
        let params = json!({ "name": name, "arguments": arguments });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
    };
    // What of it asks nothing of its client: there were no questions in that version.
    let batch = json!([
        call(2, "steps", 20),
        call(3, "ready", 0),
        call(4, "steps_put", 10)
    ]);
    let request = Request::post("/mcp", batch.to_string()).header("mcp-session-id", &session);
    let stream = host.request(&request);
    assert!(stream.is_stream());
    let ids = |said: Vec<Value>| -> Vec<Option<u64>> {
        said.iter().map(|message| message["id"].as_u64()).collect()
    };
    assert_eq!(
        ids(messages(&stream.read())),
        [Some(3)],
        "what is ready at once"
    );
    host.advance(10);
    let log = None;
    assert_eq!(ids(messages(&stream.read())), [log, Some(4)]);
    assert!(stream.is_open());
    host.advance(10);
    assert_eq!(ids(messages(&stream.read())), [log, Some(2)]);
    assert!(!stream.is_open(), "all is said");
}

#[test]
fn whose_call_is_lost_with_its_object_is_told_so() {
    let host = Host::<Counter>::new(1);
    let params = json!({ "name": "add", "arguments": { "a": 1 } });
    let mut lost = host.send(&Request::rpc("/mcp", "tools/call", params.clone()));
    host.run();
    host.evict("state:server");
    host.run();
    let response = lost.response().expect("the front is there");
    let response = response.expect("a response");
    assert_eq!(response.status, 500);
    let answer: Value = from_str(&response.read()).expect("JSON");
    assert_eq!(
        (&answer["id"], &answer["error"]["code"]),
        (&json!(1), &json!(-32603))
    );
    let again = host.request(&Request::rpc("/mcp", "tools/call", params));
    let answer: Value = from_str(&again.read()).expect("JSON");
    assert_eq!(text(&answer), "2", "what was lost has changed nothing");
}

#[test]
fn a_page_of_another_origin_reads_nothing() {
    let host = Host::<Counter>::new(1);
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let from = |origin: &str| {
        let request = Request::post("/mcp", ping.to_string());
        host.request(&request.header("origin", origin))
    };
    let ours = from("http://localhost:5173");
    let shared = ours.header("access-control-allow-origin");
    assert_eq!(shared, Some("http://localhost:5173"));
    let theirs = from("https://evil.example");
    assert_eq!(theirs.status, 403);
    assert_eq!(theirs.header("access-control-allow-origin"), None);
}
