//! The same agents, declared in a file and in Rust: what clients see of them is equal, byte for byte.

#[path = "pairs/counter.rs"]
mod counter;

use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};

/// What a request is answered with.
fn ask<A: Agent>(host: &Host<A>, method: &str, params: Value) -> String {
    host.request(&Request::rpc("/mcp", method, params)).read()
}

/// Asks both the same, and shows where they differ.
fn same<A: Agent, B: Agent>(requests: &[(&str, Value)]) {
    let (a, b) = (Host::<A>::new(1), Host::<B>::new(1));
    for (method, params) in requests {
        let answers = (
            ask(&a, method, params.clone()),
            ask(&b, method, params.clone()),
        );
        assert_eq!(answers.0, answers.1, "{method} {params}");
        assert!(!answers.0.contains("-32603"), "{}", answers.0);
    }
}

fn call(name: &str, arguments: Value) -> (&'static str, Value) {
    (
        "tools/call",
        json!({ "name": name, "arguments": arguments }),
    )
}

fn lists() -> Vec<(&'static str, Value)> {
    let methods = [
        "server/discover",
        "tools/list",
        "resources/list",
        "resources/templates/list",
        "prompts/list",
    ];
    methods.map(|method| (method, json!({}))).to_vec()
}

#[test]
fn counter() {
    let mut requests = lists();
    requests.extend([
        call("value", json!({})),
        call("add", json!({ "a": 5 })),
        call("add", json!({ "a": -2, "times": 3 })),
        call("add", json!({ "a": 1001 })),
        call("add", json!({ "a": 1, "times": 256 })),
        call("add", json!({})),
        call("add", json!({ "a": "1" })),
        call("greet", json!({ "name": "Ada" })),
        call(
            "greet",
            json!({ "name": "Ada", "style": "warm", "titles": ["Dr", "h.c."] }),
        ),
        call("greet", json!({ "name": "", "style": "cold" })),
        call("now-then", json!({})),
        call("fail", json!({})),
        call("value", json!({})),
        call("nothing", json!({})),
        ("resources/read", json!({ "uri": "counter://value" })),
        ("resources/read", json!({ "uri": "counter://plus/4" })),
        ("resources/read", json!({ "uri": "counter://plus/x" })),
        ("prompts/get", json!({ "name": "report" })),
        (
            "prompts/get",
            json!({ "name": "report", "arguments": { "tone": "long" } }),
        ),
    ]);
    same::<counter::file::Counter, counter::rust::Counter>(&requests);
}
