//! A client of any version and transport, which is somebody.
#![allow(dead_code, reason = "each test uses a part")]

use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};
use std::cell::Cell;
use std::rc::Rc;

/// A way of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    Stateless,
    Session(&'static str),
    Batch,
    Sse,
}

/// All of them.
pub const ERAS: [Era; 7] = [
    Era::Stateless,
    Era::Session("2025-11-25"),
    Era::Session("2025-06-18"),
    Era::Session("2025-03-26"),
    Era::Session("2024-11-05"),
    Era::Batch,
    Era::Sse,
];

/// A principal of the issuer `i`.
pub fn principal(sub: &str, scopes: &[&str], groups: &[&str]) -> Value {
    json!({ "iss": "i", "sub": sub, "client": "c", "scopes": scopes, "claims": { "sub": sub, "groups": groups, "group": "g" } })
}

/// A client, which is somebody.
pub struct Client<A: Agent> {
    pub host: Rc<Host<A>>,
    pub era: Era,
    pub who: Value,
    pub session: Option<String>,
    pub stream: Option<Response>,
    next: Cell<u64>,
}

/// What a request was answered.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub challenge: Option<String>,
    pub body: Value,
}

impl Told {
    pub fn text(&self) -> &str {
        let text = &self.body["result"]["content"][0]["text"];
        text.as_str().unwrap_or_else(|| panic!("{self:?}"))
    }
}

impl<A: Agent> Client<A> {
    pub fn new(host: &Rc<Host<A>>, era: Era, who: Value) -> Self {
        let mut client = Client {
            host: host.clone(),
            era,
            who,
            session: None,
            stream: None,
            next: Cell::new(1),
        };
        let version = match era {
            Era::Stateless => return client,
            Era::Session(version) => version,
            Era::Batch => "2025-03-26",
            Era::Sse => {
                let open = Request::new("GET", "/sse").header("accept", "text/event-stream");
                let stream = host.request(&open.principal(&client.who));
                let first = stream.read();
                let endpoint = first.lines().find_map(|line| line.strip_prefix("data: "));
                client.session = endpoint.map(str::to_owned);
                client.stream = Some(stream);
                "2024-11-05"
            }
        };
        let params = json!({ "protocolVersion": version, "capabilities": { "elicitation": {} }, "clientInfo": { "name": "t", "version": "1" } });
        let message =
            json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        if era == Era::Sse {
            assert_eq!(client.told(&message).status, 202);
        } else {
            let response = client.post(&message.to_string());
            client.session = response.header("mcp-session-id").map(str::to_owned);
            assert!(client.session.is_some());
        }
        client
    }

    /// The same session, of somebody else.
    pub fn stolen_by(&self, who: Value) -> Self {
        Client {
            host: self.host.clone(),
            era: self.era,
            who,
            session: self.session.clone(),
            stream: None,
            next: Cell::new(500),
        }
    }

    pub fn post(&self, body: &str) -> Response {
        let path = match (self.era, &self.session) {
            (Era::Sse, Some(endpoint)) => endpoint,
            _ => "/mcp",
        };
        let mut request = Request::post(path, body).principal(&self.who);
        if let (Era::Session(_) | Era::Batch, Some(session)) = (self.era, &self.session) {
            request = request.header("mcp-session-id", session);
        }
        self.host.request(&request)
    }

    pub fn ask(&self, method: &str, params: Value) -> Told {
        if self.era == Era::Stateless {
            let request = Request::rpc("/mcp", method, params).principal(&self.who);
            return told(&self.host.request(&request), 1);
        }
        let id = self.next.get();
        self.next.set(id + 1);
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.told(&message)
    }

    pub fn told(&self, message: &Value) -> Told {
        let response = match self.era {
            Era::Batch => self.post(&json!([message]).to_string()),
            _ => self.post(&message.to_string()),
        };
        let id = message["id"].as_u64().unwrap();
        let mut told = told(&response, id);
        if let (202, Some(stream)) = (told.status, &self.stream) {
            self.host.run();
            told.body = find(&stream.read(), id);
        }
        told
    }

    pub fn tool(&self, name: &str, arguments: Value) -> Told {
        self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    }

    pub fn names(&self, method: &str, list: &str) -> Vec<String> {
        let told = self.ask(method, json!({}));
        let all = told.body["result"][list].as_array();
        let all = all.unwrap_or_else(|| panic!("{told:?}"));
        let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
        all.iter().map(name).collect()
    }
}

/// What a response says to the request of this id.
pub fn told(response: &Response, id: u64) -> Told {
    let text = response.read();
    let body = match response.is_stream() {
        true => find(&text, id),
        false => match from_str(&text).unwrap_or_default() {
            Value::Array(all) => all
                .into_iter()
                .find(|it| it["id"] == id)
                .unwrap_or_default(),
            one => one,
        },
    };
    Told {
        status: response.status,
        challenge: response.header("www-authenticate").map(str::to_owned),
        body,
    }
}

/// The answer among events.
pub fn find(text: &str, id: u64) -> Value {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let mut all = data.filter_map(|data| from_str::<Value>(data).ok());
    all.find(|it| it["id"] == id && it["method"].is_null())
        .unwrap_or_default()
}
