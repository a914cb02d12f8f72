//! A request whose head is kept is answered as one whose head is read anew.

mod common;

use common::mirrored::MIRRORED;
use common::{COUNTER, Counting, POLICY, keys};
use mcp_agent_protocol::{Engine, Headers, Output, Who};

const METHODS: [&str; 4] = ["POST", "GET", "DELETE", "OPTIONS"];
const TARGETS: [&str; 5] = [
    "/mcp",
    "/mcp?a=b",
    "/sse",
    "/sse/message?sessionId=x",
    "/else",
];
/// Values of headers, by the names of [`Headers::NAMES`]; the first is the usual one.
const VALUES: [&[&str]; 8] = [
    &["", "https://app.example", "https://evil.example"],
    &["localhost:8787", "mcp.example.com", "evil.example", ""],
    &[
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "",
    ],
    &[
        "application/json, text/event-stream",
        "text/event-stream",
        "image/png",
        "",
        " */* ",
    ],
    &["", "no token"],
    &["2026-07-28", "2025-11-25", "1999-01-01", ""],
    &["tools/call", "tools/list", ""],
    &["greet", "add", "=?base64?Z3JlZXQ=?=", "", "é"],
];

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

fn bodies() -> Vec<String> {
    let call = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"greet","arguments":{{"name":"Ada"}},{META}}}}}"#
    );
    let ping = r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#.to_owned();
    let large = "x".repeat(100_001);
    vec![
        call.clone(),
        format!("[{call},{ping}]"),
        ping,
        String::new(),
        "{".to_owned(),
        large,
    ]
}

fn head(method: &str, target: &str, values: &[&str]) -> String {
    let mut lines = vec![method, target];
    lines.extend(values);
    lines.join("\n")
}

/// What both come to, as text.
fn both(engine: &Engine, text: &str, body: &str) -> [String; 2] {
    let shown = |output: Output<'_>| format!("{output:?}");
    let (keys, now_ms) = (keys(7), 1_000);
    let req = engine.request(text, Who::Anyone, body);
    let (mut one, mut other) = (Counting::default(), Counting::default());
    let kept = engine.head(text.to_owned());
    // It may be used again and again.
    let again = engine.handle_with(
        &kept,
        Who::Anyone,
        body,
        Some(&keys),
        now_ms,
        &mut Counting::default(),
    );
    let with = engine.handle_with(&kept, Who::Anyone, body, Some(&keys), now_ms, &mut other);
    assert_eq!(again, with, "{text:?}");
    [
        shown(engine.handle(&req, Some(&keys), now_ms, &mut one)),
        shown(with),
    ]
}

#[test]
fn a_kept_head_is_answered_as_a_new_one() {
    let engine = Engine::new(COUNTER, POLICY);
    let usual: Vec<&str> = VALUES.iter().map(|all| all[0]).collect();
    let (mut count, mut called) = (0, 0);
    for body in bodies() {
        for method in METHODS {
            for target in TARGETS {
                // Each pair of headers, in all their values.
                for (a, first) in VALUES.iter().enumerate() {
                    for (b, second) in VALUES.iter().enumerate().skip(a) {
                        for value in *first {
                            for other in *second {
                                let mut values = usual.clone();
                                values[a] = value;
                                values[b] = other;
                                let text = head(method, target, &values);
                                let [read, kept] = both(&engine, &text, &body);
                                assert_eq!(read, kept, "{text:?}");
                                count += 1;
                                called += usize::from(read.starts_with("Call("));
                            }
                        }
                    }
                }
            }
        }
    }
    // Most are refused, and by each of the checks; but not all.
    assert!(count > 10_000 && called > 20, "{called} of {count}");
}

#[test]
fn a_head_of_any_lines_is_read_alike() {
    let engine = Engine::new(COUNTER, POLICY);
    let body = &bodies()[0];
    for text in [
        "",
        "\n",
        "POST",
        "POST\n",
        "POST\n/mcp",
        "POST\n/mcp\n",
        "\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
        "POST\n?\n\n",
        "PÖST\n/mcp?é\n é \n\té\r",
    ] {
        let [read, kept] = both(&engine, text, body);
        assert_eq!(read, kept, "{text:?}");
    }
}

#[test]
fn headers_of_arguments_are_kept_too() {
    let engine = Engine::new(MIRRORED, POLICY);
    let names = MIRRORED.header_names();
    assert!(names.len() > Headers::NAMES.len(), "it has some");
    let tool = MIRRORED
        .tools
        .iter()
        .find(|it| !it.headers.is_empty())
        .expect("a tool that mirrors");
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{}","arguments":{{}},{META}}}}}"#,
        tool.name
    );
    let mut answers = Vec::new();
    for value in ["", "x", "=?base64?eA==?="] {
        let values: Vec<&str> = names
            .iter()
            .map(|name| match *name {
                "host" => "localhost",
                "content-type" => "application/json",
                "accept" => "application/json, text/event-stream",
                "mcp-protocol-version" => "2026-07-28",
                "mcp-method" => "tools/call",
                "mcp-name" => tool.name,
                name if name.starts_with("mcp-param-") => value,
                _ => "",
            })
            .collect();
        let [read, kept] = both(&engine, &head("POST", "/mcp", &values), &body);
        assert_eq!(read, kept, "{value:?}");
        answers.push(kept);
    }
    assert_ne!(answers[0], answers[1], "the header is read");
}
