//! The same agents, declared in a file and in Rust: what clients see of them is equal, byte for byte.

#[path = "pairs/auth.rs"]
mod auth;
#[path = "pairs/cart.rs"]
mod cart;
#[path = "pairs/counter.rs"]
mod counter;
#[path = "pairs/deep.rs"]
mod deep;
#[path = "pairs/desk.rs"]
mod desk;
#[path = "pairs/empty.rs"]
mod empty;
#[path = "pairs/faults.rs"]
mod faults;
#[path = "pairs/jobs.rs"]
mod jobs;
#[path = "pairs/library.rs"]
mod library;
#[path = "pairs/live.rs"]
mod live;
#[path = "pairs/orders.rs"]
mod orders;
#[path = "pairs/owners.rs"]
mod owners;
#[path = "pairs/shop.rs"]
mod shop;
#[path = "pairs/site.rs"]
mod site;
#[path = "pairs/survey.rs"]
mod survey;
#[path = "pairs/travel.rs"]
mod travel;

use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};
use mcp_agent_codegen::model::{Model, Output};
use mcp_agent_codegen::{Files, Source, load};
use mcp_agent_contract::lock;
use mcp_agent_contract::make::{self, Known};

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

/// The folder of the declarations.
struct Pairs;

impl Files for Pairs {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pairs/");
        std::fs::read(format!("{folder}{path}")).map_err(|error| error.to_string())
    }
}

fn model(text: &str) -> Model {
    let source = Source {
        name: "mcp.toml",
        text,
    };
    let loaded =
        load(source, &Pairs).unwrap_or_else(|report| panic!("{}", report.render(source, false)));
    let mut model = (*loaded.agent).clone();
    // Where Rust declares, the return type says what a tool answers, and methods have the order that their author likes.
    for tool in &mut model.tools {
        tool.output = Output::Text;
    }
    for prompt in &mut model.prompts {
        prompt.content = false;
    }
    for resource in &mut model.resources {
        resource.content = false;
        resource.params.sort_by(|a, b| a.name.cmp(&b.name));
    }
    model
}

/// What a file declares and what Rust declares is one model.
fn same_model<A: Agent>(file: &str) {
    let text = Pairs.read(file).expect("the declaration is there");
    let of_file = model(&String::from_utf8(text).expect("text"));
    let said: Value =
        mcp_agent::serde_json::from_str(&mcp_agent::__rt1::describe::<A>()).expect("it is JSON");
    let of_rust = model(said["declaration"].as_str().unwrap_or_default());
    assert_eq!(of_file, of_rust);
    same_lock(file, &said);
}

