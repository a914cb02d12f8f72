//! WebSockets of an agent's own, and plain HTTP, in virtual time.

#[path = "websockets/agent.rs"]
mod agent;

use agent::{Chat, Light};
use mcp_agent::Message;
use mcp_agent::memory::{Host, Request, WebSocket};
use mcp_agent::serde_json::{from_str, json};

const HUB: &str = "state:server";

fn get(path: &str) -> Request {
    Request::new("GET", path)
}

fn open(host: &Host<Chat>, query: &str) -> WebSocket {
    let path = format!("/ws?{query}");
    host.connect(&get(&path)).expect("it is accepted")
}

fn texts(socket: &WebSocket) -> Vec<String> {
    let received = socket.received().into_iter();
    received
        .map(|message| message.text().expect("a text").to_owned())
        .collect()
}

/// What comes of a message.
fn say(host: &Host<Chat>, socket: &WebSocket, text: &str) -> Vec<String> {
    socket.send(text);
    host.advance(10_000);
    texts(socket)
}

/// What the handlers have committed.
fn log(host: &Host<Chat>) -> Vec<String> {
    let mut log: Vec<String> = from_str(&host.request(&get("/hooks/log")).read()).unwrap();
    assert_eq!(log.pop().unwrap(), "GET /hooks/log");
    log.retain(|line| line != "GET /hooks/log");
    log
}

#[test]
fn who_connects_is_accepted_with_what_the_handler_gave() {
    let host = Host::<Chat>::new(1);
    let ada = open(&host, "name=ada&room=a");
    assert_eq!(texts(&ada), ["welcome ada"]);
    let bob = open(&host, "name=bob&room=b");
    assert_eq!(texts(&bob), ["welcome bob"], "it is not among the others");
    assert_eq!(texts(&ada), ["bob is here"]);
    assert_eq!(say(&host, &ada, "hello"), ["ada: hello"]);
    assert_eq!(say(&host, &ada, "tags"), ["room:a"]);
    ada.send(vec![1, 2, 3]);
    host.run();
    assert_eq!(ada.received(), [Message::Binary(vec![3, 2, 1])]);
}

#[test]
fn who_is_refused_gets_the_words_that_were_meant_for_it() {
    let host = Host::<Chat>::new(2);
    let ada = open(&host, "name=ada");
    texts(&ada);
    for (what, status, body) in [
        ("refuse", 403, "not you"),
        ("break", 500, "internal error"),
        ("tags", 403, "a connection may have 8 tags"),
        (
            "long",
            403,
            "a tag has 1 to 254 bytes, and this one has 256",
        ),
        ("empty", 403, "a tag has 1 to 254 bytes, and this one has 0"),
    ] {
        let refused = host.connect(&get(&format!("/ws?name=eve&do={what}")));
        let refused = refused.expect_err(what);
        assert_eq!((refused.status, &*refused.read()), (status, body));
    }
    host.run();
    assert!(texts(&ada).is_empty(), "nobody hears of them");
    assert_eq!(log(&host), ["connect ada"]);
}

#[test]
fn a_page_of_a_stranger_gets_no_connection() {
    let host = Host::<Chat>::new(3);
    let from = |name, value| host.connect(&get("/ws").header(name, value));
    for origin in ["https://evil.example", "null"] {
        assert_eq!(from("origin", origin).unwrap_err().status, 403);
    }
    assert_eq!(from("host", "evil.example").unwrap_err().status, 403);
    assert!(host.awake().is_empty(), "the object does not hear of it");
    for origin in ["https://app.example", "http://localhost:3000"] {
        assert!(from("origin", origin).is_ok());
    }
    let plain = host.request(&get("/ws"));
    assert_eq!(plain.status, 426);
    assert_eq!(plain.header("upgrade"), Some("websocket"));
}

#[test]
fn what_is_attached_outlives_the_object() {
    let host = Host::<Chat>::new(4);
    let ada = open(&host, "name=ada&room=a");
    assert_eq!(say(&host, &ada, "count"), ["welcome ada", "1"]);
    host.evict(HUB);
    assert_eq!(say(&host, &ada, "count"), ["2"]);
    assert_eq!(say(&host, &ada, "tags"), ["room:a"]);
    host.evict(HUB);
    assert_eq!(say(&host, &ada, "room a"), ["to a"]);
    host.evict(HUB);
    ada.close(4000, "done");
    host.run();
    assert_eq!(log(&host).last().unwrap(), "close ada 4000 done room:a");
}

