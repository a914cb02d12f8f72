//! Names that tools once had: a call of one is a call of the tool, in every version and transport, with everything that belongs to the tool.

mod common;

use common::renamed::RENAMED;
use common::{COUNTER, Counting, POLICY, initialize, keys, post};
use mcp_agent_protocol::{Call, Engine, Output, TaskRequest, Version, Want};
use serde_json::{Value, json};

/// Today's name and those before.
const NAMES: [(&str, &[&str]); 2] = [("add", &["sum", "plus"]), ("reserve", &["book"])];

/// A call of 2026-07-28, with a header that says the same unless it is to say something else.
fn stateless<T>(
    engine: &Engine,
    name: &str,
    header: &str,
    more: Value,
    told: impl FnOnce(Output<'_>) -> T,
) -> T {
    let mut params = json!({
        "name": name,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {
                "elicitation": {},
                "extensions": { "io.modelcontextprotocol/tasks": {} },
            },
        },
    });
    for (name, value) in more.as_object().expect("members") {
        params[name] = value.clone();
    }
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let mut request = post(&body, None);
    request.headers.protocol_version = Some("2026-07-28");
    request.headers.mcp_method = Some("tools/call");
    request.headers.mcp_name = Some(header);
    told(engine.handle(&request, Some(&keys(1)), 1_000, &mut Counting::default()))
}

fn refusal(output: Output<'_>) -> Value {
    match output {
        Output::Reply(reply) => serde_json::from_str(&reply.body).expect("JSON"),
        other => panic!("{other:?}"),
    }
}

