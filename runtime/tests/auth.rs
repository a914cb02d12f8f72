//! Who may do what, as the clients of every version and transport hear it.

#[path = "auth/agents.rs"]
mod agents;
#[path = "auth/client.rs"]
mod client;

use agents::{Kept, Light};
use client::{Client, ERAS, Era, principal, told};
use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};
use std::rc::Rc;

/// What only some may do, in each way of asking for it.
fn guarded() -> [(&'static str, Value); 4] {
    [
        (
            "tools/call",
            json!({ "name": "add", "arguments": { "n": 1 } }),
        ),
        ("resources/read", json!({ "uri": "a://total" })),
        ("resources/read", json!({ "uri": "b://x" })),
        (
            "prompts/get",
            json!({ "name": "plan", "arguments": { "how": "soon" } }),
        ),
    ]
}

fn completions() -> [Value; 2] {
    [
        json!({ "ref": { "type": "ref/prompt", "name": "plan" }, "argument": { "name": "how", "value": "s" } }),
        json!({ "ref": { "type": "ref/resource", "uri": "b://{id}" }, "argument": { "name": "id", "value": "x" } }),
    ]
}

fn filtering_refusal_and_step_up<A: Agent>() {
    for era in ERAS {
        let host = Rc::new(Host::<A>::new(1));
        let mut client = Client::new(&host, era, principal("ada", &["base"], &[]));
        let all = |client: &Client<A>| {
            [
                client.names("tools/list", "tools"),
                client.names("resources/list", "resources"),
                client.names("resources/templates/list", "resourceTemplates"),
                client.names("prompts/list", "prompts"),
            ]
        };
        // What it may not use, it does not see.
        let [tools, resources, templates, prompts] = all(&client);
        assert_eq!(tools[..2], ["whoami", "mine"], "{era:?}");
        assert!(
            !tools.iter().any(|it| it == "job" || it == "ask"),
            "{era:?}"
        );
        assert!(
            resources.is_empty() && templates.is_empty() && prompts.is_empty(),
            "{era:?}"
        );
        // It is told what it lacks: over HTTP, and as the answer to its request.
        let refused = guarded().into_iter();
        let completions_of = completions().map(|it| ("completion/complete", it));
        for (method, params) in refused.chain(completions_of) {
            let told = client.ask(method, params);
            assert_eq!(told.body["error"]["code"], -32003, "{era:?} {told:?}");
            assert_eq!(told.body["error"]["data"]["scope"], "base write", "{era:?}");
            if era != Era::Batch {
                assert_eq!(told.status, 403, "{era:?} {told:?}");
                let challenge = told.challenge.expect("a challenge");
                assert!(
                    challenge
                        .starts_with("Bearer error=\"insufficient_scope\", scope=\"base write\"")
                );
            }
        }
        // With another token, in the same session, it goes on.
        client.who = principal("ada", &["base", "write"], &[]);
        let [tools, resources, templates, prompts] = all(&client);
        assert_eq!(tools[..3], ["whoami", "add", "mine"], "{era:?}");
        assert_eq!(
            (resources, templates.len()),
            (vec!["a_total".to_owned()], 1),
            "{era:?}"
        );
        assert_eq!(prompts, ["plan"], "{era:?}");
        for (method, params) in guarded() {
            let told = client.ask(method, params);
            assert!(told.body["result"].is_object(), "{era:?} {told:?}");
        }
        for params in completions() {
            let told = client.ask("completion/complete", params);
            assert_eq!(
                told.body["result"]["completion"]["total"], 1,
                "{era:?} {told:?}"
            );
        }
        // Of a role that is missing it hears nothing.
        let told = client.tool("reset", json!({}));
        assert_eq!(told.body["result"]["isError"], true, "{era:?} {told:?}");
        assert_eq!(told.text(), "You may not use this tool.");
        assert_eq!(told.challenge, None);
        let told = client.ask("resources/read", json!({ "uri": "a://secret" }));
        assert_eq!(
            told.body["error"],
            json!({ "code": -32003, "message": "forbidden" }),
            "{era:?}"
        );
        client.who = principal("ada", &["base"], &["admins"]);
        assert_eq!(client.tool("reset", json!({})).text(), "0", "{era:?}");
        assert!(
            client
                .names("tools/list", "tools")
                .contains(&"reset".to_owned())
        );
        // Without what everybody must have, nothing is of use.
        client.who = principal("ada", &["write"], &["admins"]);
        let told = client.tool("whoami", json!({}));
        assert_eq!(
            (told.status, told.challenge.is_some()),
            (403, true),
            "{era:?}"
        );
    }
}

#[test]
fn filtering_refusal_and_step_up_in_light_sessions() {
    filtering_refusal_and_step_up::<Light>();
}

#[test]
fn filtering_refusal_and_step_up_in_kept_sessions() {
    filtering_refusal_and_step_up::<Kept>();
}

fn handlers_know_who_calls<A: Agent>() {
    for era in ERAS {
        let host = Rc::new(Host::<A>::new(2));
        let client = Client::new(&host, era, principal("ada é \"", &["base"], &["admins"]));
        let told = client.tool("whoami", json!({}));
        assert_eq!(
            told.text(),
            "i ada é \" Some(\"c\") [\"base\"] g true",
            "{era:?}"
        );
        let told = client.tool("mine", json!({ "n": 7 }));
        assert_eq!(told.text(), r#"["ada é \"","g",7,true]"#, "{era:?}");
        let told = client.tool("mine", json!({ "owner": "eve" }));
        assert!(
            told.body["error"]["code"] == -32602 || told.body["result"]["isError"] == true,
            "{era:?} {told:?}"
        );
        let listed = client.ask("tools/list", json!({}));
        let tools = listed.body["result"]["tools"].as_array().unwrap();
        let mine = tools.iter().find(|it| it["name"] == "mine").unwrap();
        let params = mine["inputSchema"]["properties"].as_object().unwrap();
        assert_eq!(params.keys().collect::<Vec<_>>(), ["n"], "{era:?}");
        let bare = json!({ "iss": "i", "sub": "x", "scopes": ["base"] });
        let client = Client::new(&host, era, bare);
        let told = client.tool("mine", json!({}));
        assert_eq!(told.body["result"]["isError"], true, "{era:?} {told:?}");
    }
}

#[test]
fn handlers_know_who_calls_in_light_sessions() {
    handlers_know_who_calls::<Light>();
}

#[test]
fn handlers_know_who_calls_in_kept_sessions() {
    handlers_know_who_calls::<Kept>();
}

fn sessions_are_nobody_elses<A: Agent>() {
    for era in ERAS {
        if era == Era::Stateless {
            continue;
        }
        let host = Rc::new(Host::<A>::new(3));
        let client = Client::new(&host, era, principal("ada", &["base"], &[]));
        for thief in [
            principal("eve", &["base", "write"], &["admins"]),
            json!({ "iss": "j", "sub": "ada", "scopes": ["base"] }),
        ] {
            let thief = client.stolen_by(thief);
            assert_eq!(thief.tool("whoami", json!({})).status, 404, "{era:?}");
        }
        let path = match era {
            Era::Sse => client.session.as_deref().unwrap(),
            _ => "/mcp",
        };
        let nobody = Request::post(path, "{}");
        assert_eq!(host.request(&nobody).status, 401, "{era:?}");
        assert!(
            client.tool("whoami", json!({})).text().starts_with("i ada"),
            "{era:?}"
        );
    }
}

#[test]
fn sessions_are_nobody_elses_be_they_light_or_kept() {
    sessions_are_nobody_elses::<Light>();
    sessions_are_nobody_elses::<Kept>();
}

#[test]
fn handles_are_nobody_elses() {
    let host = Rc::new(Host::<Kept>::new(4));
    let ada = Client::new(&host, Era::Stateless, principal("ada", &["base"], &[]));
    let eve = Client::new(&host, Era::Stateless, principal("eve", &["base"], &[]));
    let made = ada.tool("create_cart", json!({}));
    let cart = made.body["result"]["structuredContent"]["cart"].clone();
    assert!(cart.is_string(), "{made:?}");
    assert_eq!(ada.tool("fill", json!({ "cart": cart })).text(), "1");
    for tool in ["fill", "close_cart"] {
        let told = eve.tool(tool, json!({ "cart": cart }));
        assert_eq!(told.body["result"]["isError"], true, "{told:?}");
        assert!(told.text().starts_with("there is no such `cart`"));
    }
    assert_eq!(ada.tool("fill", json!({ "cart": cart })).text(), "2");
}

#[test]
fn tasks_are_nobody_elses_and_know_who_made_them() {
    let host = Rc::new(Host::<Kept>::new(5));
    let tasks = json!({ "io.modelcontextprotocol/clientCapabilities": { "extensions": { "io.modelcontextprotocol/tasks": {} } } });
    let send = |who: &Value, method: &str, mut params: Value| {
        params["_meta"] = tasks.clone();
        let request = Request::rpc("/mcp", method, params).principal(who);
        told(&host.request(&request), 1)
    };
    let (ada, eve) = (
        principal("ada", &["base", "write"], &[]),
        principal("eve", &["base", "write"], &[]),
    );
    let low = principal("ada", &["base"], &[]);
    let call = json!({ "name": "job", "arguments": {} });
    assert_eq!(send(&low, "tools/call", call.clone()).status, 403);
    let made = send(&ada, "tools/call", call);
    let task = made.body["result"]["taskId"].clone();
    assert!(task.is_string(), "{made:?}");
    let about = || json!({ "taskId": task });
    for method in ["tasks/get", "tasks/cancel"] {
        let told = send(&eve, method, about());
        assert!(told.body["error"].is_object(), "{method} {told:?}");
    }
    // Its maker is remembered wherever it goes on.
    host.kill();
    host.advance(60_000);
    let done = send(&ada, "tasks/get", about());
    assert_eq!(done.body["result"]["status"], "completed", "{done:?}");
    let text = &done.body["result"]["result"]["content"][0]["text"];
    assert_eq!(
        text,
        "i ada Some(\"c\") [\"base\",\"write\"] g false"
            .replace("\",\"", "\", \"")
            .as_str(),
        "{done:?}"
    );
}

#[test]
fn rounds_are_nobody_elses() {
    let host = Rc::new(Host::<Kept>::new(6));
    let asks = json!({ "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} } });
    let send = |who: &Value, more: Value| {
        let mut params = json!({ "name": "ask", "arguments": {}, "_meta": asks });
        for (name, value) in more.as_object().unwrap() {
            params[name] = value.clone();
        }
        told(
            &host.request(&Request::rpc("/mcp", "tools/call", params).principal(who)),
            1,
        )
    };
    let ada = principal("ada", &["base", "write"], &[]);
    let first = send(&ada, json!({}));
    let state = &first.body["result"]["requestState"];
    assert!(state.is_string(), "{first:?}");
    let last = || json!({ "requestState": state, "inputResponses": { "name": { "action": "accept", "content": { "name": "x" } } } });
    let eve = principal("eve", &["base", "write"], &["admins"]);
    assert_eq!(send(&eve, last()).body["error"]["code"], -32602);
    // A token that may do less does not finish what a better one began.
    assert_eq!(send(&principal("ada", &["base"], &[]), last()).status, 403);
    let done = send(&ada, last());
    assert!(done.text().starts_with("\"x\" for i ada"), "{done:?}");
}

#[test]
fn nobody_hears_of_what_they_may_not_read() {
    let host = Rc::new(Host::<Kept>::new(7));
    let subscribe = json!({ "uri": "a://total" });
    for era in [Era::Session("2025-11-25"), Era::Sse] {
        let low = Client::new(&host, era, principal("low", &["base"], &[]));
        assert_eq!(
            low.ask("resources/subscribe", subscribe.clone()).status,
            403,
            "{era:?}"
        );
        let ada = Client::new(&host, era, principal("ada", &["base", "write"], &[]));
        let told = ada.ask("resources/subscribe", subscribe.clone());
        assert!(told.body["result"].is_object(), "{era:?} {told:?}");
    }
    let listen = |who: Value| {
        let params = json!({ "notifications": { "resourceSubscriptions": ["a://total"] } });
        let request = Request::rpc("/mcp", "subscriptions/listen", params).principal(&who);
        let stream = host.request(&request);
        host.run();
        let first = stream.read();
        (stream, first)
    };
    let (low, honoured) = listen(principal("low", &["base"], &[]));
    assert!(!honoured.contains("a://total"), "{honoured}");
    let (ada, honoured) = listen(principal("ada", &["base", "write"], &[]));
    assert!(honoured.contains("a://total"), "{honoured}");
    let client = Client::new(
        &host,
        Era::Stateless,
        principal("bob", &["base", "write"], &[]),
    );
    assert_eq!(client.tool("add", json!({ "n": 2 })).text(), "2");
    host.run();
    assert!(ada.read().contains("notifications/resources/updated"));
    assert!(!low.read().contains("updated"));
}

#[test]
fn a_bad_token_is_refused_with_the_reason() {
    let host = Host::<Light>::new(8);
    for (method, path) in [
        ("POST", "/mcp"),
        ("GET", "/sse"),
        ("POST", "/sse/message?sessionId=x"),
    ] {
        let request = Request::new(method, path);
        let response = host.request(&request);
        assert_eq!(
            (response.status, response.header("www-authenticate")),
            (401, Some("Bearer"))
        );
        let response = host.request(&request.refused("the token is over"));
        let challenge = "Bearer error=\"invalid_token\", error_description=\"the token is over\"";
        assert_eq!(
            (response.status, response.header("www-authenticate")),
            (401, Some(challenge))
        );
    }
    // A page asks before it sends, and has no token then.
    let asks = Request::new("OPTIONS", "/mcp").header("origin", "http://localhost:1");
    assert_eq!(
        host.request(&asks.header("access-control-request-method", "POST"))
            .status,
        204
    );
    // Whose page may ask is looked at first.
    let other = Request::new("POST", "/mcp").header("origin", "https://evil.example");
    assert_eq!(host.request(&other).status, 403);
}