#[test]
fn whoever_is_meant_hears_it() {
    let host = Host::<Chat>::new(5);
    let [ada, bob, eve] =
        ["name=ada&room=a", "name=bob&room=a", "name=eve&room=b"].map(|query| open(&host, query));
    let all = || [&ada, &bob, &eve].map(texts);
    all();
    ada.send("room a");
    bob.send("all of you");
    bob.send("room ws");
    host.run();
    let (both, one) = (vec!["to a", "of you"], vec!["of you"]);
    assert_eq!(all(), [both.clone(), both, one]);

    let arguments = json!({ "name": "tell", "arguments": { "text": "from a tool" } });
    let told = host.request(&Request::rpc("/mcp", "tools/call", arguments));
    assert!(told.read().contains(r#""text":"3""#));
    assert_eq!(host.request(&get("/hooks/tell")).status, 202);
    let heard = vec!["from a tool", "a hook was called"];
    assert_eq!(all(), [heard.clone(), heard.clone(), heard]);
}

#[test]
fn a_handler_that_fails_has_done_nothing() {
    let host = Host::<Chat>::new(6);
    let ada = open(&host, "name=ada");
    assert_eq!(say(&host, &ada, "count"), ["welcome ada", "1"]);
    assert!(say(&host, &ada, "fail").is_empty());
    assert_eq!(ada.closed(), None);
    assert_eq!(say(&host, &ada, "count"), ["2"], "nor attached anything");
    assert_eq!(log(&host), ["connect ada", "ada: count", "ada: count"]);
}

#[test]
fn what_is_sent_is_seen_after_the_commit_and_in_its_order() {
    let host = Host::<Chat>::new(7);
    let [ada, bob] = ["name=ada", "name=bob"].map(|query| open(&host, query));
    ada.send("slow");
    bob.send("1");
    ada.send("2");
    ada.close(1000, "");
    bob.send("3");
    host.advance(1_000);
    assert_eq!(texts(&ada), ["welcome ada", "bob is here"]);
    assert_eq!(texts(&bob), ["welcome bob"], "nobody overtakes");
    host.advance(2_000);
    let expected = [
        "ada: slow",
        "bob: 1",
        "ada: 2",
        "close ada 1000  ",
        "bob: 3",
    ];
    assert_eq!(log(&host)[2..], expected);
    assert_eq!(texts(&bob), ["bob: 1", "ada is gone", "bob: 3"]);
}

#[test]
fn one_that_connects_late_hears_what_comes_after_it() {
    let host = Host::<Chat>::new(8);
    let ada = open(&host, "name=ada");
    texts(&ada);
    ada.send("slow");
    host.run();
    let bob = open(&host, "name=bob&do=late");
    assert_eq!(texts(&bob), ["welcome bob"]);
    assert_eq!(texts(&ada), ["slow 1", "slow 2", "bob is here"]);
    assert_eq!(say(&host, &ada, "all of us"), ["of us"]);
    assert_eq!(texts(&bob), ["of us"]);
}

#[test]
fn a_connection_ends_as_it_was_ended() {
    let host = Host::<Chat>::new(9);
    let [ada, bob, eve] = ["name=ada", "name=bob", "name=eve"].map(|query| open(&host, query));
    assert_eq!(
        say(&host, &ada, "close 3001").len(),
        3,
        "and nothing behind it"
    );
    assert_eq!(ada.closed(), Some((3001, "as you say".to_owned())));
    drop(bob);
    eve.fail("the line broke");
    host.run();
    let closed = &log(&host)[4..];
    let expected = [
        "close ada 3001  ",
        "close bob 1006  ",
        "error the line broke",
        "close eve 1006  ",
    ];
    assert_eq!(closed, expected);
    let short = open(&host, "name=short&do=bye");
    assert_eq!(texts(&short), ["welcome short"], "accepted, told, closed");
    assert_eq!(short.closed(), Some((4001, "bye".to_owned())));
}

#[test]
fn what_may_not_be_asked_for_is_an_error() {
    let host = Host::<Chat>::new(10);
    let ada = open(&host, "name=ada");
    texts(&ada);
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        assert_eq!(say(&host, &ada, &format!("close {code}")), ["no such code"]);
    }
    assert_eq!(say(&host, &ada, "reason"), ["refused true"]);
    assert_eq!(say(&host, &ada, "tag"), ["refused true"]);
    assert_eq!(say(&host, &ada, "attach 2047"), ["refused true"]);
    assert_eq!(say(&host, &ada, "attach 2046"), ["refused false"], "quotes");
    assert_eq!(ada.closed(), None);
}

#[test]
fn a_message_that_is_too_large_ends_its_connection() {
    let host = Host::<Chat>::new(11);
    let [ada, bob, eve] = ["name=ada", "name=bob", "name=eve"].map(|query| open(&host, query));
    ada.send("x".repeat(1_000));
    bob.send("ü".repeat(501));
    eve.send(vec![0; 1_001]);
    host.run();
    assert_eq!(ada.closed(), None);
    let large = Some((1009, "a message may be 1000 bytes".to_owned()));
    assert_eq!([bob.closed(), eve.closed()], [large.clone(), large]);
}

#[test]
fn what_is_lost_with_its_object_is_told_by_a_close() {
    let host = Host::<Chat>::new(12);
    let [ada, bob] = ["name=ada", "name=bob"].map(|query| open(&host, query));
    ada.send("slow");
    host.run();
    host.evict(HUB);
    assert_eq!(ada.closed(), Some((1011, "internal error".to_owned())));
    assert_eq!(bob.closed(), None, "who was not waiting notices nothing");
    host.run();
    let expected = ["connect ada", "connect bob", "close ada 1011  "];
    assert_eq!(log(&host), expected);

    host.kill();
    assert_eq!(bob.closed(), Some((1006, String::new())));
    assert_eq!(log(&host), expected, "nobody is there to hear of it");
}

#[test]
fn handlers_that_write_nothing_keep_the_order_of_one_connection() {
    let host = Host::<Light>::new(13);
    let [ada, bob] = [(); 2].map(|()| host.connect(&get("/ws")).unwrap());
    ada.send("four");
    ada.send("1");
    ada.close(1000, "");
    bob.send("22");
    host.advance(3_000);
    assert_eq!(texts(&bob), ["22"], "others do not wait for it");
    host.advance(10_000);
    assert_eq!(texts(&bob), ["closed 1000"]);
}

#[test]
fn a_plain_request_is_answered_as_the_handler_says() {
    let host = Host::<Chat>::new(14);
    let bytes: Vec<u8> = (0..=255).collect();
    let echo = |method| {
        Request::new(method, "/hooks/echo?a=1&b")
            .header("content-type", "image/png")
            .header("origin", "https://anybody.example")
            .body(bytes.clone())
    };
    let answer = host.request(&echo("PUT"));
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(answer.header("x-query"), Some("a=1&b"));
    let headers = answer.headers.iter();
    let cookies = headers.filter(|(name, _)| name == "set-cookie");
    let cookies: Vec<_> = cookies.map(|(_, value)| value.as_str()).collect();
    assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.bytes(), bytes);
    let head = host.request(&echo("HEAD"));
    assert_eq!((head.status, head.bytes()), (201, Vec::new()));
    let none = host.request(&get("/hooks/none"));
    assert_eq!((none.status, none.bytes()), (204, Vec::new()));
    assert_eq!(host.request(&get("/hooks/else")).status, 404);
}

