//! What the fuzz targets do with their bytes, and what must hold whatever the bytes are. `protocol/tests/corpus.rs` includes this file
//! and plays the committed seeds, without a fuzzer.

mod client;
#[path = "../../protocol/tests/common/memory.rs"]
#[allow(dead_code, reason = "fuzzing uses a part")]
mod memory;
mod server;

use client::{Client, Got};
use mcp_agent_protocol::{
    CallHead, Engine, Headers, HttpRequest, Journal, Output, SessionHead, SseSession,
};
use serde_json::Value;
use server::{CATALOGS, Counting, NOW, keys, policy};

/// Messages of one client, with the byte 0x1e between them. The first byte says how the client talks, and to which server.
pub fn frames(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        // A host refuses it before the engine sees it.
        return;
    };
    let mut client = Client::open(*mode);
    for body in text.split('\u{1e}') {
        client.send(body);
    }
}

/// Everything of a request but its body: a line each of method, path and query, and then the headers in the order of [`Headers::NAMES`].
pub fn headers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(4, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let (method, path, query, lines) = (next(), next(), next(), next());
    let headers = Headers::from_lines(lines);
    for catalog in CATALOGS {
        let engine = Engine::new(catalog, policy());
        if let Some(origin) = headers.origin {
            // What goes back into a header has come in one.
            for (_, value) in engine.sharing(headers.host, origin).into_iter().flatten() {
                assert!(!value.contains(['\n', '\r']), "{value:?}");
            }
        }
        let request = HttpRequest {
            method,
            path,
            query,
            headers,
            body: r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
            who: mcp_agent_protocol::Who::Anyone,
        };
        let output = engine.handle(&request, Some(&keys()), NOW, &mut Counting::default());
        client::check(&engine, &output);
        // A stranger's page gets nothing but a refusal.
        if headers.origin == Some("https://evil.example") {
            assert!(matches!(output, Output::Reply(reply) if reply.status == 403));
        }
    }
}

/// Tokens that we did not make are nobody's; lines that we did not write are none.
pub fn tokens(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // Lines that go between objects come from us alone, but what is read must be what is written.
    if let Some(head) = CallHead::decode(text) {
        assert_eq!(CallHead::decode(&head.encode()), Some(head));
    }
    if let Some(head) = SessionHead::decode(text) {
        assert_eq!(SessionHead::decode(&head.encode()), Some(head));
    }
    if let Some(session) = SseSession::decode(text) {
        assert_eq!(SseSession::decode(&session.encode()), Some(session));
    }
    if let Some(journal) = Journal::decode(text) {
        assert_eq!(Journal::decode(&journal.encode()), Some(journal));
    }
    if text.contains(['\n', '\r', '\0']) {
        return;
    }
    for mode in 0..2 {
        let over_http = Client::open(mode);
        let over_sse = Client::open(mode | server::SSE);
        let token = text.trim_matches([' ', '\t']);
        if token != over_http.token && !token.is_empty() {
            assert!(
                matches!(over_http.knock(token, ""), Got::Status(404)),
                "{token:?}"
            );
        }
        let query = ["sessionId=", text].concat();
        let carried = text.split('&').next().unwrap_or_default();
        if carried != over_sse.token {
            assert!(
                matches!(over_sse.knock("", &query), Got::Status(404)),
                "{text:?}"
            );
        }
    }
}

/// Cursors that we did not give are refused, and those that we gave lead to the next page.
pub fn cursors(data: &[u8]) {
    let Ok(cursor) = std::str::from_utf8(data) else {
        return;
    };
    // However it is escaped, the body is not too large.
    if cursor.len() > 500 {
        return;
    }
    let mut client = Client::open(0);
    for (method, name) in [
        ("tools/list", "tools"),
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ] {
        let mut ask = |cursor: Option<&str>| {
            let body = serde_json::json!({
                "jsonrpc": "2.0", "id": 1, "method": method, "params": { "cursor": cursor },
            });
            client
                .send(&body.to_string())
                .unwrap_or_else(|| panic!("{method} is not answered"))
        };
        let mut given = Vec::new();
        let mut page = ask(None);
        while let Some(next) = page["result"].get("nextCursor").and_then(Value::as_str) {
            given.push(next.to_owned());
            page = ask(Some(next));
            assert!(
                page["result"][name]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
            );
        }
        let answer = ask(Some(cursor));
        match answer.get("result") {
            Some(_) => assert!(given.iter().any(|it| it == cursor), "{cursor:?}"),
            None => assert_eq!(answer["error"]["code"], -32602, "{answer}"),
        }
    }
}
