//! A message that comes with the head of the one before it is answered as if it came alone.

mod common;

use common::mirrored::MIRRORED;
use common::rich::KEPT;
use common::{COUNTER, Counting, POLICY, keys};
use mcp_agent_protocol::{
    Access, AuthPolicy, Bound, Catalog, Engine, Head, Headers, Item, Output, Principal, Who,
};
use serde_json::json;
use std::rc::Rc;

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

const TRACED: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"}"#;

/// How clients write a call; `I` stands for its `id` and `A` for its arguments.
const FORMS: &[&str] = &[
    r#"{"jsonrpc":"2.0","id":I,"method":"tools/call","params":{META,"name":"TOOL","arguments":A}}"#,
    r#"{"jsonrpc":"2.0","id":I,"method":"tools/call","params":{"name":"TOOL","arguments":A,META}}"#,
    r#"{"method":"tools/call","params":{"name":"TOOL","arguments":A,META},"jsonrpc":"2.0","id":I}"#,
    "{ \"method\": \"tools/call\",\n \"id\" : I , \"jsonrpc\": \"2.0\",\n \"params\": { \"arguments\" : A , \"name\": \"TOOL\", META } }\n",
    r#"{"jsonrpc":"2.0","id":I,"method":"tools/call","params":{TRACED,"name":"TOOL","arguments":A}}"#,
    r#"{"jsonrpc":"2.0","id":I,"method":"tools/call","params":{META,"name":"TOOL","arguments":A},"x":"\ud800"}"#,
    r#"{"jsonrpc":"2.0","id":I,"method":"tools/call","params":{META,"name":"TOOL","arguments":A,"requestState":"s"}}"#,
];

/// Some are none.
const IDS: &[&str] = &[
    "1",
    "0",
    "123456789012345",
    "1234567890123456",
    "\"a-B_9\"",
    "\"\"",
    "01",
    "00",
    "-1",
    "1.5",
    "1.0",
    "1e2",
    "null",
    "\"é\"",
    "\"a b\"",
    r#""\n""#,
    r#""a\"b""#,
    r#""a""#,
    r#""a,"#,
    r#"a""#,
    "\"",
    "",
    " 2 ",
    r#"3,"id":4"#,
    r#"5,"x":"6""#,
    r#""6","x":7"#,
    "true",
    "{}",
    "\"0123456789012345678901234567890123456789012345678901234567890123\"",
    "\"01234567890123456789012345678901234567890123456789012345678901234\"",
];

