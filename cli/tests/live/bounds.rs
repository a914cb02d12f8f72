//! Servers that are broken, or mean no good: each is an error that says what came, and none is waited for or read for ever.

use crate::run::failure;
use crate::server::{Server, answer, json, reply, say, stream};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

const VERSION: &str = "2026-07-28";

/// A server that says this to `tools/list`.
fn saying(act: impl Fn(&mut Value) + Send + Sync + 'static) -> Server {
    Server::start(move |request, out, _| {
        let mut said = answer(request, VERSION);
        if request.rpc() == "tools/list" {
            // Whatever the cursor is.
            said = json!({ "jsonrpc": "2.0", "id": request.body["id"], "result": {} });
            act(&mut said["result"]);
        }
        json(out, 200, "", &said);
    })
}

#[test]
fn pages_come_to_an_end() {
    let same = saying(|it| *it = json!({ "tools": [], "nextCursor": "again" }));
    let error = failure(&same.url("/"), None);
    assert!(
        error.ends_with("`tools/list`: the same page comes again and again"),
        "{error}"
    );
    assert_eq!(same.asked().len(), 3);

    let count = AtomicUsize::new(0);
    let endless = saying(move |it| {
        *it =
            json!({ "tools": [], "nextCursor": count.fetch_add(1, Ordering::Relaxed).to_string() });
    });
    let error = failure(&endless.url("/"), None);
    assert!(
        error.ends_with("`tools/list`: it has more than 1000 pages"),
        "{error}"
    );
    assert_eq!(endless.asked().len(), 1_001);
}

#[test]
fn lists_have_items_that_can_be_known() {
    for (result, says) in [
        (json!(null), "no array `tools`"),
        (json!(7), "no array `tools`"),
        (json!([]), "no array `tools`"),
        (json!({ "tools": {} }), "no array `tools`"),
        (json!({ "tools": [7] }), "an item has no `name`: 7"),
        (
            json!({ "tools": [{ "name": [] }] }),
            "an item has no `name`",
        ),
        (
            json!({ "tools": [], "nextCursor": 7 }),
            "`nextCursor` is no text: 7",
        ),
    ] {
        let server = saying(move |it| *it = result.clone());
        let error = failure(&server.url("/"), None);
        assert!(
            error.contains("`tools/list`: ") && error.contains(says),
            "{error}"
        );
    }
}

#[test]
fn bodies_are_what_they_should_be() {
    let deep = "[".repeat(100_000);
    for (media, body, says) in [
        ("text/html", "<p>Hello", "200, `text/html`: <p>Hello"),
        ("text/html", "{}", "200, `text/html`: {}"),
        ("application/json", "", "nothing in it"),
        ("application/json", "{\"a\u{1b}[2J", "{\"a [2J"),
        ("application/json", &deep, "[[[["),
        (
            "application/json",
            "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}",
            "\"id\":99",
        ),
        (
            "application/json",
            "{\"id\":1,\"result\":{},\"error\":{}}",
            "\"error\"",
        ),
        ("application/json", "{\"id\":1,\"error\":null}", "\"error\""),
        (
            "application/json",
            "{\"id\":1,\"result\":{\"protocolVersion\":7}}",
            "the version 7",
        ),
    ] {
        let (sent, media) = (body.to_owned(), media.to_owned());
        let server = Server::start(move |_, out, _| reply(out, 200, "", &media, &sent));
        let error = failure(&server.url("/"), None);
        assert!(error.contains(says), "{body:.40}: {error}");
        assert!(error.len() < 600, "{error}");
    }
}

#[test]
fn a_huge_body_is_not_read_to_its_end() {
    const PIECE: usize = 1 << 20;
    for media in ["application/json", "text/event-stream"] {
        let server = Server::start(move |_, out, _| {
            let head = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {media}\r\n\r\ndata: "
            );
            say(out, &head);
            let piece = "x".repeat(PIECE);
            for _ in 0..40 {
                say(out, &piece);
            }
        });
        let error = failure(&server.url("/"), None);
        assert!(error.contains("it is too large"), "{media}: {error}");
    }
}

#[test]
fn a_server_that_leaves_is_said_to() {
    let nothing = Server::start(|_, _, _| {});
    assert!(failure(&nothing.url("/"), None).starts_with("no answer from http://127.0.0.1:"));

    let half = Server::start(|_, out, _| {
        say(
            out,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
        );
    });
    let error = failure(&half.url("/"), None);
    assert!(error.contains("cannot be read"), "{error}");

    let silent = Server::start(|request, out, _| match request.rpc() {
        "server/discover" => json(out, 200, "", &answer(request, VERSION)),
        _ => stream(out, ""),
    });
    let error = failure(&silent.url("/"), None);
    assert!(
        error.contains("`tools/list`: the answer is a stream that ends without"),
        "{error}"
    );

    let error = failure("http://127.0.0.1:1/", None);
    assert!(
        error.starts_with("no answer from http://127.0.0.1:1/"),
        "{error}"
    );
}