#[test]
fn a_plain_request_that_cannot_be_answered_says_nothing_of_the_inside() {
    let host = Host::<Chat>::new(15);
    for path in ["fail", "status", "header", "name"] {
        let answer = host.request(&get(&format!("/hooks/{path}")));
        assert_eq!((answer.status, &*answer.read()), (500, "internal error"));
        assert_eq!(answer.headers.len(), 1);
    }
    let committed = log(&host);
    assert!(!committed.iter().any(|line| line.contains("fail")));
    let large = host.request(&Request::new("POST", "/hooks/echo").body(vec![0; 1_001]));
    assert_eq!(large.status, 413);
    let elsewhere = host.request(&get("/hooks/log").header("host", "evil.example"));
    assert_eq!(elsewhere.status, 403);
}

#[test]
fn mcp_keeps_its_paths() {
    let host = Host::<Light>::new(16);
    let answer = host.request(&get("/anything/else").header("X-A", "1"));
    assert_eq!(answer.read(), "GET /anything/else host,x-a");
    assert!(host.awake().is_empty(), "it ran in the front Worker");
    let discover = Request::rpc("/mcp", "server/discover", json!({}));
    assert!(host.request(&discover).read().contains(r#""light""#));
    assert!(host.request(&get("/mcp")).is_stream());
    assert!(host.request(&get("/sse")).is_stream());
    assert_eq!(host.request(&get("/ws")).read(), "GET /ws host");
}
