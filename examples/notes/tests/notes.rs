//! The agent as a client has it, in virtual time: `cargo test`.

use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};
use notes::Notes;

fn ask(host: &Host<Notes>, method: &str, params: Value) -> Value {
    let answer: Value =
        from_str(&host.request(&Request::rpc("/mcp", method, params)).read()).expect("JSON");
    assert!(answer["result"].is_object(), "{answer}");
    answer["result"].clone()
}

fn call(host: &Host<Notes>, name: &str, arguments: Value) -> Value {
    ask(
        host,
        "tools/call",
        json!({ "name": name, "arguments": arguments }),
    )
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().expect("text")
}

fn titles(host: &Host<Notes>) -> Vec<String> {
    let result = ask(host, "resources/read", json!({ "uri": "notes://recent" }));
    let rows: Vec<Value> =
        from_str(result["contents"][0]["text"].as_str().expect("text")).expect("rows");
    let titles = rows
        .iter()
        .map(|row| row["title"].as_str().expect("a title"));
    titles.map(str::to_owned).collect()
}

fn add(host: &Host<Notes>, title: &str, text: &str) -> Value {
    call(host, "add_note", json!({ "title": title, "text": text }))
}

#[test]
fn notes_are_found_by_their_words() {
    let host = Host::<Notes>::new(1);
    let note = add(&host, "Bread", "flour, water, salt");
    assert_eq!(note["structuredContent"]["id"], 1);
    add(&host, "Soup", "water and salt, of course");
    let find = |words: &str| {
        let found = call(&host, "search_notes", json!({ "words": words }));
        let notes = found["structuredContent"]["notes"]
            .as_array()
            .expect("notes");
        notes
            .iter()
            .map(|note| note["title"].as_str().expect("a title").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(find("flour"), ["Bread"]);
    assert_eq!(find("water salt").len(), 2);
    for nothing in ["pepper", "\"", "NEAR(", "* OR -", "flour\" OR \"salt"] {
        assert_eq!(find(nothing), [""; 0], "{nothing}");
    }
    let twice = add(&host, "Bread", "again");
    assert_eq!(text(&twice), "there is a note of this title");
}

#[test]
fn what_is_thrown_away_can_be_had_back_for_a_month() {
    let host = Host::<Notes>::new(1);
    for title in ["a", "b"] {
        add(&host, title, "");
    }
    for id in [1, 2] {
        call(&host, "delete_note", json!({ "id": id }));
    }
    assert_eq!(titles(&host), [""; 0]);
    let back = call(&host, "restore_note", json!({ "id": 1 }));
    assert_eq!(back["structuredContent"]["title"], "a");
    host.advance(32 * 24 * 3_600_000);
    assert_eq!(titles(&host), ["a"]);
    let late = call(&host, "restore_note", json!({ "id": 2 }));
    assert_eq!(late["isError"], true, "{late}");
}

#[test]
fn a_draft_becomes_a_note() {
    let host = Host::<Notes>::new(1);
    let made = call(&host, "create_draft", json!({}));
    let draft = made["structuredContent"]["draft"].clone();
    for line in ["one", "two"] {
        call(&host, "write_line", json!({ "draft": draft, "text": line }));
    }
    let note = call(
        &host,
        "publish_draft",
        json!({ "draft": draft, "title": "Numbers" }),
    );
    assert_eq!(note["structuredContent"]["text"], "one\ntwo");
    let again = call(
        &host,
        "publish_draft",
        json!({ "draft": draft, "title": "Numbers" }),
    );
    assert_eq!(again["isError"], true);
}

#[test]
fn a_reminder_puts_a_note_on_top() {
    let host = Host::<Notes>::new(1);
    for title in ["old", "new"] {
        add(&host, title, "");
    }
    let wrong = call(&host, "remind", json!({ "id": 7, "seconds": 60 }));
    assert_eq!(wrong["isError"], true);
    call(&host, "remind", json!({ "id": 1, "seconds": 60 }));
    host.advance(59_000);
    assert_eq!(titles(&host), ["new", "old"]);
    host.kill();
    host.advance(1_000);
    assert_eq!(titles(&host), ["old", "new"]);
}
