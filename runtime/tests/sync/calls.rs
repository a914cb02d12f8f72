//! Tools that clients call.

use super::agents::{Board, Shown};
use super::client::{Client, HUB, board, call, failure, result, set, state};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::json;

const PATH: &str = "/agents/test-board/default";

#[test]
fn a_tool_answers_in_the_words_of_agents() {
    let host = Host::<Board>::new(1);
    let (ada, _) = Client::open(&host, PATH);
    let text = json!({ "type": "text", "text": "a" });
    let other = json!({ "type": "text", "text": "b" });
    for (method, args, expected) in [
        ("total", json!([]), json!("0")),
        ("total", json!([{}]), json!("0")),
        ("sum", json!([]), json!("0")),
        ("hello", json!([{ "name": "Ada" }]), json!("hello Ada")),
        ("picture", json!([]), json!([text, other])),
    ] {
        assert_eq!(ada.call(method, args), [result(expected)], "{method}");
    }
}

#[test]
fn what_a_tool_changes_is_seen_before_it_answers() {
    let host = Host::<Board>::new(2);
    let (ada, _) = Client::open(&host, PATH);
    let (bob, _) = Client::open(&host, PATH);
    let told = state(&board(json!({ "total": 5 })));
    let got = ada.call("add", json!([{ "n": 5 }]));
    assert_eq!(got, [told.clone(), result(json!({ "total": 5 }))]);
    assert_eq!(bob.got(), [told]);
}

#[test]
fn what_cannot_be_called_says_why() {
    let host = Host::<Board>::new(3);
    let (ada, _) = Client::open(&host, PATH);
    let asks =
        "this tool asks its user while it runs, and nobody could answer here: call it over MCP";
    for (method, args, words) in [
        ("nothing", json!([]), "unknown tool: nothing"),
        (
            "add",
            json!([{}]),
            "Invalid arguments for the tool `add`:\n- /n: is required",
        ),
        (
            "add",
            json!([{ "n": 0 }]),
            "Invalid arguments for the tool `add`:\n- /n: must be at least 1",
        ),
        (
            "add",
            json!([1]),
            "a tool takes one argument, an object of its parameters, or none",
        ),
        (
            "add",
            json!([{ "n": 1 }, { "n": 2 }]),
            "a tool takes one argument, an object of its parameters, or none",
        ),
        ("add", json!({ "n": 1 }), "`args` must be a list"),
        ("fail", json!([]), "it is broken"),
        ("inside", json!([]), "internal error"),
        ("ask", json!([]), asks),
        ("wipe", json!([]), asks),
    ] {
        assert_eq!(ada.call(method, args), [failure(words)], "{method}");
    }
    assert_eq!(ada.call("total", json!([])), [result(json!("0"))]);
}

#[test]
fn arguments_that_nest_too_deeply_are_refused() {
    let host = Host::<Board>::new(4);
    let (ada, _) = Client::open(&host, PATH);
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    let text = r#"{"type":"rpc","id":"1","method":"add","args":[{"n":DEEP}]}"#;
    ada.socket.send(text.replace("DEEP", &deep));
    host.run();
    let words = "the arguments nest deeper than 64 levels";
    assert_eq!(ada.got(), [failure(words)]);
}

#[test]
fn a_call_comes_after_what_was_written_before_it() {
    let host = Host::<Shown>::new(5);
    let (ada, _) = Client::open(&host, "/agents/shown/default");
    assert_eq!(
        ada.call("add", json!([])).len(),
        2,
        "who only reads calls all the same"
    );

    let host = Host::<Board>::new(5);
    let (ada, _) = Client::open(&host, PATH);
    ada.say(&call("1", "slow", json!([])));
    ada.say(&set(&board(json!({ "title": "a" }))));
    ada.say(&call("2", "total", json!([])));
    ada.say(&call("3", "hello", json!([{ "name": "Ada" }])));
    host.run();
    assert!(ada.got().is_empty(), "the writer before it is at it");
    host.advance(5_000);
    let answers: Vec<_> = ada
        .got()
        .into_iter()
        .filter(|it| it["type"] == "rpc")
        .collect();
    let ids: Vec<_> = answers
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(answers[1]["result"], "1");
}

#[test]
fn a_call_that_is_lost_with_its_object_is_the_end_of_the_connection() {
    let host = Host::<Board>::new(6);
    let (ada, _) = Client::open(&host, PATH);
    let (bob, _) = Client::open(&host, PATH);
    ada.say(&call("1", "slow", json!([])));
    host.run();
    host.evict(HUB);
    host.run();
    assert_eq!(ada.socket.closed().unwrap().0, 1011);
    assert_eq!(bob.call("total", json!([])), [result(json!("0"))]);
}
