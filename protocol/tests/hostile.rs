//! Input that nobody means well: tokens that we did not make, bodies that are no messages.

mod common;

use common::dice::{Dice, mutate};
use common::{COUNTER, Counting, EMPTY, POLICY, SESSION_SCOPED, initialize, keys, post};
use mcp_agent_protocol::{
    CallHead, ContentKind, Engine, Headers, HttpRequest, Keys, Output, Part, SessionHead,
    SseSession,
};

const NOW: u64 = 1_000_000;
const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

fn status(engine: &Engine, token: &str, keys: &Keys, now_ms: u64) -> u16 {
    let request = post(PING, Some(token));
    match engine.handle(&request, Some(keys), now_ms, &mut Counting::default()) {
        Output::Reply(reply) => reply.status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_of_which_one_character_is_changed_is_nobodys() {
    let engine = Engine::new(COUNTER, POLICY);
    let token = initialize(&engine, "2025-11-25", NOW, &mut Counting::default());
    assert_eq!(status(&engine, &token, &keys(1), NOW), 200);
    for at in 0..token.len() {
        for other in ['A', 'b', '7', '-', '_', '=', '+', '/', ' ', 'ä'] {
            let mut changed: Vec<char> = token.chars().collect();
            if changed[at] == other {
                continue;
            }
            changed[at] = other;
            let changed: String = changed.into_iter().collect();
            assert_eq!(
                status(&engine, &changed, &keys(1), NOW),
                404,
                "{at} {other}"
            );
        }
    }
    for at in 0..token.len() {
        assert_eq!(
            status(&engine, &token[..at], &keys(1), NOW),
            404,
            "cut at {at}"
        );
    }
    for longer in ["A", "=", "==", "\0", &token] {
        assert_eq!(
            status(&engine, &[&token, longer].concat(), &keys(1), NOW),
            404,
            "{longer:?}"
        );
    }
    assert_eq!(status(&engine, &"A".repeat(1 << 20), &keys(1), NOW), 404);
}

#[test]
fn the_last_character_has_one_spelling() {
    // 68 bytes leave four bits in the last character; decoders that ignore unused bits would take four spellings of one token.
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let engine = Engine::new(COUNTER, POLICY);
    let token = initialize(&engine, "2025-11-25", NOW, &mut Counting::default());
    let good = DIGITS.iter().filter(|digit| {
        let mut other = token.clone().into_bytes();
        *other.last_mut().unwrap() = **digit;
        status(&engine, std::str::from_utf8(&other).unwrap(), &keys(1), NOW) == 200
    });
    assert_eq!(good.count(), 1);
}

#[test]
fn keys_are_changed_without_ending_sessions() {
    let engine = Engine::new(COUNTER, POLICY);
    let token = initialize(&engine, "2025-11-25", NOW, &mut Counting::default());
    assert_eq!(status(&engine, &token, &keys(2), NOW), 404);
    assert_eq!(
        status(
            &engine,
            &token,
            &Keys::new([2; 32], vec![[3; 32], [1; 32]]),
            NOW
        ),
        200
    );
    assert_eq!(
        status(&engine, &token, &Keys::new([2; 32], vec![[3; 32]]), NOW),
        404
    );
}

#[test]
fn a_token_is_good_until_its_expiry_and_not_at_it() {
    let engine = Engine::new(COUNTER, POLICY);
    let token = initialize(&engine, "2025-11-25", NOW, &mut Counting::default());
    let end = NOW + POLICY.session_ttl_ms;
    assert_eq!(status(&engine, &token, &keys(1), end - 1), 200);
    assert_eq!(status(&engine, &token, &keys(1), end), 404);
    assert_eq!(status(&engine, &token, &keys(1), u64::MAX), 404);
}

#[test]
fn no_two_sessions_are_alike() {
    let engine = Engine::new(SESSION_SCOPED, POLICY);
    let mut entropy = Counting::default();
    let one = initialize(&engine, "2025-11-25", NOW, &mut entropy);
    let two = initialize(&engine, "2025-11-25", NOW, &mut entropy);
    let object = |token: &str| {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#;
        match engine.handle(
            &post(body, Some(token)),
            Some(&keys(1)),
            NOW,
            &mut Counting::default(),
        ) {
            Output::Session(head) => head.object(),
            other => panic!("{other:?}"),
        }
    };
    assert_ne!(one, two);
    assert_ne!(object(&one), object(&two));
}

#[test]
fn keys_are_not_printed() {
    let shown = format!("{:?}", Keys::new([0xab; 32], vec![[0xcd; 32]]));
    assert!(
        !shown.contains("171") && !shown.contains("205") && !shown.contains("ab"),
        "{shown}"
    );
}

#[test]
fn without_keys_the_host_is_asked_and_nothing_else_happens() {
    let engine = Engine::new(COUNTER, POLICY);
    let mut panics = |_: &mut [u8]| panic!("no chance is needed yet");
    let initialize = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}"#;
    for request in [post(initialize, None), post(PING, Some("x"))] {
        assert_eq!(
            engine.handle(&request, None, NOW, &mut panics),
            Output::NeedKeys
        );
    }
    let get = HttpRequest {
        method: "GET",
        path: "/sse",
        body: "",
        ..post("", None)
    };
    assert_eq!(
        engine.handle(&get, None, NOW, &mut panics),
        Output::NeedKeys
    );
}

#[test]
fn bodies_that_are_too_large_or_too_deep_are_refused() {
    let engine = Engine::new(COUNTER, POLICY);
    let token = initialize(&engine, "2025-11-25", NOW, &mut Counting::default());
    let run = |body: &str| match engine.handle(
        &post(body, Some(&token)),
        Some(&keys(1)),
        NOW,
        &mut Counting::default(),
    ) {
        Output::Reply(reply) => (reply.status, reply.body),
        other => panic!("{other:?}"),
    };
    let large = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","x":"{}"}}"#,
        "a".repeat(100_000)
    );
    assert_eq!(run(&large).0, 413);
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = |depth: usize| {
            let inner = open.repeat(depth) + "1" + &close.repeat(depth);
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":{inner}}}}}"#)
        };
        assert_eq!(run(&nested(62)).0, 200);
        let (status, body) = run(&nested(63));
        assert_eq!(status, 400);
        assert!(body.contains("-32600"), "{body}");
        assert_eq!(run(&nested(9_000)).0, 400);
        assert_eq!(run(&open.repeat(9_000)).0, 400);
    }
    let id = format!(
        r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#,
        "a".repeat(2_000)
    );
    assert_eq!(run(&id).0, 400);
}

