//! A thousand tools: each is found, and listing them twice gives the same bytes.

mod common;

use common::{COUNTER, Counting, POLICY, initialize, keys, post};
use mcp_agent_protocol::{Catalog, Engine, Item, Output, Place, Version};

fn catalog() -> Catalog {
    let tool = |at: usize| -> Item {
        let name: &'static str = format!("tool_{}", at * 7919 % 1000).leak();
        let json = format!(
            r#"{{"name":"{name}","title":"T","description":"{at}","inputSchema":{{"type":"object"}}}}"#
        );
        Item {
            name,
            json: json.leak(),
            schema: None,
            place: Place::Front,
            ..Item::EMPTY
        }
    };
    let tools: Vec<Item> = (0..1000).map(tool).collect();
    Catalog {
        tools: tools.leak(),
        ..COUNTER
    }
}

#[test]
fn lists_keep_the_order_of_the_declaration() {
    let engine = Engine::new(catalog(), POLICY);
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    for version in Version::ALL {
        let token = initialize(&engine, version.as_str(), 0, &mut Counting::default());
        let list = || match engine.handle(
            &post(body, Some(&token)),
            Some(&keys(1)),
            0,
            &mut Counting::default(),
        ) {
            Output::Reply(reply) => reply.body,
            other => panic!("{other:?}"),
        };
        let first = list();
        assert_eq!(first, list());
        let value: serde_json::Value = serde_json::from_str(&first).expect("JSON");
        let tools = value["result"]["tools"].as_array().expect("tools");
        assert_eq!(tools.len(), 1000);
        for (at, tool) in tools.iter().enumerate() {
            assert_eq!(tool["name"], engine.catalog().tools[at].name);
        }
    }
}

#[test]
fn every_tool_is_found_and_no_other() {
    let engine = Engine::new(catalog(), POLICY);
    let token = initialize(&engine, "2025-11-25", 0, &mut Counting::default());
    let call = |name: &str| {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{name}"}}}}"#
        );
        match engine.handle(
            &post(&body, Some(&token)),
            Some(&keys(1)),
            0,
            &mut Counting::default(),
        ) {
            Output::Call(call) => Some(call.target.index),
            Output::Reply(reply) => {
                assert!(reply.body.contains("unknown tool"), "{}", reply.body);
                None
            }
            other => panic!("{other:?}"),
        }
    };
    for (index, tool) in engine.catalog().tools.iter().enumerate() {
        assert_eq!(call(tool.name), Some(index));
    }
    for name in [
        "",
        "tool",
        "tool_",
        "tool_1000",
        "tool_01",
        "TOOL_1",
        "tool_999 ",
    ] {
        assert_eq!(call(name), None, "{name}");
    }
}
