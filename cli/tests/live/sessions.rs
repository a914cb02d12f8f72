//! 2025-03-26 to 2025-11-25: Streamable HTTP with `initialize`.

use crate::run::{failure, listing};
use crate::server::{Server, answer, assert_listed, error, event, json, reply, say, stream};
use serde_json::{Value, json};

const VERSION: &str = "2025-11-25";
const SESSION: &str = "mcp-session-id: s1\r\n";

#[test]
fn a_session_is_kept_and_ended() {
    let server = Server::start(|request, out, _| {
        match (request.header("mcp-session-id"), request.rpc()) {
            (None, "initialize") => json(out, 200, SESSION, &answer(request, VERSION)),
            // As the official SDK has it.
            (None, _) => json(out, 400, "", &error(request, -32000, Value::Null)),
            (Some("s1"), "notifications/initialized") => reply(out, 202, "", "text/plain", ""),
            (Some("s1"), "") => reply(out, 405, "", "text/plain", ""),
            _ => json(out, 200, "", &answer(request, VERSION)),
        }
    });
    assert_listed(&listing(&server.url("/mcp")), VERSION, "Streamable HTTP");
    let all = server.log.all();
    assert_eq!(
        all[1].header("mcp-protocol-version"),
        None,
        "nothing is agreed on yet"
    );
    assert_eq!(all[2].rpc(), "notifications/initialized");
    for request in &all[2..] {
        assert_eq!(request.header("mcp-session-id"), Some("s1"), "{request:?}");
        assert_eq!(
            request.header("mcp-protocol-version"),
            Some(VERSION),
            "{request:?}"
        );
        assert!(request.body["params"]["_meta"].is_null());
    }
    assert_eq!(all.last().map(|it| it.method.as_str()), Some("DELETE"));
}

#[test]
fn what_is_asked_on_a_stream_is_answered() {
    let server = Server::start(|request, out, log| match request.rpc() {
        "initialize" => {
            stream(out, SESSION);
            say(out, "id: 1\r\ndata:\r\n\r\n");
            event(out, &answer(request, VERSION));
        }
        "server/discover" => reply(out, 404, "", "text/plain", "no"),
        "" | "notifications/initialized" => reply(out, 202, "", "text/plain", ""),
        "resources/list" => {
            stream(out, "");
            event(
                out,
                &json!({ "jsonrpc": "2.0", "id": "ours", "method": "ping" }),
            );
            log.wait(|it| it.body == json!({ "jsonrpc": "2.0", "id": "ours", "result": {} }));
            event(
                out,
                &json!({ "jsonrpc": "2.0", "id": 1, "method": "roots/list" }),
            );
            log.wait(|it| it.body["id"] == 1 && it.body["error"]["code"] == -32601);
            event(out, &answer(request, VERSION));
            // A stream may stay open when all is said.
            log.wait(|it| it.method == "DELETE");
        }
        _ => {
            stream(out, "");
            event(out, &answer(request, VERSION));
        }
    });
    assert_listed(&listing(&server.url("/mcp")), VERSION, "Streamable HTTP");
}

#[test]
fn a_stream_that_is_cut_off_is_gone_on_with() {
    let server = Server::start(
        |request, out, log| match (&*request.method, request.rpc()) {
            ("GET", _) => {
                assert_eq!(request.header("last-event-id"), Some("9"));
                let all = log.all();
                let asked = all.iter().find(|it| it.rpc() == "prompts/list");
                stream(out, "");
                event(out, &answer(asked.expect("it was asked"), VERSION));
            }
            (_, "prompts/list") => {
                stream(out, "");
                say(out, "id: 9\nretry: 5\ndata:\n\ndata: {\"half");
            }
            (_, "server/discover") => reply(out, 400, "", "text/plain", ""),
            (_, "notifications/initialized") => reply(out, 202, "", "text/plain", ""),
            _ => json(out, 200, "", &answer(request, VERSION)),
        },
    );
    assert_listed(&listing(&server.url("/mcp")), VERSION, "Streamable HTTP");
}

#[test]
fn an_older_version_is_spoken_without_a_session() {
    let server = Server::start(|request, out, _| match request.rpc() {
        "notifications/initialized" => reply(out, 202, "", "text/plain", ""),
        "server/discover" => json(out, 200, "", &error(request, -32601, Value::Null)),
        // A batch, as only this version has them.
        _ => json(out, 200, "", &json!([answer(request, "2025-03-26")])),
    });
    assert_listed(
        &listing(&server.url("/mcp")),
        "2025-03-26",
        "Streamable HTTP",
    );
    assert!(
        !server.asked().iter().any(|it| it.starts_with("DELETE")),
        "{:?}",
        server.asked()
    );
}

#[test]
fn a_version_that_nobody_knows_is_not_spoken() {
    for version in ["2026-07-28", "1999-01-01", ""] {
        let server = Server::start(move |request, out, _| match request.rpc() {
            "initialize" => json(out, 200, "", &answer(request, version)),
            _ => reply(out, 400, "", "text/plain", ""),
        });
        let error = failure(&server.url("/mcp"), None);
        assert!(
            error.contains(&format!("the version \"{version}\"")),
            "{error}"
        );
    }
}

#[test]
fn a_session_is_ended_when_it_fails() {
    let server = Server::start(|request, out, _| match request.rpc() {
        "initialize" => json(out, 200, SESSION, &answer(request, VERSION)),
        "notifications/initialized" => reply(out, 202, "", "text/plain", ""),
        "tools/list" => json(out, 200, "", &error(request, -32603, Value::Null)),
        _ => reply(out, 404, "", "text/plain", ""),
    });
    let error = failure(&server.url("/mcp"), None);
    assert!(error.ends_with("`tools/list`: error -32603, no"), "{error}");
    assert_eq!(server.asked().last().map(String::as_str), Some("DELETE"));
}
