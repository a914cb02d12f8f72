//! HTTP+SSE of 2024-11-05.

use crate::run::{failure, listing};
use crate::server::{Request, Server, answer, assert_listed, event, reply, say, stream};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

const VERSION: &str = "2024-11-05";

/// A server of one stream, which refuses to be posted to elsewhere with this status and names this endpoint.
fn server(refusal: u16, endpoint: &'static str) -> Server {
    let (sender, receiver): (Sender<Value>, Receiver<Value>) = channel();
    let (sender, receiver) = (Mutex::new(sender), Mutex::new(receiver));
    let act = move |request: &Request, out: &mut TcpStream| match &*request.method {
        "GET" => {
            stream(out, "");
            say(out, &format!("event: endpoint\ndata: {endpoint}\n\n"));
            for message in receiver.lock().expect("one stream").iter() {
                event(out, &message);
            }
        }
        _ if request.path != "/messages?session=1" => reply(out, refusal, "", "text/plain", "no"),
        _ => {
            let sender = sender.lock().expect("one message at a time");
            let send = |message| sender.send(message).expect("the stream is open");
            if request.rpc() == "prompts/list" {
                send(json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
            }
            if !request.body["method"].is_null() && !request.body["id"].is_null() {
                send(answer(request, VERSION));
            }
            reply(out, 202, "", "text/plain", "Accepted");
        }
    };
    Server::start(move |request, out, _| act(request, out))
}

#[test]
fn answers_come_on_the_stream() {
    for (refusal, endpoint) in [
        (405, "/messages?session=1"),
        (404, "messages?session=1"),
        (400, "/messages?session=1"),
    ] {
        let server = server(refusal, endpoint);
        assert_listed(&listing(&server.url("/sse")), VERSION, "HTTP+SSE");
        let all = server.log.all();
        let pong = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
        assert!(all.iter().any(|it| it.body == pong), "{:?}", server.asked());
        assert!(all.iter().any(|it| it.rpc() == "notifications/initialized"));
    }
}

#[test]
fn an_endpoint_elsewhere_is_told_nothing() {
    for endpoint in [
        "http://127.0.0.1:1/messages?session=1",
        "//a.example/",
        "\\\\a.example/",
    ] {
        let server = server(405, endpoint);
        let error = failure(&server.url("/sse"), Some("word-of-mine"));
        assert!(error.contains("leads to another origin"), "{error}");
        assert!(!error.contains("word-of-mine"), "{error}");
    }
}

#[test]
fn a_stream_must_begin_with_the_endpoint() {
    for (body, says) in [
        ("data: {}\n\n", "does not begin with the event `endpoint`"),
        ("", "does not begin with the event `endpoint`"),
        ("event: endpoint\ndata: /m\n\n", "/m answers 405"),
    ] {
        let server = Server::start(move |request, out, _| match &*request.method {
            "GET" => {
                stream(out, "");
                say(out, body);
            }
            _ => reply(out, 405, "", "text/plain", ""),
        });
        let error = failure(&server.url("/sse"), None);
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_stream_that_ends_early_is_said_to() {
    let server = Server::start(|request, out, _| match (&*request.method, &*request.path) {
        ("GET", _) => {
            stream(out, "");
            say(out, "event: endpoint\ndata: /m\n\n");
        }
        (_, "/m") => reply(out, 202, "", "text/plain", ""),
        _ => reply(out, 404, "", "text/plain", ""),
    });
    let error = failure(&server.url("/sse"), None);
    assert!(error.contains("ends without the answer"), "{error}");
}
