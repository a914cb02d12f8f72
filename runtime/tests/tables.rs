//! Tables beside the state: one commit for both, and nothing of either when a handler fails.

#[path = "tables/agent.rs"]
mod agent;
#[path = "tables/hear.rs"]
mod hear;

use agent::{Seen, Tables};
use mcp_agent::memory::{Exchange, Host, Ram, Request};
use mcp_agent::serde_json::{Value, from_str, from_value, json};
use std::rc::Rc;

fn call(name: &str, arguments: Value) -> Request {
    let params = json!({ "name": name, "arguments": arguments });
    Request::rpc("/mcp", "tools/call", params)
}

fn script(steps: Value) -> Request {
    call("write", json!({ "steps": steps }))
}

fn answer(host: &Host<Tables>, request: &Request) -> Value {
    from_str(&host.request(request).read()).expect("JSON")
}

/// What the looks of a script saw, or what went wrong.
fn seen(answer: &Value) -> Result<Vec<Seen>, String> {
    let result = &answer["result"];
    if result["structuredContent"].is_object() {
        return Ok(from_value(result["structuredContent"]["seen"].clone()).expect("looks"));
    }
    let text = result["content"][0]["text"].as_str();
    let error = answer["error"]["message"].as_str();
    Err(text.or(error).expect("an answer").to_owned())
}

fn did(host: &Host<Tables>, steps: Value) -> Result<Vec<Seen>, String> {
    seen(&answer(host, &script(steps)))
}

fn now(host: &Host<Tables>) -> Seen {
    seen(&answer(host, &call("read", json!({})))).expect("a look")[0]
}

fn end(exchange: &mut Exchange) -> Option<Value> {
    let response = exchange.response().expect("a response")?;
    Some(from_str(&response.read()).expect("JSON"))
}

#[test]
fn state_and_tables_are_committed_together() {
    let host = Host::<Tables>::new(1);
    let steps = json!([{ "insert": "a" }, "look", { "insert": "b" }, "look"]);
    assert_eq!(did(&host, steps), Ok(vec![(1, 1), (2, 2)]));
    assert_eq!(now(&host), (2, 2));
    host.kill();
    assert_eq!(now(&host), (2, 2));
}

#[test]
fn a_handler_that_fails_changes_nothing() {
    let host = Host::<Tables>::new(1);
    did(&host, json!([{ "insert": "a" }])).expect("one");
    let fails = [
        json!([{ "insert": "b" }, "look", "fail"]),
        json!([{ "insert": "b" }, { "sleep": 10 }, "look", "fail"]),
        json!([{ "insert": "b" }, { "insert": "a" }]),
        json!([{ "insert": "b" }, { "text": 500 }]),
        json!([{ "insert": "b" }, { "sleep": 10 }, { "text": 500 }]),
        json!([{ "insert": "b" }, { "sleep": 31_000 }]),
    ];
    let said = fails.map(|steps| did(&host, steps).expect_err("it fails"));
    assert_eq!(
        said,
        [
            "told to fail",
            "told to fail",
            "internal error",
            "the state would be 521 bytes and may be 200; nothing was changed",
            "the state would be 521 bytes and may be 200; nothing was changed",
            "the handler took longer than the 30 s that others may have to wait; nothing was changed",
        ]
    );
    assert_eq!(now(&host), (1, 1));
    assert_eq!(did(&host, json!([{ "insert": "b" }])), Ok(vec![]));
    assert_eq!(now(&host), (2, 2));
}

#[test]
fn a_write_that_fails_leaves_what_was_written_before() {
    let host = Host::<Tables>::new(1);
    for wait in [0, 10] {
        let name = |name: &str| format!("{name}{wait}");
        let steps = json!([
            { "insert": name("a") }, { "lost": name("b") }, { "sleep": wait }, "look", { "lost": name("c") }, { "insert": name("b") }, "look"
        ]);
        let seen = did(&host, steps).expect("it goes on");
        assert_eq!(seen[1].0, seen[0].0 + 1);
        assert_eq!(seen[1].0, seen[1].1);
    }
    assert_eq!(now(&host), (4, 4));
}

