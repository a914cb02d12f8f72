//! Who connects, and what it gets.

use super::agents::{Board, Shown};
use super::client::{Client, HUB, board, error, state};
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::json;

const PATH: &str = "/agents/test-board/default";

fn get(path: &str) -> Request {
    Request::new("GET", path)
}

#[test]
fn who_connects_hears_what_it_is_connected_to_and_the_state() {
    let host = Host::<Board>::new(1);
    let identity = json!({ "type": "cf_agent_identity", "name": "default", "agent": "test-board", "stateFollows": true });
    let (ada, got) = Client::open(&host, &format!("{PATH}?_pk=1234"));
    assert_eq!(got, [identity.clone(), state(&board(json!({})))]);
    ada.set(&board(json!({ "title": "a" })));
    let (_bob, got) = Client::open(&host, PATH);
    assert_eq!(got, [identity, state(&board(json!({ "title": "a" })))]);
}

#[test]
fn only_what_is_declared_is_there() {
    let host = Host::<Board>::new(2);
    for path in [
        "/agents/test-board/me",
        "/agents/test-board/default/",
        "/agents/test-board/",
        "/agents/other/default",
        "/agents/test-board/default/ticket",
    ] {
        assert_eq!(host.request(&get(path)).status, 404, "{path}");
        let refused = host.connect(&get(path));
        assert_eq!(refused.expect_err(path).status, 404, "{path}");
    }
    let plain = host.request(&get(PATH));
    assert_eq!(plain.status, 426);
    assert_eq!(plain.header("upgrade"), Some("websocket"));
    let ticket = Request::new("POST", "/agents/test-board/default/ticket");
    assert_eq!(host.request(&ticket).status, 404, "nobody needs one");
    assert!(host.awake().is_empty(), "the object does not hear of it");
}

#[test]
fn a_page_of_a_stranger_gets_no_connection() {
    let host = Host::<Board>::new(3);
    let from = |name, value| host.connect(&get(PATH).header(name, value));
    for origin in ["https://evil.example", "null"] {
        assert_eq!(from("origin", origin).unwrap_err().status, 403);
    }
    assert_eq!(from("host", "evil.example").unwrap_err().status, 403);
    for origin in ["https://app.example", "http://localhost:3000"] {
        assert!(from("origin", origin).is_ok());
    }
}

#[test]
fn the_agents_own_connections_are_others() {
    let host = Host::<Board>::new(4);
    let (follower, _) = Client::open(&host, PATH);
    let own = host.connect(&get("/ws")).unwrap();
    own.send("of mine");
    host.run();
    assert_eq!(own.received(), ["1 of mine".into()]);
    assert!(follower.got().is_empty());
    follower.set(&board(json!({ "title": "a" })));
    assert!(own.received().is_empty());
    host.evict(HUB);
    own.send("again");
    host.run();
    assert_eq!(own.received(), ["1 again".into()]);
}

#[test]
fn what_is_not_ours_is_nothing_and_what_is_too_large_is_the_end() {
    let host = Host::<Board>::new(5);
    let (ada, _) = Client::open(&host, PATH);
    for other in ["", "hello", "{}", "[]", r#"{"type":"cf_agent_state"}"#] {
        ada.socket.send(other);
        host.run();
        assert!(ada.got().is_empty(), "{other}");
    }
    ada.socket.send(vec![1, 2, 3]);
    host.run();
    assert!(ada.got().is_empty());
    assert_eq!(ada.socket.closed(), None);
    ada.socket.send("x".repeat(17 << 10));
    host.run();
    let end = (1009, "a message may be 16384 bytes".to_owned());
    assert_eq!(ada.socket.closed(), Some(end));
}

#[test]
fn who_only_reads_is_told_so_and_shown_the_truth() {
    let host = Host::<Shown>::new(6);
    let (ada, _) = Client::open(&host, "/agents/shown/default");
    let got = ada.set(&json!({ "count": 5 }));
    assert_eq!(
        got,
        [
            error("Connection is readonly"),
            state(&json!({ "count": 0 }))
        ]
    );
    let add = Request::rpc("/mcp", "tools/call", json!({ "name": "add" }));
    host.request(&add);
    assert_eq!(ada.got(), [state(&json!({ "count": 1 }))]);
}

#[test]
fn nothing_happens_while_nobody_says_anything() {
    let host = Host::<Board>::new(7);
    let clients: Vec<_> = (0..1000).map(|_| Client::open(&host, PATH).0).collect();
    assert!(!host.skip(), "no timer, and no alarm");
    host.evict(HUB);
    assert!(host.awake().is_empty(), "and nothing wakes it");
    clients[7].set(&board(json!({ "title": "a" })));
    let told = state(&board(json!({ "title": "a" })));
    for (at, client) in clients.iter().enumerate().filter(|(at, _)| *at != 7) {
        assert_eq!(client.got(), std::slice::from_ref(&told), "{at}");
    }
}
