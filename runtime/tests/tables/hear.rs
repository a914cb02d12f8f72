//! Who hears of what: tables that a query shows, bursts of changes, and changes that nobody was told of yet.

use super::agent::Tables;
use super::{answer, call, did};
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};

/// A client of 2026-07-28 that listens to both resources.
pub fn listen(host: &Host<Tables>) -> Response {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "tables", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let filter = json!({ "resourceSubscriptions": ["entry://all", "state://count"] });
    let params = json!({ "_meta": meta, "notifications": filter });
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params });
    let request = Request::post("/mcp", body.to_string())
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "subscriptions/listen");
    let response = host.request(&request);
    heard(&response);
    response
}

/// The URIs that it heard of since the last time.
pub fn heard(response: &Response) -> Vec<String> {
    let text = response.read();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let messages = data.map(|data| from_str::<Value>(data).expect("JSON"));
    messages
        .filter(|message| message["method"] == "notifications/resources/updated")
        .map(|message| message["params"]["uri"].as_str().expect("a URI").to_owned())
        .collect()
}

fn sql(host: &Host<Tables>, statement: &str) {
    let arguments = json!({ "statement": statement, "write": true });
    let answer = answer(host, &call("sql", arguments));
    assert!(
        answer["result"]["structuredContent"].is_object(),
        "{answer}"
    );
}

#[test]
fn those_who_see_a_table_hear_of_its_change() {
    let host = Host::<Tables>::new(1);
    let client = listen(&host);
    did(&host, json!([{ "insert": "a" }])).expect("one");
    let mut uris = heard(&client);
    uris.sort();
    assert_eq!(uris, ["entry://all", "state://count"]);
    sql(&host, "INSERT INTO other DEFAULT VALUES");
    sql(&host, "SELECT * FROM other");
    did(&host, json!([{ "insert": "b" }, "fail"])).expect_err("it fails");
    assert_eq!(heard(&client), [""; 0], "nothing that they see has changed");
    sql(&host, "UPDATE \"ENTRY\" SET name = 'c'");
    assert_eq!(heard(&client), ["entry://all"]);
}

#[test]
fn of_many_changes_the_last_is_always_heard() {
    let host = Host::<Tables>::new(1);
    let client = listen(&host);
    let calls: Vec<_> = (0..500)
        .map(|at| {
            let steps = json!([{ "insert": at.to_string() }]);
            host.send(&call("write", json!({ "steps": steps })))
        })
        .collect();
    host.run();
    let before = heard(&client).len();
    assert!((2..=40).contains(&before), "{before} at once");
    host.advance(99);
    assert_eq!(heard(&client).len(), 0);
    host.advance(1);
    let mut uris = heard(&client);
    uris.sort();
    assert_eq!(uris, ["entry://all", "state://count"], "and then the last");
    host.advance(10_000);
    assert_eq!(heard(&client), [""; 0]);
    drop(calls);
    let left = host.rows("state:server").expect("rows");
    assert!(
        !left.iter().any(|(key, _)| key.starts_with("untold/")),
        "{left:?}"
    );
}

#[test]
fn what_nobody_was_told_of_is_told_by_the_next_life() {
    let host = Host::<Tables>::new(1);
    let client = listen(&host);
    let mut calls = Vec::new();
    for at in 0..50 {
        let steps = json!([{ "insert": at.to_string() }]);
        calls.push(host.send(&call("write", json!({ "steps": steps }))));
    }
    host.run();
    heard(&client);
    host.evict("state:server");
    host.advance(10_000);
    assert_eq!(heard(&client), [""; 0], "it sleeps");
    answer(&host, &call("read", json!({})));
    let mut uris = heard(&client);
    uris.sort();
    assert_eq!(uris, ["entry://all", "state://count"]);
}