#[test]
fn what_waits_is_seen_by_nobody_else() {
    let host = Host::<Tables>::new(1);
    let slow = script(
        json!([{ "insert": "slow" }, { "sleep": 1000 }, "look", { "insert": "slower" }, { "sleep": 1000 }, "look"]),
    );
    let mut slow = host.send(&slow);
    host.run();
    let mut next = host.send(&script(json!(["look", { "insert": "next" }, "look"])));
    for _ in 0..3 {
        host.run();
        assert_eq!(now(&host), (0, 0), "a reader sees what is committed");
        assert!(
            end(&mut next).is_none(),
            "another writer has its turn later"
        );
        host.advance(500);
    }
    host.advance(1000);
    let slow = end(&mut slow).expect("an answer");
    assert_eq!(seen(&slow), Ok(vec![(1, 1), (2, 2)]));
    let next = end(&mut next).expect("an answer");
    assert_eq!(seen(&next), Ok(vec![(2, 2), (3, 3)]));
    assert_eq!(now(&host), (3, 3));
}

#[test]
fn what_is_lost_while_it_waits_leaves_nothing() {
    for lose in [
        |host: &Host<Tables>| host.kill(),
        |host: &Host<Tables>| host.evict("state:server"),
    ] {
        let host = Host::<Tables>::new(1);
        did(&host, json!([{ "insert": "a" }])).expect("one");
        let lost = host.send(&script(json!([{ "insert": "b" }, { "sleep": 1000 }])));
        host.advance(500);
        lose(&host);
        drop(lost);
        host.advance(5000);
        assert_eq!(now(&host), (1, 1));
    }
}

#[test]
fn a_panic_changes_nothing() {
    for steps in [
        json!([{ "insert": "b" }, "panic"]),
        json!([{ "insert": "b" }, { "sleep": 10 }, "look", "panic"]),
    ] {
        let storage = Rc::new(Ram::default());
        let host = Host::<Tables>::over(1, storage.clone());
        did(&host, json!([{ "insert": "a" }])).expect("one");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| did(&host, steps)));
        assert!(panicked.is_err());
        std::mem::forget(host); // half of it is gone
        let host = Host::<Tables>::over(2, storage);
        assert_eq!(now(&host), (1, 1));
    }
}

#[test]
fn what_comes_to_something_else_when_it_is_done_again_fails() {
    let host = Host::<Tables>::new(1);
    assert_eq!(did(&host, json!(["random"])), Ok(vec![]));
    let said = did(&host, json!(["random", { "sleep": 1 }]));
    assert_eq!(said, Err("internal error".to_owned()));
    assert_eq!(now(&host), (1, 1));
}

#[test]
fn statements_are_of_their_kind() {
    let host = Host::<Tables>::new(1);
    did(&host, json!([{ "insert": "a" }])).expect("one");
    let sql = |statement: &str, write: bool| {
        let arguments = json!({ "statement": statement, "write": write });
        let answer = answer(&host, &call("sql", arguments));
        answer["result"]["structuredContent"]["rows"].clone()
    };
    assert_eq!(
        sql("SELECT id, name FROM entry", false),
        json!([{ "id": 1, "name": "a" }])
    );
    assert_eq!(
        sql("SELECT count(*) AS n FROM recent", true),
        json!([{ "n": 1 }])
    );
    for refused in [
        "DELETE FROM entry",
        "SELECT 1; DELETE FROM entry",
        "SELECT * FROM _mcp_migration",
        "WITH x AS (SELECT 1) DELETE FROM entry",
        "SELECT ?",
    ] {
        assert_eq!(sql(refused, false), Value::Null, "{refused}");
    }
    for refused in [
        "DROP TABLE entry",
        "SELECT 1; DELETE FROM entry",
        "PRAGMA user_version",
    ] {
        assert_eq!(sql(refused, true), Value::Null, "{refused}");
    }
    assert_eq!(now(&host), (1, 1));
}

#[test]
fn a_query_is_a_resource() {
    let host = Host::<Tables>::new(1);
    did(&host, json!([{ "insert": "a" }, { "insert": "b\"" }])).expect("two");
    let read = Request::rpc("/mcp", "resources/read", json!({ "uri": "entry://all" }));
    let contents = &answer(&host, &read)["result"]["contents"][0];
    assert_eq!(contents["text"], r#"[{"name":"a"},{"name":"b\""}]"#);
    assert_eq!(contents["mimeType"], "application/json");
}
