//! Who may do what: in every era, and what is said to whom.

mod common;

use common::{Counting, POLICY, keys};
use mcp_agent_protocol::{
    Access, AuthPolicy, AuthRole, Bound, Catalog, Completion, CompletionSource, Engine, Headers,
    HttpRequest, Item, Output, Principal, Reply, ResourceItem, RoleTest, TargetKind, Who,
};
use serde_json::{Value, json};
use std::rc::Rc;

const READ: Access = Access::Only {
    scopes: &["read"],
    roles: &[],
};
const WRITE: Access = Access::Only {
    scopes: &["read", "write"],
    roles: &[],
};
const ADMIN: Access = Access::Only {
    scopes: &["write"],
    roles: &["admin"],
};

const fn tool(name: &'static str, json: &'static str, access: Access) -> Item {
    Item {
        name,
        json,
        access,
        ..Item::EMPTY
    }
}

const fn resource(uri: &'static str, json: &'static str, access: Access) -> ResourceItem {
    ResourceItem {
        uri,
        json,
        access,
        ..ResourceItem::EMPTY
    }
}

const GUARDED: Catalog = Catalog {
    server: r#"{"name":"guarded","version":"1"}"#,
    tools: &[
        tool(
            "open",
            r#"{"name":"open","inputSchema":{"type":"object"}}"#,
            Access::Anyone,
        ),
        tool(
            "read",
            r#"{"name":"read","inputSchema":{"type":"object"}}"#,
            READ,
        ),
        tool(
            "write",
            r#"{"name":"write","inputSchema":{"type":"object"}}"#,
            WRITE,
        ),
        tool(
            "admin",
            r#"{"name":"admin","inputSchema":{"type":"object"}}"#,
            ADMIN,
        ),
        tool(
            "nobody",
            r#"{"name":"nobody","inputSchema":{"type":"object"}}"#,
            Access::Nobody,
        ),
        Item {
            name: "mine",
            json: r#"{"name":"mine","inputSchema":{"type":"object","properties":{"n":{"type":"integer"}}}}"#,
            bound: &[
                Bound {
                    name: "owner",
                    claim: &["sub"],
                    schema: r#"{"type":"string","maxLength":5}"#,
                    optional: false,
                },
                Bound {
                    name: "group",
                    claim: &["org", "group"],
                    schema: r#"{"type":"string"}"#,
                    optional: true,
                },
            ],
            ..Item::EMPTY
        },
    ],
    resources: &[
        resource(
            "a://open",
            r#"{"uri":"a://open","name":"open"}"#,
            Access::Anyone,
        ),
        resource("a://read", r#"{"uri":"a://read","name":"read"}"#, READ),
        ResourceItem {
            template: true,
            ..resource("b://{x}", r#"{"uriTemplate":"b://{x}","name":"b"}"#, ADMIN)
        },
    ],
    prompts: &[
        tool("open", r#"{"name":"open"}"#, Access::Anyone),
        tool(
            "admin",
            r#"{"name":"admin","arguments":[{"name":"x"}]}"#,
            ADMIN,
        ),
    ],
    completions: &[Completion {
        kind: TargetKind::Prompt,
        index: 1,
        argument: "x",
        source: CompletionSource::Values(&["secret"]),
    }],
    auth: Some(POLICY_OF_ALL),
    ..Catalog::EMPTY
};

const POLICY_OF_ALL: AuthPolicy = AuthPolicy {
    required: &["base"],
    roles: &[AuthRole {
        name: "admin",
        claim: &["groups"],
        test: RoleTest::Contains("admins"),
    }],
    filter: true,
};

fn principal(sub: &str, scopes: &[&str], groups: &[&str]) -> Value {
    json!({ "iss": "i", "sub": sub, "scopes": scopes, "claims": { "sub": sub, "groups": groups } })
}

/// What is sent, and in which era.
struct Client<'e> {
    engine: &'e Engine,
    who: Option<Rc<Principal>>,
    session: Option<String>,
    stateless: bool,
}

impl<'e> Client<'e> {
    fn new(engine: &'e Engine, who: &Value, stateless: bool) -> Self {
        let mut client = Client {
            engine,
            who: engine.principal(&who.to_string()),
            session: None,
            stateless,
        };
        if !stateless {
            client.open();
        }
        client
    }

    fn open(&mut self) {
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let reply = self.send("initialize", params);
        let session = |(name, _): &&(&str, String)| *name == "mcp-session-id";
        self.session = reply
            .headers
            .iter()
            .find(session)
            .map(|(_, token)| token.clone());
    }

    fn send(&self, method: &str, mut params: Value) -> Reply {
        if self.stateless {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        let name = params["name"].as_str().or(params["uri"].as_str());
        let name = name.map(str::to_owned);
        let body =
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let request = HttpRequest {
            method: "POST",
            path: POLICY.http,
            query: "",
            headers: Headers {
                host: Some("localhost"),
                content_type: Some("application/json"),
                accept: Some("application/json, text/event-stream"),
                session_id: self.session.as_deref(),
                protocol_version: self.stateless.then_some("2026-07-28"),
                mcp_method: self.stateless.then_some(method),
                mcp_name: name.as_deref().filter(|_| self.stateless),
                ..Headers::default()
            },
            body: &body,
            who: self.who.as_ref().map_or(Who::Nobody(""), Who::Known),
        };
        let mut entropy = Counting::default();
        match self
            .engine
            .handle(&request, Some(&keys(1)), 1_000, &mut entropy)
        {
            Output::Reply(reply) => reply,
            Output::Call(call) => Reply {
                status: 200,
                headers: Vec::new(),
                content: mcp_agent_protocol::ContentKind::Json,
                body: json!({ "called": call.arguments, "who": call.head.who.as_deref() })
                    .to_string(),
            },
            other => panic!("{other:?}"),
        }
    }

    fn said(&self, method: &str, params: Value) -> (u16, Value, Option<String>) {
        let reply = self.send(method, params);
        let body = serde_json::from_str(&reply.body).expect("JSON");
        let challenge = reply.headers.into_iter();
        let mut challenge = challenge.filter(|(name, _)| *name == "www-authenticate");
        (reply.status, body, challenge.next().map(|(_, value)| value))
    }

    fn listed(&self, method: &str, list: &str) -> Vec<String> {
        let (status, body, _) = self.said(method, json!({}));
        assert_eq!(status, 200, "{body}");
        if self.stateless {
            assert_eq!(body["result"]["cacheScope"], "private");
        }
        let all = body["result"][list].as_array().expect("a list");
        let name = |item: &Value| item["name"].as_str().expect("a name").to_owned();
        all.iter().map(name).collect()
    }
}

#[test]
fn lists_show_what_the_caller_may_use() {
    let engine = Engine::new(GUARDED, POLICY);
    for (who, tools, resources, templates, prompts) in [
        (
            principal("a", &["base"], &[]),
            vec!["open", "mine"],
            vec!["open"],
            0,
            1,
        ),
        (
            principal("b", &["base", "read"], &[]),
            vec!["open", "read", "mine"],
            vec!["open", "read"],
            0,
            1,
        ),
        (
            principal("c", &["base", "write"], &["admins"]),
            vec!["open", "admin", "mine"],
            vec!["open"],
            1,
            2,
        ),
        (
            principal("a", &["base"], &[]),
            vec!["open", "mine"],
            vec!["open"],
            0,
            1,
        ),
    ] {
        for stateless in [true, false] {
            let client = Client::new(&engine, &who, stateless);
            assert_eq!(client.listed("tools/list", "tools"), tools);
            assert_eq!(client.listed("resources/list", "resources"), resources);
            let found = client.listed("resources/templates/list", "resourceTemplates");
            assert_eq!(found.len(), templates);
            assert_eq!(client.listed("prompts/list", "prompts").len(), prompts);
        }
    }
    let shown = Catalog {
        auth: Some(AuthPolicy {
            filter: false,
            ..POLICY_OF_ALL
        }),
        ..GUARDED
    };
    let engine = Engine::new(shown, POLICY);
    let client = Client::new(&engine, &principal("a", &["base"], &[]), true);
    assert_eq!(
        client.listed("tools/list", "tools").len(),
        GUARDED.tools.len()
    );
}

#[test]
fn a_missing_scope_is_named_and_a_missing_role_is_not() {
    let engine = Engine::new(GUARDED, POLICY);
    for stateless in [true, false] {
        let who = principal("a", &["base", "other"], &[]);
        let client = Client::new(&engine, &who, stateless);
        let calls = [
            (
                "tools/call",
                json!({ "name": "write" }),
                Some("base read write other"),
            ),
            (
                "tools/call",
                json!({ "name": "read" }),
                Some("base read other"),
            ),
            (
                "resources/read",
                json!({ "uri": "a://read" }),
                Some("base read other"),
            ),
            ("tools/call", json!({ "name": "open" }), None),
            ("resources/read", json!({ "uri": "a://open" }), None),
            ("prompts/get", json!({ "name": "open" }), None),
        ];
        for (method, params, scopes) in calls {
            let (status, body, challenge) = client.said(method, params.clone());
            match scopes {
                None => {
                    assert_eq!((status, challenge), (200, None), "{params}");
                    assert_eq!(body["who"].as_str(), Some(&*who.to_string()));
                }
                Some(scopes) => {
                    assert_eq!(status, 403, "{params}");
                    let begin = format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\"");
                    assert!(
                        challenge.as_ref().is_some_and(|it| it.starts_with(&begin)),
                        "{challenge:?}"
                    );
                    assert_eq!(body["error"]["code"], -32003);
                    assert_eq!(body["error"]["data"]["scope"], scopes);
                    assert_eq!(body["id"], 1);
                }
            }
        }
        // Of a role nobody hears: not which, and not that a scope would be missing too.
        for name in ["admin", "nobody"] {
            let (status, body, challenge) = client.said("tools/call", json!({ "name": name }));
            assert_eq!((status, challenge), (200, None));
            assert_eq!(body["result"]["isError"], true, "{body}");
            assert!(!body.to_string().contains("admins") && !body.to_string().contains("write"));
        }
        for (method, params) in [
            ("prompts/get", json!({ "name": "admin" })),
            ("resources/read", json!({ "uri": "b://1" })),
            (
                "completion/complete",
                json!({ "ref": { "type": "ref/prompt", "name": "admin" }, "argument": { "name": "x", "value": "" } }),
            ),
        ] {
            let (status, body, challenge) = client.said(method, params);
            assert_eq!((status, challenge), (200, None));
            assert_eq!(
                body["error"],
                json!({ "code": -32003, "message": "forbidden" })
            );
        }
        let admin = principal("a", &["base", "write"], &["admins"]);
        let admin = Client::new(&engine, &admin, stateless);
        let reference = json!({ "ref": { "type": "ref/prompt", "name": "admin" }, "argument": { "name": "x", "value": "" } });
        let (_, body, _) = admin.said("completion/complete", reference);
        assert_eq!(body["result"]["completion"]["values"], json!(["secret"]));
    }
}

#[test]
fn nobody_comes_in_without_a_good_token() {
    let engine = Engine::new(GUARDED, POLICY);
    let lean = Engine::lean(GUARDED, POLICY);
    for (engine, who, status, challenge) in [
        (&engine, Who::Anyone, 401, Some("Bearer")),
        (&engine, Who::Nobody(""), 401, Some("Bearer")),
        (
            &engine,
            Who::Nobody("it is over \"\\\r\nx: y ä"),
            401,
            Some("Bearer error=\"invalid_token\", error_description=\"it is over x: y \""),
        ),
        // Whoever forgot the guard lets nobody in.
        (&lean, Who::Anyone, 401, None),
        (&lean, Who::Nobody(""), 401, None),
    ] {
        for (method, path) in [
            ("POST", "/mcp"),
            ("GET", "/mcp"),
            ("DELETE", "/mcp"),
            ("GET", "/sse"),
            ("POST", "/sse/message"),
            ("OPTIONS", "/mcp"),
            // Where nothing is, nobody has to say who they are.
            ("GET", "/.well-known/openid-configuration"),
            ("POST", "/mcp/"),
            ("GET", "/ssedge"),
        ] {
            let (status, challenge) = match path {
                "/mcp" | "/sse" | "/sse/message" => (status, challenge),
                _ => (404, None),
            };
            let request = HttpRequest {
                method,
                path,
                query: "",
                headers: Headers {
                    host: Some("localhost"),
                    ..Headers::default()
                },
                body: "",
                who,
            };
            let Output::Reply(reply) =
                engine.handle(&request, Some(&keys(1)), 0, &mut Counting::default())
            else {
                panic!("{method} {path}");
            };
            let told = reply
                .headers
                .iter()
                .find(|(name, _)| *name == "www-authenticate");
            assert_eq!(
                (reply.status, told.map(|(_, value)| &**value)),
                (status, challenge),
                "{method} {path}"
            );
        }
    }
    // Without what everybody must have, nothing is of use; what it is, the client hears.
    let client = Client::new(&engine, &principal("a", &["read"], &[]), true);
    for method in ["ping", "tools/list", "server/discover"] {
        let (status, _, challenge) = client.said(method, json!({}));
        assert_eq!(status, 403);
        let challenge = challenge.expect("a challenge");
        assert!(challenge.contains("scope=\"base read\""), "{challenge}");
    }
}

#[test]
fn a_session_is_of_who_opened_it() {
    let engine = Engine::new(GUARDED, POLICY);
    let ada = Client::new(&engine, &principal("ada", &["base", "read"], &[]), false);
    let send = |who: Value, name: &str| {
        let client = Client {
            engine: &engine,
            who: engine.principal(&who.to_string()),
            session: ada.session.clone(),
            stateless: false,
        };
        client.said("tools/call", json!({ "name": name })).0
    };
    assert!(ada.session.is_some());
    // Twice, because what was opened once is remembered.
    for _ in 0..2 {
        assert_eq!(send(principal("ada", &["base", "read"], &[]), "read"), 200);
        assert_eq!(send(principal("bob", &["base", "read"], &[]), "read"), 404);
        let elsewhere = json!({ "iss": "j", "sub": "ada", "scopes": ["base", "read"] });
        assert_eq!(send(elsewhere, "read"), 404);
    }
    // Another token of hers may do less, in the same session.
    assert_eq!(send(principal("ada", &["base"], &[]), "read"), 403);
    assert_eq!(
        send(principal("ada", &["base", "read", "write"], &[]), "write"),
        200
    );
}

#[test]
fn a_cursor_is_of_who_got_it() {
    let paged = Catalog { page: 2, ..GUARDED };
    let engine = Engine::new(paged, POLICY);
    let page = |who: &str, cursor: Option<&Value>| {
        let who = principal(who, &["base", "read", "write"], &[]);
        let client = Client::new(&engine, &who, true);
        let params = cursor.map_or(json!({}), |cursor| json!({ "cursor": cursor }));
        client.said("tools/list", params).1
    };
    let names = |body: &Value| -> Vec<String> {
        let all = body["result"]["tools"].as_array().expect("tools");
        all.iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = page("ada", None);
    assert_eq!(names(&first), ["open", "read"]);
    let cursor = &first["result"]["nextCursor"];
    let second = page("ada", Some(cursor));
    assert_eq!(names(&second), ["write", "mine"]);
    assert!(second["result"]["nextCursor"].is_null());
    assert_eq!(page("bob", Some(cursor))["error"]["code"], -32602);
    assert_eq!(names(&page("bob", None)), ["open", "read"]);
}

#[test]
fn a_bound_parameter_is_the_callers_claim() {
    let engine = Engine::new(GUARDED, POLICY);
    for stateless in [true, false] {
        let call = |claims: Value, arguments: Value| {
            let who = json!({ "iss": "i", "sub": "ada", "scopes": ["base"], "claims": claims });
            let client = Client::new(&engine, &who, stateless);
            client
                .said(
                    "tools/call",
                    json!({ "name": "mine", "arguments": arguments }),
                )
                .1
        };
        let given = |body: &Value| -> Value {
            serde_json::from_str(body["called"].as_str().unwrap_or_else(|| panic!("{body}")))
                .unwrap()
        };
        let body = call(json!({ "sub": "ada" }), json!({ "n": 7 }));
        assert_eq!(given(&body), json!({ "owner": "ada", "n": 7 }));
        let body = call(json!({ "sub": "ada", "org": { "group": "x" } }), json!({}));
        assert_eq!(given(&body), json!({ "owner": "ada", "group": "x" }));
        // Nobody gives it, however the schema is.
        for name in ["owner", "group"] {
            let body = call(json!({ "sub": "ada" }), json!({ name: "eve" }));
            assert_eq!(body["result"]["isError"], true, "{body}");
            assert!(
                body.to_string().contains("not the client's to give"),
                "{body}"
            );
        }
        // A claim that is not there, or does not fit, is named and not shown.
        for claims in [
            json!({}),
            json!({ "sub": 7 }),
            json!({ "sub": "too long" }),
            json!({ "sub": null }),
        ] {
            let body = call(claims, json!({}));
            assert_eq!(body["result"]["isError"], true, "{body}");
            assert!(body.to_string().contains("`sub`") && !body.to_string().contains("too long"));
        }
    }
}
