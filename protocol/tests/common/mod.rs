//! What the engine's tests share: catalogs, keys, and chance that is none.
#![allow(dead_code, reason = "each test uses a part")]

pub mod dice;
pub mod memory;
pub mod mirrored;
pub mod renamed;
pub mod rich;
pub mod schemas;
pub mod talk;

use mcp_agent_protocol::{
    Catalog, Engine, Entropy, Headers, HttpRequest, Item, Keys, Output, Place, Policy,
    ResourceItem, Scope,
};

pub const POLICY: Policy = Policy {
    http: "/mcp",
    sse: Some("/sse"),
    hosts: &["mcp.example.com"],
    origins: &["https://app.example"],
    session_ttl_ms: 3_600_000,
    max_body: 100_000,
    ..Policy::DEFAULT
};

pub const COUNTER: Catalog = Catalog {
    server: r#"{"name":"counter","title":"Counter","version":"1.0.0","description":"A counter that lasts.","websiteUrl":"https://example.com"}"#,
    instructions: Some("Use `add`."),
    cache_ms: 300_000,
    scope: Some(Scope::Server),
    tools: &[
        Item {
            name: "add",
            json: r#"{"name":"add","title":"Add","description":"Add.","inputSchema":{"type":"object","properties":{"a":{"type":"integer","minimum":-10,"maximum":10}},"required":["a"],"additionalProperties":false}}"#,
            schema: None,
            place: Place::Write,
            ..Item::EMPTY
        },
        Item {
            name: "value",
            json: r#"{"name":"value","description":"Value.","inputSchema":{"type":"object","additionalProperties":false},"outputSchema":{"type":"object","properties":{"counter":{"type":"integer"}},"required":["counter"],"additionalProperties":false},"annotations":{"readOnlyHint":true}}"#,
            schema: None,
            place: Place::Read,
            ..Item::EMPTY
        },
        Item {
            name: "greet",
            json: "{\"name\":\"greet\",\"description\":\"Greet.\",\"inputSchema\":{\n  \"type\": \"object\",\n  \"properties\": {\"name\": {\"type\": \"string\", \"minLength\": 1}},\n  \"required\": [\"name\"]\n}}",
            schema: None,
            place: Place::Front,
            ..Item::EMPTY
        },
    ],
    resources: &[
        ResourceItem {
            uri: "counter://value",
            template: false,
            json: r#"{"uri":"counter://value","name":"value","title":"The counter","mimeType":"text/plain"}"#,
            mime: Some("text/plain"),
            schema: None,
            place: Place::Read,
            ..ResourceItem::EMPTY
        },
        ResourceItem {
            uri: "orders://{id}",
            template: true,
            json: r#"{"uriTemplate":"orders://{id}","name":"order","mimeType":"application/json"}"#,
            mime: Some("application/json"),
            schema: Some(
                r#"{"type":"object","properties":{"id":{"type":"string","pattern":"^[0-9]+$"}},"required":["id"],"additionalProperties":false}"#,
            ),
            place: Place::Front,
            ..ResourceItem::EMPTY
        },
        ResourceItem {
            uri: "squares://{n}",
            template: true,
            json: r#"{"uriTemplate":"squares://{n}","name":"square"}"#,
            mime: None,
            schema: Some(
                r#"{"type":"object","properties":{"n":{"type":"integer","minimum":-9}},"required":["n"],"additionalProperties":false}"#,
            ),
            place: Place::Front,
            ..ResourceItem::EMPTY
        },
    ],
    prompts: &[Item {
        name: "report",
        json: r#"{"name":"report","title":"Report","description":"Asks for a report.","arguments":[{"name":"tone","title":"Tone","description":"How."}]}"#,
        schema: Some(
            r#"{"type":"object","properties":{"tone":{"type":"string","enum":["short","full"]}},"additionalProperties":false}"#,
        ),
        place: Place::Read,
        ..Item::EMPTY
    }],
    ..Catalog::EMPTY
};

/// The same with a state for each session.
pub const SESSION_SCOPED: Catalog = Catalog {
    scope: Some(Scope::Session),
    ..COUNTER
};

/// Nothing to offer.
pub const EMPTY: Catalog = Catalog {
    server: r#"{"name":"empty","version":"0.0.1"}"#,
    ..Catalog::EMPTY
};

pub fn keys(seed: u8) -> Keys {
    Keys::new([seed; 32], Vec::new())
}

/// Counts up, so that every draw differs and every run is alike.
#[derive(Default)]
pub struct Counting(pub u8);

impl Entropy for Counting {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self.0.wrapping_mul(5).wrapping_add(17);
            *byte = self.0;
        }
    }
}

pub fn post<'a>(body: &'a str, session: Option<&'a str>) -> HttpRequest<'a> {
    HttpRequest {
        method: "POST",
        path: "/mcp",
        query: "",
        headers: Headers {
            host: Some("localhost:8787"),
            content_type: Some("application/json"),
            accept: Some("application/json, text/event-stream"),
            session_id: session,
            ..Headers::default()
        },
        body,
        who: mcp_agent_protocol::Who::Anyone,
    }
}

/// Begins a session and gives its token.
pub fn initialize(engine: &Engine, version: &str, now_ms: u64, entropy: &mut Counting) -> String {
    initialize_as(engine, version, "{}", now_ms, entropy)
}

/// The same of a client with these capabilities, JSON.
pub fn initialize_as(
    engine: &Engine,
    version: &str,
    client: &str,
    now_ms: u64,
    entropy: &mut Counting,
) -> String {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"{version}","capabilities":{client},"clientInfo":{{"name":"t","version":"1"}}}}}}"#
    );
    match engine.handle(&post(&body, None), Some(&keys(1)), now_ms, entropy) {
        Output::Reply(reply) => {
            let token = reply
                .headers
                .into_iter()
                .find(|(name, _)| *name == "mcp-session-id");
            token.expect("a token").1
        }
        other => panic!("{other:?}"),
    }
}
