//! What a client hears while its call runs, and what it hears of changes.

use super::agent::Pair;
use super::client::{Ask, call, messages, read, text};
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, json};

fn ask(n: i64) -> Ask {
    Ask::new("steps", json!({ "id": "a", "n": n, "ms": 100 }))
}

fn methods(all: &[Value]) -> Vec<&str> {
    all.iter().filter_map(|it| it["method"].as_str()).collect()
}

fn is_stream(response: &Response) -> bool {
    response.is_stream()
}

#[test]
fn progress_and_logs_come_only_where_they_are_asked_for() {
    let level = "io.modelcontextprotocol/logLevel";
    let host = Host::<Pair>::new(1);
    let response = host.request(&ask(1).request());
    assert!(!is_stream(&response), "there is nothing to say");
    for (meta, heard) in [
        (
            json!({ "progressToken": "t" }),
            vec!["notifications/progress"],
        ),
        (json!({ level: "info" }), vec!["notifications/message"]),
        (json!({ level: "error" }), vec![]),
        (
            json!({ "progressToken": 7, level: "debug" }),
            vec!["notifications/progress", "notifications/message"],
        ),
    ] {
        let response = host.request(&ask(1).meta(meta.clone()).request());
        let all = read(&host, &response);
        assert_eq!(methods(&all), heard, "{meta}");
        assert_eq!(is_stream(&response), !heard.is_empty());
        if let Some(token) = meta.get("progressToken") {
            assert_eq!(all[0]["params"]["progressToken"], *token);
        }
    }
    for wrong in [
        json!({ level: "loud" }),
        json!({ level: 7 }),
        json!({ "progressToken": 1.5 }),
    ] {
        let refused = super::client::response(&host, &ask(1).meta(wrong));
        assert_eq!(refused["error"]["code"], -32602);
    }
    super::taken();
}

#[test]
fn what_an_earlier_round_has_said_is_not_said_again() {
    let host = Host::<Pair>::new(2);
    let ask = || ask(3).meta(json!({ "progressToken": 1 }));
    let first = host.request(&ask().request());
    let first = read(&host, &first);
    assert_eq!(methods(&first).len(), 2);
    let second = ask().after(&first[2]["result"], &[("question 2", 1)]);
    let second = read(&host, &host.request(&second.request()));
    assert_eq!(methods(&second).len(), 1);
    assert_eq!(second[0]["params"]["progress"], 3);
    super::taken();
}

#[test]
fn a_silent_call_becomes_a_stream_after_a_keepalive_and_ends_with_it() {
    for tool in ["steps", "steps_put"] {
        let host = Host::<Pair>::new(3);
        let slow = Ask::new(tool, json!({ "id": "slow", "n": 1, "ms": 28_000 }));
        let before = host.now_ms();
        let response = host.request(&slow.request());
        assert!(is_stream(&response));
        assert_eq!(host.now_ms() - before, 25_000);
        assert_eq!(
            read(&host, &response).len(),
            1,
            "{tool}: nothing but the answer"
        );
        assert_eq!(host.now_ms() - before, 28_000);
        // A client that leaves ends its call.
        let response = host.request(&slow.request());
        drop(response);
        host.advance(120_000);
        let stored = host.rows("state:server").unwrap();
        assert!(
            !stored.iter().any(|(key, _)| key.starts_with("lost/")),
            "{stored:?}"
        );
        let entries = text(&call(&host, "get", json!({})));
        assert_eq!(entries, if tool == "steps" { "" } else { "slow" });
    }
    super::taken();
}

#[test]
fn an_object_that_is_lost_tells_the_clients_of_its_streams() {
    let host = Host::<Pair>::new(4);
    let slow = Ask::new("steps_put", json!({ "id": "slow", "n": 1, "ms": 60_000 }));
    let response = host.request(&slow.request());
    assert!(is_stream(&response));
    host.evict("state:server");
    host.run();
    let all = messages(&response.read());
    assert_eq!(all[0]["error"]["code"], -32603, "{all:?}");
    super::taken();
}

pub fn listen(filter: Value) -> Request {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "rounds", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "_meta": meta, "notifications": filter });
    let body = json!({ "jsonrpc": "2.0", "id": "l\"1", "method": "subscriptions/listen", "params": params });
    Request::post("/mcp", body.to_string())
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "subscriptions/listen")
}

#[test]
fn who_listens_hears_of_changes() {
    let id = "io.modelcontextprotocol/subscriptionId";
    let host = Host::<Pair>::new(5);
    let filter = json!({ "resourceSubscriptions": ["pair://entries", "pair://other"], "toolsListChanged": true });
    let hears = host.request(&listen(filter));
    let deaf = host.request(&listen(json!({ "toolsListChanged": true })));
    assert!(is_stream(&hears));
    let first = messages(&hears.read());
    assert_eq!(first.len(), 1);
    assert_eq!(
        first[0]["method"],
        "notifications/subscriptions/acknowledged"
    );
    assert_eq!(first[0]["params"]["_meta"][id], "l\"1");
    assert_eq!(
        first[0]["params"]["notifications"],
        json!({ "toolsListChanged": true, "resourceSubscriptions": ["pair://entries"] })
    );
    deaf.read();
    call(&host, "put", json!({ "id": "x", "ms": 0 }));
    host.run();
    let told = messages(&hears.read());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["method"], "notifications/resources/updated");
    assert_eq!(told[0]["params"]["uri"], "pair://entries");
    assert_eq!(told[0]["params"]["_meta"][id], "l\"1");
    assert_eq!(deaf.read(), "");
    // The object is lost, and its streams are not.
    host.evict("state:server");
    call(&host, "put", json!({ "id": "y", "ms": 0 }));
    host.run();
    assert_eq!(messages(&hears.read()).len(), 1);
    drop(hears);
    drop(deaf);
    host.run();
    let rows = host.rows("state:server").unwrap();
    assert!(
        !rows.iter().any(|(key, _)| key.starts_with("listener/")),
        "{rows:?}"
    );
}

#[test]
fn a_filter_that_is_none_is_refused() {
    let host = Host::<Pair>::new(6);
    let many: Vec<String> = (0..4000).map(|at| format!("pair://{at}")).collect();
    for wrong in [
        json!(7),
        json!({ "toolsListChanged": 1 }),
        json!({ "resourceSubscriptions": "pair://entries" }),
        json!({ "resourceSubscriptions": [7] }),
        json!({ "resourceSubscriptions": many }),
    ] {
        let refused = messages(&host.request(&listen(wrong)).read());
        assert_eq!(refused[0]["error"]["code"], -32602, "{refused:?}");
    }
}
