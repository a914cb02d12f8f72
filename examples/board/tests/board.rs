//! Whose board it is and who may do what, in virtual time: `cargo test`. The principals are those that the Worker makes of a sign-in.

use board::Board;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};

fn somebody(name: &str, org: Option<&str>, role: &str) -> Value {
    let mut claims = json!({ "sub": name, "name": name, "role": role });
    if let Some(org) = org {
        claims["org"] = json!(org);
    }
    json!({ "iss": "http://localhost:8787", "sub": name, "client": "page", "scopes": ["board"], "claims": claims })
}

fn call(host: &Host<Board>, who: &Value, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let request = Request::rpc("/mcp", "tools/call", params).principal(who);
    let answer: Value = from_str(&host.request(&request).read()).expect("JSON");
    answer["result"].clone()
}

fn shown(host: &Host<Board>, who: &Value) -> Value {
    call(host, who, "show_board", json!({}))["structuredContent"].clone()
}

#[test]
fn a_team_shares_a_board_that_no_other_team_sees() {
    let host = Host::<Board>::new(1);
    let ada = somebody("Ada", Some("acme"), "lead");
    let grace = somebody("Grace", Some("acme"), "member");
    let alan = somebody("Alan", Some("globex"), "lead");
    for text in ["Buy milk", " Paint the door "] {
        call(&host, &ada, "add_card", json!({ "text": text }));
    }
    let moved = json!({ "id": 2, "to": "doing" });
    call(&host, &grace, "move_card", moved);
    let board = shown(&host, &ada);
    assert_eq!(
        board["to_do"],
        json!([{ "id": 1, "text": "Buy milk", "by": "Ada" }])
    );
    assert_eq!(
        board["doing"],
        json!([{ "id": 2, "text": "Paint the door", "by": "Grace" }])
    );
    let other = shown(&host, &alan);
    assert_eq!(other["to_do"], json!([]));
    assert_eq!(other["doing"], json!([]));
}

#[test]
fn a_card_goes_before_another_one_or_to_the_end() {
    let host = Host::<Board>::new(1);
    let ada = somebody("Ada", Some("acme"), "lead");
    for text in ["a", "b", "c"] {
        call(&host, &ada, "add_card", json!({ "text": text }));
    }
    let order = |arguments| {
        call(&host, &ada, "move_card", arguments);
        let board = shown(&host, &ada);
        let cards = board["to_do"].as_array().expect("cards");
        let texts: String = cards
            .iter()
            .filter_map(|card| card["text"].as_str())
            .collect();
        texts
    };
    assert_eq!(order(json!({ "id": 3, "to": "to_do", "before": 1 })), "cab");
    assert_eq!(order(json!({ "id": 3, "to": "to_do" })), "abc");
    assert_eq!(
        order(json!({ "id": 1, "to": "to_do", "before": 99 })),
        "bca"
    );
    let gone = call(&host, &ada, "move_card", json!({ "id": 9, "to": "done" }));
    assert_eq!(gone["isError"], true, "{gone}");
}

#[test]
fn a_column_is_full_at_some_point() {
    let host = Host::<Board>::new(1);
    let ada = somebody("Ada", Some("acme"), "lead");
    for number in 0..100 {
        call(
            &host,
            &ada,
            "add_card",
            json!({ "text": format!("card {number}") }),
        );
    }
    let refused = call(&host, &ada, "add_card", json!({ "text": "one more" }));
    assert_eq!(
        refused["content"][0]["text"],
        "the column is full: 100 cards"
    );
    let empty = call(&host, &ada, "add_card", json!({ "text": "  " }));
    assert_eq!(empty["isError"], true, "{empty}");
}

#[test]
fn a_lead_alone_clears_what_is_done() {
    let host = Host::<Board>::new(1);
    let ada = somebody("Ada", Some("acme"), "lead");
    let grace = somebody("Grace", Some("acme"), "member");
    call(&host, &grace, "add_card", json!({ "text": "Buy milk" }));
    call(&host, &grace, "move_card", json!({ "id": 1, "to": "done" }));
    let refused = call(&host, &grace, "clear_done", json!({}));
    assert_eq!(refused["isError"], true, "{refused}");
    let cleared = call(&host, &ada, "clear_done", json!({}));
    assert_eq!(cleared["content"][0]["text"], "1 gone");
    let gone = call(&host, &grace, "remove_card", json!({ "id": 1 }));
    assert_eq!(gone["isError"], true, "{gone}");
}

#[test]
fn who_is_of_no_team_has_no_board() {
    let host = Host::<Board>::new(1);
    let nobody = somebody("Eve", None, "lead");
    let params = json!({ "name": "show_board", "arguments": {} });
    let answer = host.request(&Request::rpc("/mcp", "tools/call", params).principal(&nobody));
    assert_eq!(answer.status, 403);
    let answer = answer.read();
    assert!(answer.contains("the claim `org`"), "{answer}");
}