const SEEDS: [&str; 13] = [
    PING,
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"sampling":{"tools":{}},"elicitation":{"url":{}}},"clientInfo":{"name":"t","version":"1"}}}"#,
    r#"{"jsonrpc":"2.0","id":"a\u00e4","method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#,
    r#"{"jsonrpc":"2.0","id":-1.5e3,"method":"tools/call","params":{"name":"greet","arguments":{"name":"🦀\n"},"_meta":{"progressToken":1}}}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"orders://4%32"}}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"counter://value"}}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"prompts/get","params":{"name":"report","arguments":{"tone":"full"}}}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":null}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    r#"{"jsonrpc":"2.0","id":3,"result":{}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":2},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
    r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
    r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":"\u0061","method":"tools/call","params":{"name":"add","arguments":{"a":1}}},7,[],{"jsonrpc":"2.0","method":"notifications/initialized"}]"#,
];

/// A reply is one that a client can read.
fn check(output: &Output<'_>, body: &str) {
    match output {
        Output::Reply(reply) => {
            assert!(
                [200, 202, 400, 403, 404, 405, 406, 413, 415].contains(&reply.status),
                "{reply:?}"
            );
            match reply.content {
                ContentKind::None => assert!(reply.body.is_empty()),
                ContentKind::Json => {
                    let value: serde_json::Value = serde_json::from_str(&reply.body)
                        .unwrap_or_else(|error| panic!("{error}: {body:?}: {reply:?}"));
                    let answers = value.as_array().cloned().unwrap_or(vec![value]);
                    for answer in answers {
                        assert_eq!(answer["jsonrpc"], "2.0", "{body:?}");
                    }
                }
                ContentKind::EventStream => {
                    assert!(
                        reply.body.starts_with("event: message\ndata: ")
                            && reply.body.ends_with("\n\n")
                    );
                }
                ContentKind::Text => {}
            }
            for (_, value) in &reply.headers {
                assert!(
                    value.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
                    "{reply:?}"
                );
            }
        }
        Output::Round(round) => assert!(round.call.arguments.starts_with('{'), "{body:?}"),
        Output::Listen(listener) => assert!(!listener.encode().contains('\n'), "{body:?}"),
        Output::Call(call) => {
            assert!(call.arguments.starts_with('{'), "{body:?}");
            serde_json::from_str::<serde_json::Value>(&call.arguments).expect("valid arguments");
            assert_eq!(
                CallHead::decode(&call.head.encode()).as_ref(),
                Some(&call.head),
                "{body:?}"
            );
        }
        Output::Batch(batch) => {
            assert!(batch.parts.len() <= 50);
            for part in &batch.parts {
                // What the host puts between parts must not be in one.
                match part {
                    Part::Message(text) => {
                        assert!(
                            text.starts_with('{') && !text.contains('\u{1e}'),
                            "{text:?}"
                        );
                    }
                    Part::Answer(text) => {
                        assert!(!text.contains('\u{1e}'), "{text:?}");
                        let value: serde_json::Value = serde_json::from_str(text)
                            .unwrap_or_else(|error| panic!("{error}: {body:?}: {text:?}"));
                        assert_eq!(value["error"]["code"], -32600, "{body:?}");
                    }
                }
            }
        }
        Output::Session(head) | Output::Join(head) => {
            assert_eq!(
                SessionHead::decode(&head.encode()).as_ref(),
                Some(head),
                "{body:?}"
            );
        }
        Output::Task(_) => unreachable!("no tool of these is a task"),
        Output::NeedKeys | Output::OpenSse(_) | Output::Post { .. } => {}
    }
}

