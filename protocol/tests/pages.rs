//! Pages of lists: together they are the list, in every version and for every size of a page.

mod common;

use common::rich::RICH;
use common::{Counting, POLICY, initialize, keys, post};
use mcp_agent_protocol::{Catalog, Engine, Item, Output, Version};
use serde_json::Value;

fn tools(count: usize) -> &'static [Item] {
    let tool = |at: usize| Item {
        name: format!("tool_{at}").leak(),
        json: format!(r#"{{"name":"tool_{at}","inputSchema":{{"type":"object"}}}}"#).leak(),
        ..Item::EMPTY
    };
    (0..count).map(tool).collect::<Vec<_>>().leak()
}

fn ask(engine: &Engine, token: &str, cursor: Option<&str>) -> Value {
    let params = cursor.map_or("{}".to_owned(), |cursor| {
        format!(r#"{{"cursor":"{cursor}"}}"#)
    });
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{params}}}"#);
    let chance = &mut Counting::default();
    match engine.handle(&post(&body, Some(token)), Some(&keys(1)), 0, chance) {
        Output::Reply(reply) => serde_json::from_str(&reply.body).expect("JSON"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pages_are_the_list() {
    const COUNT: usize = 23;
    for page in [0, 1, 2, 7, 22, 23, 24, usize::MAX] {
        let catalog = Catalog {
            page,
            tools: tools(COUNT),
            ..RICH
        };
        let engine = Engine::new(catalog, POLICY);
        let legacy = Version::ALL.iter().filter(|it| !it.is_stateless());
        for version in legacy {
            let token = initialize(&engine, version.as_str(), 0, &mut Counting::default());
            let mut names = Vec::new();
            let mut cursor: Option<String> = None;
            let mut pages = 0;
            loop {
                let answer = ask(&engine, &token, cursor.as_deref());
                assert_eq!(answer, ask(&engine, &token, cursor.as_deref()), "stable");
                let result = &answer["result"];
                let listed = result["tools"].as_array().expect("a page");
                assert!(!listed.is_empty() && (page == 0 || listed.len() <= page));
                names.extend(listed.iter().map(|tool| tool["name"].clone()));
                pages += 1;
                match result.get("nextCursor") {
                    Some(next) => cursor = next.as_str().map(str::to_owned),
                    None => break,
                }
            }
            let expected: Vec<Value> = (0..COUNT)
                .map(|at| Value::from(format!("tool_{at}")))
                .collect();
            assert_eq!(names, expected);
            let expected = if page == 0 { 1 } else { COUNT.div_ceil(page) };
            assert_eq!(pages, expected, "{page}");
        }
    }
}

#[test]
fn a_cursor_of_another_deployment_is_refused() {
    let engine = |page, count| {
        let catalog = Catalog {
            page,
            tools: tools(count),
            ..RICH
        };
        Engine::new(catalog, POLICY)
    };
    let token = |engine: &Engine| initialize(engine, "2025-11-25", 0, &mut Counting::default());
    let before = engine(5, 20);
    let next = &ask(&before, &token(&before), None)["result"]["nextCursor"];
    let cursor = next.as_str().expect("a cursor");
    let good = |engine: &Engine| {
        let answer = ask(engine, &token(engine), Some(cursor));
        assert!(answer.get("result").is_some() || answer["error"]["code"] == -32602);
        answer.get("result").is_some()
    };
    assert!(good(&before));
    // The same list again, in another isolate.
    assert!(good(&engine(5, 20)));
    assert!(!good(&engine(5, 21)));
    assert!(!good(&engine(10, 20)));
    assert!(!good(&engine(0, 20)));
}