/// Some are no objects, some no JSON, and some end what they are in.
fn arguments() -> Vec<String> {
    let mut all: Vec<String> = [
        r#"{"name":"Ada"}"#,
        r#"{"name":"Bob","more":[1,{"a":"}"}]}"#,
        r#"{ "name" : "Cyd" }"#,
        r#"{"a":1}"#,
        r#"{"a":1.0}"#,
        r#"{"a":11}"#,
        r#"{"a":"1"}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"a":99999999999999999999}"#,
        "{}",
        r#"{"name":""}"#,
        r#"{"name":1}"#,
        r#"{"name":"a","name":"b"}"#,
        r#"{"name":"\ud83d\ude00"}"#,
        r#"{"name":"\ud800"}"#,
        r#"{"name":"a","more":"\ud800"}"#,
        r#"{"name":"a","more":1e999}"#,
        "{\"name\":\"a\u{1}\"}",
        "null",
        "[]",
        "1",
        "\"x\"",
        "",
        "{",
        "}",
        r#"{"name":"a"}}"#,
        r#"{"name":"a"} }"#,
        r#"{"name":"a"},{"name":"b"}"#,
        r#"{"name":"a"},"name":"add","x":{"a":1}"#,
        r#"{"name":"a"},"arguments":{"name":"b"}"#,
        r#"{"name":"a"}},"params":{"name":"greet","arguments":{"name":"b"}"#,
        r#"{"name":"a"},"_meta":{}"#,
        r#"{"name":"a"},"requestState":{}"#,
        r#" {"name":"a"}"#,
        r#"{"name":"a"} "#,
        r#"{name:"a"}"#,
        r#"{"name":"a",}"#,
        r#"{"name":'a'}"#,
    ]
    .map(str::to_owned)
    .into();
    for depth in [60, 61, 62, 63, 64, 200] {
        let nested = ["[".repeat(depth), "]".repeat(depth)].concat();
        all.push(format!(r#"{{"name":"a","more":{nested}}}"#));
        // As many brackets, which nest in nothing.
        let flat = vec!["[]"; depth].join(",");
        all.push(format!(r#"{{"name":"a","more":[{flat}]}}"#));
        all.push(format!(r#"{{"name":"{}"}}"#, "[".repeat(depth)));
    }
    all
}

fn body(form: &str, tool: &str, id: &str, arguments: &str) -> String {
    form.replace("TRACED", TRACED)
        .replace("META", META)
        .replace("TOOL", tool)
        .replacen(
            if form.contains("\"id\" : I") {
                ": I "
            } else {
                ":I"
            },
            &[":", id].concat(),
            1,
        )
        .replacen(
            if form.contains("\"arguments\" : A") {
                ": A "
            } else {
                ":A"
            },
            &[":", arguments].concat(),
            1,
        )
}

fn head(tool: &str) -> String {
    let values = Headers::NAMES.map(|name| match name {
        "host" => "localhost",
        "content-type" => "application/json",
        "accept" => "application/json, text/event-stream",
        "mcp-protocol-version" => "2026-07-28",
        "mcp-method" => "tools/call",
        "mcp-name" => tool,
        _ => "",
    });
    format!("POST\n/mcp\n{}", values.join("\n"))
}

fn asked<'r>(engine: &Engine, head: &'r Head, who: Who<'r>, body: &'r str) -> Output<'r> {
    let entropy = &mut Counting::default();
    engine.handle_with(head, who, body, Some(&keys(7)), 1_000, entropy)
}

/// Sends one message behind another, and compares what it comes to with what it comes to alone. Gives how many of the second were calls.
fn compare(engine: &Engine, tool: &str, first: &str, second: &[String]) -> usize {
    let shared = engine.head(head(tool));
    let mut calls = 0;
    for body in second {
        let _first = asked(engine, &shared, Who::Anyone, first);
        let alone = engine.head(head(tool));
        let alone = asked(engine, &alone, Who::Anyone, body);
        let behind = asked(engine, &shared, Who::Anyone, body);
        assert_eq!(behind, alone, "{body}\nbehind {first}");
        calls += usize::from(matches!(alone, Output::Call(_)));
    }
    calls
}

#[test]
fn a_message_behind_another_is_answered_as_if_it_came_alone() {
    let engine = Engine::new(COUNTER, POLICY);
    let (mut calls, mut all) = (0, 0);
    for tool in ["greet", "add"] {
        let good = match tool {
            "greet" => r#"{"name":"Eve"}"#,
            _ => r#"{"a":3}"#,
        };
        for form in FORMS {
            // Every pair of values behind a call with an integer and behind one with a string, in the same form.
            let mut second = Vec::new();
            for id in IDS {
                for arguments in arguments() {
                    second.push(body(form, tool, id, &arguments));
                }
            }
            for id in ["7", "\"seven\""] {
                calls += compare(&engine, tool, &body(form, tool, id, good), &second);
                all += second.len();
            }
            // And each form behind each other.
            let others: Vec<String> = FORMS
                .iter()
                .map(|other| body(other, tool, "8", good))
                .collect();
            compare(&engine, tool, &body(form, tool, "7", good), &others);
        }
    }
    // Most are refused, but not all.
    assert!(all > 20_000 && calls > 1_000, "{calls} of {all}");
}

#[test]
fn another_tool_is_another_head() {
    let engine = Engine::new(COUNTER, POLICY);
    let form = FORMS[0];
    let greet = body(form, "greet", "1", r#"{"name":"Eve"}"#);
    // The header names one, the body another.
    let add = body(form, "add", "1", r#"{"a":1}"#);
    assert_eq!(
        compare(&engine, "greet", &greet, std::slice::from_ref(&add)),
        0
    );
    assert_eq!(compare(&engine, "add", &add, std::slice::from_ref(&add)), 1);
}

#[test]
fn what_headers_repeat_is_compared_each_time() {
    let engine = Engine::new(MIRRORED, POLICY);
    let names = MIRRORED.header_names();
    let values: Vec<&str> = names
        .iter()
        .map(|name| match *name {
            "host" => "localhost",
            "content-type" => "application/json",
            "accept" => "application/json",
            "mcp-protocol-version" => "2026-07-28",
            "mcp-method" => "tools/call",
            "mcp-name" => "query",
            "mcp-param-region" => "eu",
            _ => "",
        })
        .collect();
    let head = format!("POST\n/mcp\n{}", values.join("\n"));
    let shared = engine.head(head.clone());
    for (arguments, fine) in [
        (r#"{"region":"eu"}"#, true),
        (r#"{"region":"us"}"#, false),
        (r#"{"region":"eu","sql":"x"}"#, true),
        (r#"{"region":"eu","limit":1}"#, false),
        ("{}", false),
    ] {
        let text = body(FORMS[0], "query", "1", arguments);
        let behind = asked(&engine, &shared, Who::Anyone, &text);
        let alone = engine.head(head.clone());
        assert_eq!(behind, asked(&engine, &alone, Who::Anyone, &text));
        assert_eq!(matches!(behind, Output::Call(_)), fine, "{arguments}");
    }
}

#[test]
fn a_call_that_may_ask_is_a_round_each_time() {
    let engine = Engine::new(KEPT, POLICY);
    let shared = engine.head(head("ask"));
    for id in ["1", "2", "3"] {
        let text = body(FORMS[0], "ask", id, "{}");
        let output = asked(&engine, &shared, Who::Anyone, &text);
        assert!(matches!(output, Output::Round(_)), "{output:?}");
    }
}

const GUARDED: Catalog = Catalog {
    server: r#"{"name":"guarded","version":"1"}"#,
    tools: &[
        Item {
            name: "write",
            json: r#"{"name":"write","inputSchema":{"type":"object"}}"#,
            access: Access::Only {
                scopes: &["write"],
                roles: &[],
            },
            ..Item::EMPTY
        },
        Item {
            name: "mine",
            json: r#"{"name":"mine","inputSchema":{"type":"object"}}"#,
            bound: &[Bound {
                name: "owner",
                claim: &["sub"],
                schema: r#"{"type":"string","maxLength":5}"#,
                optional: false,
            }],
            ..Item::EMPTY
        },
        Item {
            name: "open",
            json: r#"{"name":"open","inputSchema":{"type":"object"}}"#,
            ..Item::EMPTY
        },
    ],
    auth: Some(AuthPolicy {
        required: &[],
        roles: &[],
        filter: true,
    }),
    ..Catalog::EMPTY
};

#[test]
fn who_calls_is_asked_each_time() {
    let engine = Engine::new(GUARDED, POLICY);
    let known = |sub: &str, scopes: &[&str]| -> Rc<Principal> {
        let line = json!({ "iss": "i", "sub": sub, "scopes": scopes, "claims": { "sub": sub } });
        engine.principal(&line.to_string()).expect("a principal")
    };
    let callers = [
        known("ada", &["write"]),
        known("bob", &[]),
        // Too long for what is bound.
        known("cydonia", &["write"]),
    ];
    let mut everybody: Vec<Who<'_>> = callers.iter().map(Who::Known).collect();
    everybody.extend([Who::Anyone, Who::Nobody(""), Who::Nobody("it is over")]);
    for tool in ["write", "mine", "open"] {
        let shared = engine.head(head(tool));
        let mut outputs = Vec::new();
        for first in &everybody {
            for (at, second) in everybody.iter().enumerate() {
                let text = body(FORMS[0], tool, "1", "{}");
                let _first = asked(&engine, &shared, *first, &text);
                let again = body(FORMS[0], tool, &at.to_string(), r#"{"x":1}"#);
                let behind = asked(&engine, &shared, *second, &again);
                let alone = engine.head(head(tool));
                let alone = asked(&engine, &alone, *second, &again);
                assert_eq!(behind, alone, "{tool}: {second:?} behind {first:?}");
                if let Output::Call(call) = behind {
                    let who = call.head.who.map(|who| who.to_string());
                    outputs.push((at, call.arguments.into_owned(), who.unwrap_or_default()));
                }
            }
        }
        outputs.sort();
        outputs.dedup();
        let callers: Vec<usize> = outputs.iter().map(|(at, ..)| *at).collect();
        match tool {
            "write" => assert_eq!(callers, [0, 2]),
            "open" => assert_eq!(callers, [0, 1, 2]),
            _ => {
                assert_eq!(callers, [0, 1]);
                assert!(outputs[0].1.contains("ada") && outputs[1].1.contains("bob"));
                assert!(outputs[0].2.contains("ada") && outputs[1].2.contains("bob"));
            }
        }
    }
}
