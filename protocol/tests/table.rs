//! The table of hostile requests (`tests/lib/hostile.json`), which the end-to-end tests send to Workers, against the engine alone: with
//! light sessions and with kept ones.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::memory::Memory;
use common::rich::KEPT;
use common::{COUNTER, Counting, POLICY, keys};
use mcp_agent_protocol::{
    Answer, Call, Catalog, Engine, Headers, HttpRequest, Output, Policy, PromptResult, Reply,
    ResourceContents, Session, SessionHead, SessionOutput, SseSession, TargetKind, ToolResult,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const TABLE: &str = include_str!("../../tests/lib/hostile.json");
const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
/// The key of the Workers that the table is played against, and that of a stranger's.
const OURS: u8 = 7;
const STRANGERS: u8 = 8;
const NOW: u64 = 1_800_000_000_000;

#[test]
fn light_sessions() {
    play(COUNTER, "light", ["greet", "report"]);
}

#[test]
fn kept_sessions() {
    play(KEPT, "kept", ["ask", "review"]);
}

/// The tokens in the table are good ones, but for the key of one and the time of the other.
#[test]
fn the_tokens_of_the_table_are_what_they_say() {
    let table: Value = serde_json::from_str(TABLE).expect("JSON");
    let mut strangers = Client::new(COUNTER, STRANGERS, "2025-11-25");
    strangers.open_http();
    let mut ours = Client::new(COUNTER, OURS, "2025-11-25");
    ours.now_ms = 0;
    ours.open_http();
    let mut streams = Client::new(COUNTER, STRANGERS, "2024-11-05");
    streams.open_sse();
    let fresh = json!({
        "expired": ours.token,
        "foreign": { "http": strangers.token, "sse": streams.token },
    });
    for name in ["expired", "foreign"] {
        assert_eq!(
            table[name], fresh[name],
            "put these into the table: {fresh}"
        );
    }
}

fn play(catalog: Catalog, weight: &str, [tool, prompt]: [&str; 2]) {
    let table: Value = serde_json::from_str(TABLE).expect("JSON");
    let rows = table["rows"].as_array().expect("rows");
    assert!(rows.len() > 60, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let expected = row.get(weight).unwrap_or(row);
        let Some(body) = body(row, tool, prompt) else {
            continue;
        };
        let got = answer(catalog, &table, row, &body, false);
        let thin = answer(catalog, &table, row, &body, true);
        assert_eq!(got, thin, "{}: with the headers that it needs", row["name"]);
        let wanted = (
            expected["status"].as_u64().unwrap_or(0) as u16,
            &expected["code"],
        );
        if (got.0, &got.1) != wanted {
            let (transport, name) = (&row["transport"], &row["name"]);
            wrong.push(format!("{transport} {name}: {wanted:?}, but {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{weight}:\n{}", wrong.join("\n"));
}

/// The body of a row; `None` where it is no UTF-8, which a host refuses before the engine sees it.
fn body(row: &Value, tool: &str, prompt: &str) -> Option<String> {
    let request = &row["request"];
    let piece = |piece: &Value| match piece.as_array() {
        Some(pair) => pair[0]
            .as_str()
            .unwrap()
            .repeat(pair[1].as_u64().unwrap() as usize),
        None => piece.as_str().unwrap().to_owned(),
    };
    let text = if let Some(base64) = request["bodyBase64"].as_str() {
        String::from_utf8(STANDARD.decode(base64).unwrap()).ok()?
    } else if let Some(pieces) = request["generate"].as_array() {
        pieces.iter().map(piece).collect()
    } else {
        request["body"].as_str().unwrap_or_default().to_owned()
    };
    Some(
        text.replace("$META", META)
            .replace("$tool", tool)
            .replace("$prompt", prompt),
    )
}

/// The status of a row's request, and the code of its answer's error: `"result"` for an answer without one, null for no answer.
fn answer(catalog: Catalog, table: &Value, row: &Value, body: &str, thin: bool) -> (u16, Value) {
    let request = &row["request"];
    let sse = row["transport"] == "sse";
    let default = if sse { "2024-11-05" } else { "2025-11-25" };
    let version = row["version"].as_str().unwrap_or(default);
    let mut client = Client::new(catalog, OURS, version);
    client.thin = thin;
    if sse {
        client.open_sse();
        if request["handshake"] != false {
            client.handshake();
        }
    } else if version < "2026" {
        client.open_http();
    }
    let other = || {
        let mut other = Client::new(catalog, OURS, version);
        if sse {
            other.open_http();
        } else {
            other.open_sse();
        }
        other.token
    };
    let good = client.token.clone();
    let token = match request["token"].as_str().unwrap_or("good") {
        "good" => good,
        "none" => String::new(),
        "tampered" => tampered(&good),
        "cut" => good[..good.len() - 4].to_owned(),
        "longer" => good + "AAAA",
        "long" => "A".repeat(10_000),
        "expired" => table["expired"].as_str().unwrap().to_owned(),
        "foreign" => {
            let transport = row["transport"].as_str().unwrap();
            table["foreign"][transport].as_str().unwrap().to_owned()
        }
        "other" => other(),
        unknown => panic!("what is {unknown}?"),
    };
    let mut headers = client.headers(sse, &token);
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        match value.as_str() {
            Some(value) => headers.insert(name.clone(), value.into()),
            None => headers.remove(name),
        };
    }
    let default = if sse { "/sse/message" } else { "/mcp" };
    let path = request["path"].as_str().unwrap_or(default);
    let query = if sse && !token.is_empty() {
        format!("sessionId={token}")
    } else {
        String::new()
    };
    let method = request["method"].as_str().unwrap_or("POST");
    let reply = client.send(method, path, &query, &headers, body);
    let message = client.pushed.take().unwrap_or(reply.body);
    let code = match serde_json::from_str::<Value>(&message) {
        Ok(Value::Array(all)) => all.first().map_or(Value::Null, code),
        Ok(message) => code(&message),
        Err(_) => Value::Null,
    };
    (reply.status, code)
}

fn code(message: &Value) -> Value {
    match (message.get("error"), message.get("result")) {
        (Some(error), _) => error["code"].clone(),
        (None, Some(_)) => json!("result"),
        (None, None) => Value::Null,
    }
}

fn tampered(token: &str) -> String {
    let at = token.len() / 2;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    [&token[..at], other, &token[at + 1..]].concat()
}

/// A client, and the host that it talks to.
struct Client {
    engine: Engine,
    key: u8,
    /// Whether the host leaves out the headers that a request does not need (`Headers::NAMES`).
    thin: bool,
    version: String,
    now_ms: u64,
    token: String,
    stream: Option<SseSession>,
    objects: BTreeMap<String, Memory>,
    /// The stream of an HTTP+SSE client whose session is kept.
    joined: u32,
    /// What came over the stream.
    pushed: Option<String>,
    entropy: Counting,
}

impl Client {
    fn new(catalog: Catalog, key: u8, version: &str) -> Client {
        let policy = Policy {
            session_ttl_ms: Policy::DEFAULT.session_ttl_ms,
            max_body: 4 << 20,
            ..POLICY
        };
        Client {
            engine: Engine::new(catalog, policy),
            key,
            thin: false,
            version: version.to_owned(),
            now_ms: NOW,
            token: String::new(),
            stream: None,
            objects: BTreeMap::new(),
            joined: 0,
            pushed: None,
            entropy: Counting::default(),
        }
    }

    fn headers(&self, sse: bool, token: &str) -> Map<String, Value> {
        let mut headers = Map::new();
        let mut set = |name: &str, value: &str| _ = headers.insert(name.to_owned(), value.into());
        set("host", "localhost:8787");
        set("content-type", "application/json");
        set("accept", "application/json, text/event-stream");
        if !sse && !token.is_empty() {
            set("mcp-session-id", token);
        }
        if !sse && self.version.as_str() >= "2025-06-18" {
            set("mcp-protocol-version", &self.version);
        }
        headers
    }

    fn initialize(&self) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"{}","capabilities":{{}},"clientInfo":{{"name":"t","version":"1"}}}}}}"#,
            self.version
        )
    }

    fn open_http(&mut self) {
        let mut headers = self.headers(false, "");
        headers.remove("mcp-protocol-version");
        let reply = self.send("POST", "/mcp", "", &headers, &self.initialize());
        let mut headers = reply.headers.into_iter();
        self.token = headers
            .find_map(|(name, value)| (name == "mcp-session-id").then_some(value))
            .expect("a token");
    }

    fn open_sse(&mut self) {
        let headers = self.headers(true, "");
        let reply = self.send("GET", "/sse", "", &headers, "");
        let (_, rest) = reply.body.split_once("sessionId=").expect("an endpoint");
        self.token = rest.lines().next().unwrap().to_owned();
    }

    fn handshake(&mut self) {
        let headers = self.headers(true, "");
        let query = format!("sessionId={}", self.token);
        let body = self.initialize();
        let reply = self.send("POST", "/sse/message", &query, &headers, &body);
        assert_eq!(reply.status, 202);
        assert!(self.pushed.take().unwrap().contains("serverInfo"));
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        query: &str,
        headers: &Map<String, Value>,
        body: &str,
    ) -> Reply {
        let stateless = headers
            .get("mcp-protocol-version")
            .is_some_and(|it| *it == "2026-07-28");
        let left_out = |name: &str| match name {
            "mcp-session-id" => stateless,
            "mcp-method" | "mcp-name" => !stateless,
            _ => false,
        };
        let lines: Vec<&str> = Headers::NAMES
            .iter()
            .map(|name| match headers.get(*name).and_then(Value::as_str) {
                Some(value) if !(self.thin && left_out(name)) => value,
                _ => "",
            })
            .collect();
        let lines = lines.join("\n");
        let request = HttpRequest {
            method,
            path,
            query,
            headers: Headers::from_lines(&lines),
            body,
            who: mcp_agent_protocol::Who::Anyone,
        };
        let keys = keys(self.key);
        let output = self
            .engine
            .handle(&request, Some(&keys), self.now_ms, &mut self.entropy);
        match output {
            Output::Reply(reply) => reply,
            Output::Call(call) => self.run(&call),
            Output::OpenSse(open) => {
                self.stream = Some(open.session);
                text(200, open.first)
            }
            Output::Post { body, .. } => {
                let Some(mut stream) = self.stream.take() else {
                    return text(404, String::new());
                };
                let output = self.engine.message(&mut stream, None, body);
                let reply = match output {
                    Output::Reply(reply) => reply,
                    Output::Call(call) => self.run(&call),
                    other => panic!("{other:?}"),
                };
                self.stream = Some(stream);
                self.push(reply)
            }
            Output::Session(head) => self.in_object(&head, body),
            Output::Join(head) => {
                let object = self.objects.entry(head.object()).or_default();
                let mut session = Session::load(head.session(), object).expect("rows");
                let joined = self.engine.join(&mut session, object, &head, self.now_ms);
                match joined.expect("rows") {
                    Ok(join) => {
                        object.join(join.stream);
                        self.joined = join.stream;
                        text(200, join.first)
                    }
                    Err(refused) => refused,
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn in_object(&mut self, head: &SessionHead, body: &str) -> Reply {
        let object = self.objects.entry(head.object()).or_default();
        let mut session = Session::load(head.session(), object).expect("rows");
        let chance = &mut self.entropy;
        let output =
            self.engine
                .in_kept_session(&mut session, object, head, body, self.now_ms, chance);
        let sent = object.read(self.joined);
        self.pushed = sent
            .lines()
            .find_map(|line| line.strip_prefix("data: "))
            .map(str::to_owned);
        match output.expect("rows") {
            SessionOutput::Watch { reply, .. } if self.version == "2024-11-05" => self.push(reply),
            SessionOutput::Reply(reply)
            | SessionOutput::Watch { reply, .. }
            | SessionOutput::Play(reply, _)
            | SessionOutput::Stop(reply, _)
            | SessionOutput::End(reply) => reply,
            SessionOutput::Call(call) => {
                let reply = self.run(&call);
                if self.version == "2024-11-05" {
                    self.push(reply)
                } else {
                    reply
                }
            }
            SessionOutput::Begin(begin) => self.run(&begin.call),
            SessionOutput::Batch(batch) => panic!("{batch:?}"),
        }
    }

    /// Over HTTP+SSE, answers go over the stream.
    fn push(&mut self, reply: Reply) -> Reply {
        if reply.status == 200 {
            self.pushed = Some(reply.body);
            return text(202, String::new());
        }
        reply
    }

    fn run(&self, call: &Call<'_>) -> Reply {
        let answer = match call.target.kind {
            TargetKind::Tool => Answer::Tool(ToolResult::text("x")),
            TargetKind::Prompt => Answer::Prompt(PromptResult::user("x")),
            TargetKind::Resource => Answer::Resource(vec![ResourceContents::text("x://x", "x")]),
            TargetKind::Completion => Answer::Completion(Vec::new()),
        };
        self.engine.answer(&call.head, Ok(answer))
    }
}

fn text(status: u16, body: String) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        content: mcp_agent_protocol::ContentKind::Text,
        body,
    }
}