/// What both promise is one lock, byte for byte.
fn same_lock(file: &str, said: &Value) {
    let agent = |text: &str| {
        let source = Source { name: file, text };
        let loaded = load(source, &Pairs);
        loaded
            .unwrap_or_else(|report| panic!("{}", report.render(source, false)))
            .agent
    };
    let text = String::from_utf8(Pairs.read(file).expect("it is there")).expect("text");
    let of_file = make::contract(&agent(&text), Known::default());
    let known = Known {
        tools: said["tools"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default(),
        state: said.get("state"),
    };
    let declared = said["declaration"].as_str().unwrap_or_default();
    let of_rust = make::contract(&agent(declared), known);
    assert_eq!(lock::write(&of_file), lock::write(&of_rust));
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
    same_model::<counter::rust::Counter>("counter.toml");
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
    same_model::<orders::rust::Orders>("orders.toml");
    let mut requests = lists();
    requests.extend([
        call("cancel", json!({ "id": "a" })),
        call("annul", json!({ "id": "a" })),
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
        call("buy", json!({ "lines": [{ "item": "tea" }] })),
        call("buy", json!({ "lines": "tea" })),
        call("add", json!({ "line": { "item": "tea" } })),
        call("add", json!({ "line": { "item": "tea" }, "speed": "fast", "times": 3, "other": { "item": "a", "count": 2 } })),
        call("add", json!({ "line": { "item": "tea", "note": null }, "speed": "quick" })),
        call("stock", json!({ "item": "tea" })),
        call("stock", json!({})),
        call("first", json!({})),
    ]);
    same::<shop::file::Shop, shop::rust::Shop>(&requests);
}

/// Calls of tools by today's names and by former ones, and what is listed.
fn renamed<A: Agent>() -> Vec<String> {
    let host = Host::<A>::new(1);
    let calls = [
        call("lend", json!({ "title": "Emma" })),
        call("borrow", json!({ "title": "Emma" })),
        call("how_many", json!({})),
        call("count", json!({})),
    ];
    let mut said: Vec<String> = calls
        .into_iter()
        .map(|(method, params)| ask(&host, method, params))
        .collect();
    assert_eq!(A::CATALOG.aliases.len(), 3);
    let listed = ask(&host, "tools/list", json!({}));
    let listed: Value = mcp_agent::serde_json::from_str(&listed).expect("it is JSON");
    let tools = listed["result"]["tools"].as_array().expect("tools");
    let of = |name: &str| tools.iter().find(|it| it["name"] == name);
    assert!(of("borrow").is_none() && of("how_many").is_none());
    let (count, shelves) = (of("count").expect("count"), of("shelves").expect("shelves"));
    assert_eq!(
        count["description"],
        "How many are lent.\n\nDeprecated since 0.9.0, goes away in 2.0.0: use `shelves` instead."
    );
    assert_eq!(
        count["_meta"],
        json!({
            "io.github.mcp-agent/aliases": ["how_many"],
            "io.github.mcp-agent/deprecated": { "since": "0.9.0", "sunset": "2.0.0", "use": "shelves" },
        })
    );
    assert_eq!(
        shelves["_meta"],
        json!({
            "com.example/group": "shelves",
            "io.github.mcp-agent/deprecated": { "since": "1.0.0" },
        })
    );
    said.push(count.to_string());
    said
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
    same_model::<library::rust::Library>("library.toml");
    let mut requests = lists();
    requests.extend([
        call("count", json!({})),
        call("lend", json!({ "title": "Emma" })),
        call("lend", json!({})),
        call("borrow", json!({ "title": "Persuasion" })),
        call("take.out", json!({})),
        call("how_many", json!({})),
        call("How_many", json!({})),
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
    let said = renamed::<library::file::Library>();
    assert_eq!(said, renamed::<library::rust::Library>());
    for (told, words) in said
        .iter()
        .zip(["Emma is yours", "Emma is yours", "2", "2"])
    {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn live() {
    same_model::<live::rust::Live>("live.toml");
    let mut requests = lists();
    requests.push(call("count", json!({})));
    same::<live::file::Live, live::rust::Live>(&requests);
    let (file, rust) = (live::file::Live::EVENTS, live::rust::Live::EVENTS);
    let schedules = |events: Vec<(&'static str, Option<&'static str>, u32)>| events;
    let of_file = file
        .schedules
        .iter()
        .map(|it| (it.name, it.cron, it.attempts));
    let of_rust = rust
        .schedules
        .iter()
        .map(|it| (it.name, it.cron, it.attempts));
    assert_eq!(
        schedules(of_file.collect()),
        [
            ("morning_report", Some("0 8 * * MON-FRI"), 3),
            ("forget", None, 5),
            ("remind", None, 5)
        ]
    );
    assert_eq!(
        schedules(of_rust.collect()),
        [
            ("morning_report", Some("0 8 * * MON-FRI"), 3),
            ("forget", None, 5),
            ("remind", None, 5)
        ]
    );
    for path in [
        file.websocket.map(|it| it.path),
        rust.websocket.map(|it| it.path),
    ] {
        assert_eq!(path, Some("/live"));
    }
    for path in [
        file.request.map(|it| it.path),
        rust.request.map(|it| it.path),
    ] {
        assert_eq!(path, Some("/hooks/*"));
    }
    assert!(
        rust.websocket
            .is_some_and(|it| it.connect.is_none() && it.close.is_some())
    );
    for (migrations, resources) in [
        (
            live::file::Live::STATE.migrations,
            live::file::Live::CATALOG.resources,
        ),
        (
            live::rust::Live::STATE.migrations,
            live::rust::Live::CATALOG.resources,
        ),
    ] {
        assert_eq!(migrations[0].name, "live/0001_notes.sql");
        assert_eq!(migrations[0].hash.len(), 64);
        let queries: Vec<_> = resources.iter().filter_map(|it| it.query).collect();
        assert_eq!(
            queries.last(),
            Some(&"SELECT id, body FROM notes WHERE day = ?1")
        );
        assert_eq!(queries.len(), 2);
    }
    for migrate in [file.migrate, rust.migrate] {
        let migrated = migrate.map(|migrate| migrate(1, json!({ "sent": 1 })));
        assert!(matches!(migrated, Some(Ok(value)) if value["sent"] == 1));
    }
}

#[test]
fn travel() {
    same_model::<travel::rust::Travel>("travel.toml");
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
    same_model::<site::rust::Site>("site.toml");
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

#[test]
fn deep() {
    same_model::<deep::rust::Deep>("deep.toml");
    let mut requests = lists();
    let numbers = json!({ "a": 1, "b": -5, "c": 9, "d": 1.25 });
    requests.extend([
        call("numbers", numbers),
        call(
            "numbers",
            json!({ "a": 128, "b": 101, "c": -1, "d": 0.25, "e": 4294967296_u64 }),
        ),
        call("numbers", json!({ "a": 1.5, "b": "1", "c": 1, "d": null })),
        call("lists", json!({ "rows": [[1, 2], []] })),
        call("lists", json!({ "rows": [], "flags": [1] })),
        call(
            "lists",
            json!({ "rows": [[256]], "words": [], "flags": [true] }),
        ),
        call("texts", json!({ "mail": "a@example.com", "code": "AB-12" })),
        call(
            "texts",
            json!({ "mail": "nobody", "code": "ab-12345678", "any": null, "type": 1 }),
        ),
    ]);
    same::<deep::file::Deep, deep::rust::Deep>(&requests);
}

#[test]
fn empty() {
    same_model::<empty::rust::Empty>("empty.toml");
    let mut requests = lists();
    requests.push(call("nothing", json!({})));
    same::<empty::file::Empty, empty::rust::Empty>(&requests);
}

#[test]
fn desk() {
    same_model::<desk::rust::Desk>("desk.toml");
    let mut requests = lists();
    requests.extend([
        call("note", json!({ "text": "a" })),
        ("resources/read", json!({ "uri": "desk://notes" })),
    ]);
    same::<desk::file::Desk, desk::rust::Desk>(&requests);
}

#[test]
fn faults() {
    same_model::<faults::rust::Faults>("faults.toml");
    let mut requests = lists();
    requests.extend([
        call("tool", json!({})),
        call("protocol", json!({})),
        call("same-word", json!({})),
        call("other_word", json!({})),
        ("resources/read", json!({ "uri": "faults://x/1" })),
        ("resources/read", json!({ "uri": "faults://z/1" })),
        ("prompts/get", json!({ "name": "p" })),
        call("value", json!({})),
    ]);
    same::<faults::file::Faults, faults::rust::Faults>(&requests);
}

/// With what the client can do.
fn able(method: &'static str, mut params: Value) -> (&'static str, Value) {
    params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": {
        "elicitation": { "form": {} },
        "extensions": { "io.modelcontextprotocol/tasks": {} },
    } });
    (method, params)
}

#[test]
fn jobs() {
    same_model::<jobs::rust::Jobs>("jobs.toml");
    let mut requests = lists();
    for name in ["must", "may", "later"] {
        requests.push(call(name, json!({})));
        requests.push(able("tools/call", json!({ "name": name, "arguments": {} })));
    }
    requests.push(call("may", json!({ "fail": true })));
    same::<jobs::file::Jobs, jobs::rust::Jobs>(&requests);
}

/// Asks, and answers what is asked, until there is a result: all that was said.
fn dialogue<A: Agent>(method: &'static str, params: &Value) -> Vec<String> {
    let host = Host::<A>::new(1);
    let mut said = Vec::new();
    let mut params = params.clone();
    for _ in 0..4 {
        let (_, able) = able(method, params.clone());
        let text = ask(&host, method, able);
        let answer: Value = mcp_agent::serde_json::from_str(&text).expect("it is JSON");
        said.push(text);
        let Some(asked) = answer["result"]["inputRequests"].as_object() else {
            break;
        };
        let content = json!({ "name": "Ada", "age": 36, "nick": "A" });
        let reply = |key: &String| {
            (
                key.clone(),
                json!({ "action": "accept", "content": content }),
            )
        };
        params["inputResponses"] = Value::Object(asked.keys().map(reply).collect());
        params["requestState"] = answer["result"]["requestState"].clone();
    }
    said
}

#[test]
fn survey() {
    same::<survey::file::Survey, survey::rust::Survey>(&lists());
    for (method, params, length) in [
        (
            "tools/call",
            json!({ "name": "ask", "arguments": { "greeting": "Hello?" } }),
            2,
        ),
        ("tools/call", json!({ "name": "twice", "arguments": {} }), 3),
        ("prompts/get", json!({ "name": "about" }), 2),
    ] {
        let of_file = dialogue::<survey::file::Survey>(method, &params);
        let of_rust = dialogue::<survey::rust::Survey>(method, &params);
        assert_eq!(of_file, of_rust, "{method} {params}");
        assert_eq!(of_file.len(), length, "{of_file:#?}");
        assert!(
            of_file.last().is_some_and(|it| it.contains("Ada")),
            "{of_file:#?}"
        );
    }
}

/// Makes a cart, and does things with it: all that was said.
fn shopping<A: Agent>() -> Vec<String> {
    let host = Host::<A>::new(1);
    let say = |name: &str, arguments: Value| {
        let (method, params) = call(name, arguments);
        ask(&host, method, params)
    };
    let made = say("create_cart", json!({}));
    let answer: Value = mcp_agent::serde_json::from_str(&made).expect("it is JSON");
    let cart = answer["result"]["structuredContent"]["cart"].clone();
    assert!(cart.is_string(), "{made}");
    let with = |item: &str| json!({ "cart": cart, "item": item });
    vec![
        made,
        say("sell", json!({ "cart": cart })),
        say("put", with("a")),
        say("put", with("b")),
        say("put", json!({ "item": "c" })),
        say("put", json!({ "cart": "nothing", "item": "c" })),
        say("look", json!({ "cart": cart })),
        say("sell", json!({ "cart": cart })),
        say("look", json!({ "cart": cart })),
        say("close_cart", json!({ "cart": cart })),
        say("look", json!({ "cart": cart })),
    ]
}

#[test]
fn cart() {
    same::<cart::file::Shop, cart::rust::Shop>(&lists());
    let said = shopping::<cart::file::Shop>();
    assert_eq!(said, shopping::<cart::rust::Shop>());
    assert!(said[8].contains("0 of 2"), "{}", said[8]);
    assert!(said[10].contains("isError"), "{}", said[10]);
}
