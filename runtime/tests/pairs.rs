//! The same agents, declared in a file and in Rust: what clients see of them is equal, byte for byte.

#[path = "pairs/counter.rs"]
mod counter;
#[path = "pairs/library.rs"]
mod library;
#[path = "pairs/orders.rs"]
mod orders;
#[path = "pairs/shop.rs"]
mod shop;
#[path = "pairs/site.rs"]
mod site;
#[path = "pairs/travel.rs"]
mod travel;

use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};

/// What a request is answered with.
fn ask<A: Agent>(host: &Host<A>, method: &str, params: Value) -> String {
    host.request(&Request::rpc(A::POLICY.http, method, params))
        .read()
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

#[test]
fn orders() {
    let mut requests = lists();
    requests.extend([
        call("cancel", json!({ "id": "a" })),
        call("route", json!({ "region": "eu", "shard": 7 })),
        call("route", json!({ "region": "eu", "shard": 65_536 })),
        call("bill", json!({ "amounts": [1, 2.5] })),
        call("bill", json!({ "amounts": [] })),
        call("order", json!({})),
        call("pack", json!({ "what": { "a": [1, null] } })),
        call("pack", json!({})),
        ("prompts/get", json!({ "name": "sum_up" })),
        (
            "prompts/get",
            json!({ "name": "sum_up", "arguments": { "tone": "loud" } }),
        ),
    ]);
    same::<orders::file::Orders, orders::rust::Orders>(&requests);
}

#[test]
fn shop() {
    let mut requests = lists();
    requests.extend([
        call("first", json!({})),
        call("order", json!({ "lines": [{ "item": "tea", "count": 2 }, { "item": "milk" }] })),
        call("order", json!({ "lines": [{ "item": "tea" }], "express": true })),
        call("order", json!({ "lines": [{ "item": "tea", "count": 256 }] })),
        call("order", json!({ "lines": [{ "item": "tea", "count": 0, "size": 1 }] })),
        call("order", json!({ "lines": "tea" })),
        call("add", json!({ "line": { "item": "tea" } })),
        call("add", json!({ "line": { "item": "tea" }, "speed": "fast", "times": 3, "other": { "item": "a", "count": 2 } })),
        call("add", json!({ "line": { "item": "tea", "note": null }, "speed": "quick" })),
        call("stock", json!({ "item": "tea" })),
        call("stock", json!({})),
        call("first", json!({})),
    ]);
    same::<shop::file::Shop, shop::rust::Shop>(&requests);
}

fn complete(what: Value, name: &str, value: &str, known: Value) -> (&'static str, Value) {
    (
        "completion/complete",
        json!({ "ref": what, "argument": { "name": name, "value": value }, "context": { "arguments": known } }),
    )
}

fn prompt(name: &str) -> Value {
    json!({ "type": "ref/prompt", "name": name })
}

fn template(uri: &str) -> Value {
    json!({ "type": "ref/resource", "uri": uri })
}

#[test]
fn library() {
    let mut requests = lists();
    requests.extend([
        call("count", json!({})),
        call("lend", json!({ "title": "Emma" })),
        call("lend", json!({})),
        call("count", json!({})),
        call("shelves", json!({})),
        ("resources/read", json!({ "uri": "library://lent" })),
        ("resources/read", json!({ "uri": "library://shelf/poems" })),
        ("resources/read", json!({ "uri": "library://shelf/plays" })),
        ("prompts/get", json!({ "name": "recommend" })),
        (
            "prompts/get",
            json!({ "name": "recommend", "arguments": { "kind": "poem" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "complain", "arguments": { "tone": "firm" } }),
        ),
        complete(prompt("recommend"), "kind", "p", json!({})),
        complete(prompt("complain"), "tone", "", json!({})),
        complete(template("library://shelf/{shelf}"), "shelf", "n", json!({})),
    ]);
    same::<library::file::Library, library::rust::Library>(&requests);
}

#[test]
fn travel() {
    let street = || template("travel://{city}/{street}");
    let mut requests = lists();
    requests.extend([
        call("picture", json!({})),
        call("nothing", json!({})),
        call("refuse", json!({})),
        call("refuse", json!({ "more": 1 })),
        (
            "resources/read",
            json!({ "uri": "travel://Bern/Spitalgasse" }),
        ),
        ("resources/read", json!({ "uri": "travel://all" })),
        ("prompts/get", json!({ "name": "plan" })),
        (
            "prompts/get",
            json!({ "name": "plan", "arguments": { "from": "a", "to": "b" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "plan", "arguments": { "from": "a", "to": "b", "pace": "slow" } }),
        ),
        ("prompts/get", json!({ "name": "talk" })),
        complete(street(), "city", "Neu", json!({})),
        complete(street(), "street", "Long", json!({ "city": "Bern" })),
        complete(prompt("plan"), "from", "B", json!({})),
        complete(prompt("plan"), "pace", "s", json!({})),
        complete(prompt("plan"), "to", "B", json!({})),
        complete(prompt("plan"), "nothing", "B", json!({})),
    ]);
    same::<travel::file::Travel, travel::rust::Travel>(&requests);
}

#[test]
fn site() {
    let mut requests = lists();
    let read = |uri: &str| ("resources/read", json!({ "uri": uri }));
    requests.extend([
        read("site://about"),
        read("site://logo"),
        read("site://visits"),
        call("visit", json!({})),
        read("site://visits"),
        ("prompts/get", json!({ "name": "welcome" })),
        (
            "prompts/get",
            json!({ "name": "welcome", "arguments": { "name": "Ada" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "welcome", "arguments": { "name": "Ada", "tone": "cool" } }),
        ),
        complete(prompt("welcome"), "tone", "c", json!({})),
    ]);
    same::<site::file::Site, site::rust::Site>(&requests);
}
