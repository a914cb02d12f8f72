//! What one principal was given, another cannot hand in: states of calls that ask belong to whoever asked.

mod common;

use common::{COUNTER, Counting, POLICY, keys, post};
use mcp_agent_protocol::{
    AuthPolicy, Catalog, Engine, HttpRequest, Item, Output, Place, Principal, Round, Want, Who,
};
use serde_json::{Value, json};
use std::rc::Rc;

const NO_POLICY: AuthPolicy = AuthPolicy {
    required: &[],
    roles: &[],
    filter: false,
};

const ASKING: Catalog = Catalog {
    tools: &[
        Item {
            name: "front",
            json: r#"{"name":"front","inputSchema":{"type":"object"}}"#,
            interactive: true,
            ..Item::EMPTY
        },
        Item {
            name: "write",
            json: r#"{"name":"write","inputSchema":{"type":"object"}}"#,
            place: Place::Write,
            interactive: true,
            ..Item::EMPTY
        },
        Item {
            name: "once",
            json: r#"{"name":"once","inputSchema":{"type":"object"}}"#,
            confirm: Some("Really?"),
            ..Item::EMPTY
        },
    ],
    ..COUNTER
};

/// The principals of these tests. A name that is empty, or looks like none, is a name.
const WHO: [Option<&str>; 6] = [
    None,
    Some("ada"),
    Some("Ada"),
    Some(""),
    Some("-"),
    Some("ada\ntools/call"),
];

fn body(tool: &str, more: Value) -> String {
    let mut params = json!({
        "name": tool,
        "arguments": {},
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        },
    });
    for (name, value) in more.as_object().expect("members") {
        params[name] = value.clone();
    }
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

/// What a request of `who` comes to: the round that is to be played, or the refusal.
fn ask<T>(
    engine: &Engine,
    who: Option<&str>,
    tool: &str,
    more: Value,
    entropy: &mut Counting,
    told: impl FnOnce(Result<&Round<'_>, Value>) -> T,
) -> T {
    let body = body(tool, more);
    let line = |who| json!({ "iss": "test", "sub": format!("s{who}") }).to_string();
    let principal = who.map(|who| Rc::new(Principal::read(&NO_POLICY, &line(who)).unwrap()));
    let mut request = HttpRequest {
        who: principal.as_ref().map_or(Who::Anyone, Who::Known),
        ..post(&body, None)
    };
    request.headers.protocol_version = Some("2026-07-28");
    request.headers.mcp_method = Some("tools/call");
    request.headers.mcp_name = Some(tool);
    match engine.handle(&request, Some(&keys(1)), 1_000, entropy) {
        Output::Round(round) => told(Ok(&round)),
        Output::Reply(reply) => told(Err(serde_json::from_str(&reply.body).expect("JSON"))),
        other => panic!("{other:?}"),
    }
}

/// A state that `who` was given for a call of `tool`.
fn given(engine: &Engine, who: Option<&str>, tool: &str, entropy: &mut Counting) -> Value {
    let want = Want {
        key: "name".into(),
        method: "elicitation/create".into(),
        params:
            r#"{"mode":"form","message":"?","requestedSchema":{"type":"object","properties":{}}}"#
                .into(),
    };
    let mut more = Counting(7);
    ask(engine, who, tool, json!({}), entropy, |round| {
        let round = round.expect("a round");
        let reply = engine.input_required(round, &[want], 0, &keys(1), &mut more);
        let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
        answer["result"]["requestState"].clone()
    })
}

#[test]
fn a_state_is_of_whoever_asked() {
    let engine = Engine::new(ASKING, POLICY);
    let mut entropy = Counting::default();
    for tool in ["front", "write", "once"] {
        for of in WHO {
            let state = given(&engine, of, tool, &mut entropy);
            assert!(state.is_string(), "{tool} of {of:?}");
            for by in WHO {
                let more = json!({
                    "requestState": state,
                    "inputResponses": { "name": { "action": "accept", "content": {} } },
                });
                ask(&engine, by, tool, more, &mut entropy, |told| match told {
                    Ok(round) => {
                        assert_eq!(of, by, "{tool}");
                        assert_eq!(round.number, 2);
                        assert!(round.journal.asked[0].answer.is_some());
                    }
                    Err(answer) => {
                        assert_ne!(of, by, "{tool}: {answer}");
                        assert_eq!(answer["error"]["code"], -32602, "{answer}");
                    }
                });
            }
        }
    }
}

#[test]
fn a_round_that_goes_to_an_object_still_knows_who_asks() {
    let engine = Engine::new(ASKING, POLICY);
    let mut entropy = Counting::default();
    for who in WHO {
        ask(&engine, who, "write", json!({}), &mut entropy, |round| {
            let round = round.expect("a round");
            let call = round.to_static().call;
            let text = [&round.encode(), "\n", "call"].concat();
            let there = Round::decode(&text, |_| Some(call)).expect("a round");
            assert_eq!(&there, round, "{who:?}");
        });
    }
}