#[test]
fn nothing_makes_the_engine_panic() {
    let engines = [
        Engine::new(COUNTER, POLICY),
        Engine::new(SESSION_SCOPED, POLICY),
        Engine::new(EMPTY, POLICY),
    ];
    let mut entropy = Counting::default();
    let tokens: Vec<String> = ["2025-11-25", "2024-11-05", "2025-03-26"]
        .iter()
        .map(|version| initialize(&engines[0], version, NOW, &mut entropy))
        .collect();
    let mut dice = Dice(42);
    for _ in 0..60_000 {
        let engine = &engines[dice.roll(engines.len())];
        let seed = SEEDS[dice.roll(SEEDS.len())];
        let body = mutate(&mut dice, seed);
        let odd = mutate(&mut dice, "2026-07-28");
        let version = [
            None,
            Some("2026-07-28"),
            Some("2025-11-25"),
            Some(odd.as_str()),
        ][dice.roll(4)];
        let session = [
            None,
            Some(tokens[0].as_str()),
            Some(tokens[1].as_str()),
            Some(tokens[2].as_str()),
            Some(odd.as_str()),
        ][dice.roll(5)];
        let accept = [
            None,
            Some("text/event-stream"),
            Some("*/*"),
            Some(odd.as_str()),
        ][dice.roll(4)];
        let name = [
            None,
            Some("add"),
            Some("=?base64?YWRk?="),
            Some(odd.as_str()),
        ][dice.roll(4)];
        let method = [None, Some("tools/call"), Some(odd.as_str())][dice.roll(3)];
        let headers = Headers {
            accept,
            session_id: session,
            protocol_version: version,
            mcp_method: method,
            mcp_name: name,
            ..post("", None).headers
        };
        let request = HttpRequest {
            headers,
            ..post(&body, None)
        };
        check(
            &engine.handle(&request, Some(&keys(1)), NOW, &mut entropy),
            &body,
        );
        let session = [
            "00112233445566778899aabbccddeeff 2025-06-18 0",
            "00112233445566778899aabbccddeeff 2025-03-26 0",
        ][dice.roll(2)];
        let mut session = SseSession::decode(session).expect("a session");
        check(&engine.message(&mut session, None, &body), &body);
    }
}