fn tool(engine: &Engine, call: &Call<'_>) -> &'static str {
    engine.catalog().tools[call.target.index].name
}

#[test]
fn a_tool_is_called_by_what_it_was_called() {
    let engine = Engine::new(RENAMED, POLICY);
    let (current, former) = NAMES[0];
    for name in former.iter().chain([&current]) {
        stateless(
            &engine,
            name,
            name,
            json!({ "arguments": { "a": 2 } }),
            |output| match output {
                Output::Call(call) => {
                    assert_eq!(tool(&engine, &call), current);
                    assert_eq!(call.arguments, r#"{"a":2}"#);
                }
                other => panic!("{other:?}"),
            },
        );
    }
}

/// The transcripts have sessions that are kept.
#[test]
fn every_older_version_does_so_too() {
    let light = mcp_agent_protocol::Catalog {
        tools: COUNTER.tools,
        aliases: &RENAMED.aliases[..1],
        ..COUNTER
    };
    let engine = Engine::new(light, POLICY);
    for version in Version::ALL.into_iter().filter(|it| !it.is_stateless()) {
        let token = initialize(&engine, version.as_str(), 0, &mut Counting::default());
        let called = |a: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"sum","arguments":{{"a":{a}}}}}}}"#
            )
        };
        let (one, wrong) = (called("2"), called("true"));
        match engine.handle(
            &post(&one, Some(&token)),
            Some(&keys(1)),
            0,
            &mut Counting::default(),
        ) {
            Output::Call(call) => assert_eq!(tool(&engine, &call), "add", "{version:?}"),
            other => panic!("{other:?}"),
        }
        // What is wrong with a call is said of the tool as it is called today.
        let wrong = post(&wrong, Some(&token));
        match engine.handle(&wrong, Some(&keys(1)), 0, &mut Counting::default()) {
            Output::Reply(reply) if version.as_str() == "2025-11-25" => {
                assert!(reply.body.contains("the tool `add`"), "{}", reply.body);
            }
            Output::Reply(reply) => assert!(reply.body.contains("-32602"), "{}", reply.body),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn lists_have_none_of_them() {
    let engine = Engine::new(RENAMED, POLICY);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    } } })
    .to_string();
    let mut request = post(&body, None);
    request.headers.protocol_version = Some("2026-07-28");
    request.headers.mcp_method = Some("tools/list");
    let answer = refusal(engine.handle(&request, Some(&keys(1)), 0, &mut Counting::default()));
    let tools = answer["result"]["tools"].as_array().expect("tools");
    let names: Vec<_> = tools
        .iter()
        .map(|it| it["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["add", "query", "reserve", "export", "close"]);
    assert_eq!(
        tools[2]["_meta"],
        json!({ "io.github.mcp-agent/aliases": ["book"] })
    );
}

/// The header says which tool is called: as the body does, and not another name of the same.
#[test]
fn a_header_says_the_name_of_the_body() {
    let engine = Engine::new(RENAMED, POLICY);
    for (current, former) in NAMES {
        let arguments = json!({ "arguments": { "a": 1 } });
        for name in former {
            for (name, header) in [(*name, current), (current, *name)] {
                stateless(&engine, name, header, arguments.clone(), |output| {
                    assert_eq!(refusal(output)["error"]["code"], -32020);
                });
            }
        }
    }
}

/// Arguments of a renamed tool are mirrored as those of the tool.
#[test]
fn headers_of_arguments_are_those_of_the_tool() {
    let engine = Engine::new(RENAMED, POLICY);
    stateless(
        &engine,
        "ask",
        "ask",
        json!({ "arguments": { "region": "us" } }),
        |output| {
            let answer = refusal(output);
            assert_eq!(answer["error"]["code"], -32020, "{answer}");
            let message = answer["error"]["message"].as_str().expect("words");
            assert!(message.contains("mcp-param-region"), "{answer}");
        },
    );
    stateless(
        &engine,
        "ask",
        "ask",
        json!({ "arguments": { "sql": "x" } }),
        |output| match output {
            Output::Call(call) => assert_eq!(tool(&engine, &call), "query"),
            other => panic!("{other:?}"),
        },
    );
}

/// A state belongs to the tool and not to a spelling of it: it may come back under any of the tool's names, and under none of another's.
#[test]
fn a_state_is_of_the_tool() {
    let engine = Engine::new(RENAMED, POLICY);
    let want = Want {
        key: "name".into(),
        method: "elicitation/create".into(),
        params:
            r#"{"mode":"form","message":"?","requestedSchema":{"type":"object","properties":{}}}"#
                .into(),
    };
    for of in ["reserve", "book"] {
        let state = stateless(&engine, of, of, json!({}), |output| {
            let Output::Round(round) = output else {
                panic!("{output:?}")
            };
            assert_eq!(tool(&engine, &round.call), "reserve");
            let reply = engine.input_required(
                &round,
                std::slice::from_ref(&want),
                0,
                &keys(1),
                &mut Counting(7),
            );
            let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
            answer["result"]["requestState"].clone()
        });
        let more = json!({
            "requestState": state,
            "inputResponses": { "name": { "action": "accept", "content": {} } },
        });
        for by in ["reserve", "book"] {
            stateless(&engine, by, by, more.clone(), |output| match output {
                Output::Round(round) => {
                    assert_eq!(round.number, 2, "{of} then {by}");
                    assert!(round.journal.asked[0].answer.is_some());
                }
                other => panic!("{of} then {by}: {other:?}"),
            });
        }
        let mut other = more.clone();
        other["arguments"] = json!({ "nights": 1 });
        stateless(&engine, "book", "book", other, |output| {
            assert_eq!(refusal(output)["error"]["code"], -32602);
        });
    }
}

#[test]
fn a_task_is_one_under_any_name() {
    let engine = Engine::new(RENAMED, POLICY);
    for name in ["export", "dump"] {
        stateless(&engine, name, name, json!({}), |output| match output {
            Output::Task(TaskRequest::Create { call, .. }) => {
                assert_eq!(tool(&engine, &call), "export", "{name}");
            }
            other => panic!("{name}: {other:?}"),
        });
    }
}

/// What is forbidden is so under every name.
#[test]
fn permissions_are_those_of_the_tool() {
    let engine = Engine::new(RENAMED, POLICY);
    let said = ["close", "shut"].map(|name| {
        stateless(&engine, name, name, json!({}), |output| {
            let answer = refusal(output);
            assert_eq!(answer["result"]["isError"], true, "{answer}");
            answer
        })
    });
    assert_eq!(said[0], said[1]);
}

/// A page that is in sync calls tools too.
#[test]
fn pages_call_them_too() {
    let engine = Engine::new(RENAMED, POLICY);
    let name = serde_json::value::to_raw_value("plus").expect("JSON");
    let arguments = serde_json::value::to_raw_value(&json!({ "a": 3 })).expect("JSON");
    match engine.tool_call(&name, Some(&arguments), None) {
        Output::Call(call) => assert_eq!(tool(&engine, &call), "add"),
        other => panic!("{other:?}"),
    }
}

/// What nobody was called is unknown, and so is everything to an engine that was not told of aliases.
#[test]
fn nothing_else_is_found() {
    let engine = Engine::new(RENAMED, POLICY);
    let lean = Engine::lean(RENAMED, POLICY);
    for (engine, name) in [
        (&engine, ""),
        (&engine, "Plus"),
        (&engine, "plus "),
        (&engine, "zzz"),
        (&lean, "plus"),
    ] {
        stateless(engine, name, name, json!({}), |output| {
            let answer = refusal(output);
            let message = answer["error"]["message"].as_str().expect("words");
            assert!(message.contains("unknown tool"), "{answer}");
        });
    }
}
