//! Dialogues in text, each about a paragraph of the specification, played in virtual time.
//!
//! ```text
//! # Words.
//! catalog counter            counter (as if it were said), session, empty, rich, rich-sessions or kept
//! session 2025-06-18         sends `initialize` and keeps the token as $session
//! wait 1000                  milliseconds pass
//! > POST /mcp                a request: defaults for Host, Content-Type and Accept are added
//! > accept: text/event-stream
//! > -origin                  takes a default away
//! >
//! > {"jsonrpc":"2.0"}        the body; $META is a good `_meta` of 2026-07-28
//! ! tool add state:server {"a":1}        the handler that must be called, where (here, in the session's object, in another), and with what
//! ? text now 2               what it answers, as `common/answers.rs` has it; in a batch, the next call may follow
//! < 200                      the response; headers that are named must be there
//! < mcp-session-id: $session keeps a value
//! < -vary                    must not be there
//! <
//! < {"jsonrpc":"2.0"}        compared as JSON if it is, else as it is
//! >> {"jsonrpc":"2.0"}       a message of an HTTP+SSE client, in the object of the stream opened last
//! ```

mod common;

use common::{
    COUNTER, Counting, EMPTY, POLICY, SESSION_SCOPED, answers, initialize, kept, keys, rich,
    schemas,
};
use mcp_agent_protocol::{
    Batch, Begin, Call, CallHead, ContentKind, Engine, Framing, Headers, HttpRequest, Output, Part,
    Reply, Route, Session, SessionHead, SessionOutput, SseSession, TargetKind,
};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

#[test]
fn dialogues() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        Player::new(&name).play(&fs::read_to_string(&file).unwrap());
    }
}

/// A request that owns its parts.
#[derive(Clone)]
struct Request {
    method: String,
    target: String,
    headers: String,
    body: String,
}

/// A batch, of which one message is handled at a time.
struct OpenBatch {
    framing: Framing,
    /// What its messages came with; `None` for those of an HTTP+SSE client.
    request: Option<Request>,
    /// Messages, and answers that are known.
    parts: VecDeque<Result<String, String>>,
    answers: Vec<String>,
}

struct Player {
    file: String,
    line: usize,
    engine: Engine,
    now_ms: u64,
    entropy: Counting,
    values: BTreeMap<String, String>,
    stream: Option<SseSession>,
    /// The token of an HTTP+SSE client whose session is kept.
    kept_stream: Option<String>,
    /// The objects of kept sessions.
    objects: BTreeMap<String, kept::Object>,
    /// Whether one of them speaks.
    inside: bool,
    request: Vec<String>,
    response: Vec<String>,
    called: Option<CallHead>,
    got: Option<Reply>,
    batch: Option<OpenBatch>,
    /// What the host adds to the answer.
    sharing: Vec<(&'static str, String)>,
    /// What the clients with sessions speak, and the method that was asked last.
    version: String,
    method: String,
}

impl Player {
    fn new(file: &str) -> Player {
        Player {
            file: file.to_owned(),
            line: 0,
            engine: Engine::new(COUNTER, POLICY),
            now_ms: 1_000_000,
            entropy: Counting::default(),
            values: BTreeMap::from([("META".to_owned(), META.to_owned())]),
            stream: None,
            kept_stream: None,
            objects: BTreeMap::new(),
            inside: false,
            request: Vec::new(),
            response: Vec::new(),
            called: None,
            got: None,
            batch: None,
            sharing: Vec::new(),
            version: "2025-11-25".to_owned(),
            method: String::new(),
        }
    }

    fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    fn play(&mut self, text: &str) {
        for (at, line) in text.lines().chain([""]).enumerate() {
            if !line.starts_with('<') {
                self.compare();
            }
            if !line.starts_with("> ") && line != ">" {
                self.send();
            }
            self.line = at + 1;
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "" | "#" => {}
                "catalog" => {
                    let catalog = match rest {
                        "counter" => COUNTER,
                        "session" => SESSION_SCOPED,
                        "empty" => EMPTY,
                        "rich" => rich::RICH,
                        "rich-sessions" => rich::RICH_SESSIONS,
                        "kept" => rich::KEPT,
                        other => panic!("{}: no catalog {other}", self.place()),
                    };
                    self.engine = Engine::new(catalog, POLICY);
                    self.kept_stream = None;
                }
                "session" => {
                    let token = initialize(&self.engine, rest, self.now_ms, &mut self.entropy);
                    self.values.insert("session".to_owned(), token);
                    self.version = rest.to_owned();
                }
                "wait" => self.now_ms += rest.parse::<u64>().unwrap(),
                ">" => self.request.push(self.fill(rest)),
                ">>" => self.message(&self.fill(rest)),
                "!" => self.expect_call(rest),
                "?" => self.answer(rest),
                "<" => self.response.push(rest.to_owned()),
                _ => panic!("{}: what is `{line}`?", self.place()),
            }
        }
        assert!(
            self.got.is_none(),
            "{}: a response was not looked at: {:?}",
            self.place(),
            self.got
        );
    }

    fn fill(&self, text: &str) -> String {
        self.values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("${name}"), value)
            })
    }

    fn send(&mut self) {
        if self.request.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.request);
        let mut parts = lines[0].split(' ');
        let (method, target) = (parts.next().unwrap(), parts.next().unwrap());
        let mut headers = BTreeMap::from([("host", "localhost:8787")]);
        headers.insert(
            "accept",
            if method == "POST" {
                "application/json, text/event-stream"
            } else {
                "text/event-stream"
            },
        );
        if method == "POST" {
            headers.insert("content-type", "application/json");
        }
        let mut rest = lines[1..].iter();
        for line in rest.by_ref().take_while(|line| !line.is_empty()) {
            match line.strip_prefix('-') {
                Some(name) => _ = headers.remove(name),
                None => {
                    let (name, value) = line.split_once(": ").unwrap();
                    headers.insert(name, value);
                }
            }
        }
        let body = rest.map(String::as_str).collect::<Vec<_>>().join("\n");
        let values: Vec<&str> = Headers::NAMES
            .iter()
            .map(|name| headers.remove(name).unwrap_or_default())
            .collect();
        assert!(
            headers.is_empty(),
            "{}: unread headers {headers:?}",
            self.place()
        );
        self.ask(&Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: values.join("\n"),
            body,
        });
    }

    fn ask(&mut self, asked: &Request) {
        self.note(&asked.body);
        let headers = Headers::from_lines(&asked.headers);
        let sharing = headers
            .origin
            .and_then(|origin| self.engine.sharing(headers.host, origin));
        self.sharing = sharing.into_iter().flatten().collect();
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let request = HttpRequest {
            method: &asked.method,
            path,
            query,
            headers,
            body: &asked.body,
        };
        let keys = keys(1);
        let output = self
            .engine
            .handle(&request, None, self.now_ms, &mut self.entropy);
        let output = match output {
            Output::NeedKeys => {
                self.engine
                    .handle(&request, Some(&keys), self.now_ms, &mut self.entropy)
            }
            output => output,
        };
        match output {
            Output::Reply(reply) => self.reply(reply),
            Output::Call(call) => self.call(&call),
            Output::Batch(batch) => self.batch(batch, Some(asked.clone())),
            Output::OpenSse(open) => {
                assert_eq!(open.object, format!("session:{}", open.session.id()));
                self.values.insert("token".to_owned(), open.token);
                self.values.insert("stream".to_owned(), open.object);
                self.stream = Some(open.session);
                let reply = Reply {
                    status: 200,
                    headers: Vec::new(),
                    content: ContentKind::EventStream,
                    body: open.first,
                };
                self.got = Some(reply);
            }
            Output::Post { object, body } => {
                assert_eq!(Some(&object), self.values.get("stream"), "{}", self.place());
                let body = body.to_owned();
                self.message(&body);
            }
            Output::Session(head) => self.in_session(&head, &asked.body),
            Output::Join(head) => self.join(&head),
            Output::NeedKeys => panic!("{}: asked for keys twice", self.place()),
        }
    }

    /// Keeps what is asked, for the schemas.
    fn note(&mut self, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        self.method = body["method"].as_str().unwrap_or_default().to_owned();
    }

    fn message(&mut self, body: &str) {
        self.note(body);
        if let Some(token) = &self.kept_stream {
            let asked = Request {
                method: "POST".to_owned(),
                target: format!("/sse/message?sessionId={token}"),
                headers: "\nlocalhost\napplication/json".to_owned(),
                body: body.to_owned(),
            };
            return self.ask(&asked);
        }
        let stream = self.stream.take().expect("an open stream");
        // The object may have slept since.
        let mut stream = SseSession::decode(&stream.encode()).expect("a session");
        let output = self.engine.message(&mut stream, body, self.now_ms);
        self.stream = Some(stream);
        match output {
            Output::Reply(reply) => self.reply(reply),
            Output::Call(call) => self.call(&call),
            Output::Batch(batch) => self.batch(batch, None),
            other => panic!("{}: {other:?}", self.place()),
        }
    }

    /// In the object of a kept session, which may have slept since.
    fn in_session(&mut self, head: &SessionHead, body: &str) {
        let head = SessionHead::decode(&head.encode()).expect("a head");
        let object = self.objects.entry(head.object()).or_default();
        let mut session = Session::load(head.session(), object).expect("rows");
        let (now_ms, chance) = (self.now_ms, &mut self.entropy);
        let output = self
            .engine
            .in_kept_session(&mut session, object, &head, body, now_ms, chance);
        let pushed = object.messages().pop();
        match output.expect("rows") {
            SessionOutput::Reply(reply) | SessionOutput::Watch { reply, .. } => {
                self.reply(match pushed {
                    Some(body) => Reply {
                        status: 200,
                        headers: Vec::new(),
                        content: ContentKind::Json,
                        body,
                    },
                    None => reply,
                });
            }
            SessionOutput::Play(reply, _)
            | SessionOutput::Stop(reply, _)
            | SessionOutput::End(reply) => self.reply(reply),
            SessionOutput::Call(call) | SessionOutput::Begin(Begin { call, .. }) => {
                self.inside = true;
                self.call(&call);
                self.inside = false;
            }
            SessionOutput::Batch(batch) => self.batch(batch, None),
        }
    }

    fn join(&mut self, head: &SessionHead) {
        let object = self.objects.entry(head.object()).or_default();
        let mut session = Session::load(head.session(), object).expect("rows");
        let joined = self
            .engine
            .join(&mut session, object, head, self.now_ms)
            .expect("rows");
        self.got = Some(match joined {
            Ok(join) => {
                object.joined.borrow_mut().insert(join.stream);
                if let Some((_, token)) = join.first.split_once("sessionId=") {
                    let token = token.lines().next().unwrap_or_default().to_owned();
                    self.values.insert("token".to_owned(), token.clone());
                    self.kept_stream = Some(token);
                }
                Reply {
                    status: 200,
                    headers: Vec::new(),
                    content: ContentKind::EventStream,
                    body: join.first,
                }
            }
            Err(refused) => refused,
        });
    }

    fn batch(&mut self, batch: Batch<'_>, request: Option<Request>) {
        assert!(self.batch.is_none(), "{}: a batch in a batch", self.place());
        let owned = |part| match part {
            Part::Message(text) => Ok(str::to_owned(text)),
            Part::Answer(text) => Err(text),
        };
        self.batch = Some(OpenBatch {
            framing: batch.framing,
            request,
            parts: batch.parts.into_iter().map(owned).collect(),
            answers: Vec::new(),
        });
        self.next_of_batch();
    }

    fn next_of_batch(&mut self) {
        let Some(batch) = &mut self.batch else { return };
        let request = batch.request.clone();
        match (batch.parts.pop_front(), request) {
            (Some(Ok(body)), Some(request)) => self.ask(&Request { body, ..request }),
            (Some(Ok(body)), None) => self.message(&body),
            (Some(Err(answer)), _) => {
                let event = format!("event: message\ndata: {answer}\n\n");
                batch.answers.push(match batch.framing {
                    Framing::Sse => event,
                    Framing::Json | Framing::Message => answer,
                });
                self.next_of_batch();
            }
            (None, _) => {
                let (content, body) = match batch.framing {
                    Framing::Json => (ContentKind::Json, format!("[{}]", batch.answers.join(","))),
                    Framing::Sse => (ContentKind::EventStream, batch.answers.concat()),
                    Framing::Message => (ContentKind::Json, batch.answers.join("\n")),
                };
                self.batch = None;
                self.got = Some(Reply {
                    status: 200,
                    headers: Vec::new(),
                    content,
                    body,
                });
            }
        }
    }

    /// A finished answer, be it to a message of a batch.
    fn reply(&mut self, reply: Reply) {
        match &mut self.batch {
            Some(batch) => {
                batch.answers.push(reply.body);
                self.next_of_batch();
            }
            None => self.got = Some(reply),
        }
    }

    fn call(&mut self, call: &Call<'_>) {
        let catalog = self.engine.catalog();
        let (kind, name) = match call.target.kind {
            TargetKind::Tool => ("tool", catalog.tools[call.target.index].name),
            TargetKind::Resource => ("resource", catalog.resources[call.target.index].uri),
            TargetKind::Prompt => ("prompt", catalog.prompts[call.target.index].name),
            TargetKind::Completion => ("completion", ["0", "1"][call.target.index]),
        };
        let route = match &call.route {
            Route::Here if self.inside => "session",
            Route::Here => "here",
            Route::Object(object) => object,
        };
        let route = match &call.head.session {
            Some(session) => route.replace(session, "<session>"),
            None => route.to_owned(),
        };
        let mut line = format!("{kind} {name} {route} {}", call.arguments);
        if let Some(uri) = &call.uri {
            line.push(' ');
            line.push_str(uri);
        }
        self.values.insert("call".to_owned(), line);
        self.called = CallHead::decode(&call.head.encode());
        assert_eq!(self.called.as_ref(), Some(&call.head), "{}", self.place());
    }

    fn expect_call(&mut self, expected: &str) {
        assert!(
            self.called.is_some(),
            "{}: no handler was called, but {:?}",
            self.place(),
            self.got
        );
        assert_eq!(self.values["call"], expected, "{}", self.place());
    }

    fn answer(&mut self, text: &str) {
        let head = self.called.take().expect("a call");
        let (kind, text) = text.split_once(' ').unwrap_or((text, ""));
        let result = answers::answer(kind, text)
            .unwrap_or_else(|| panic!("{}: what is `{kind}`?", self.place()));
        let reply = self.engine.answer(&head, result);
        self.reply(reply);
    }

    /// One answer to one message must be what the specification's schema says.
    fn check_schema(&mut self) {
        let Some(body) = self.got.as_ref().map(|reply| reply.body.as_str()) else {
            return;
        };
        let body = body
            .strip_prefix("event: message\ndata: ")
            .unwrap_or(body)
            .trim_end();
        let Ok(message @ Value::Object(_)) = serde_json::from_str::<Value>(body) else {
            return;
        };
        let result = &message["result"];
        if let Some(version) = result["protocolVersion"].as_str() {
            self.version = version.to_owned();
        }
        let stateless = result.get("resultType").is_some();
        let version = if stateless {
            "2026-07-28"
        } else {
            &self.version
        };
        schemas::check(version, &self.method, &message);
    }

    fn compare(&mut self) {
        if self.response.is_empty() {
            return;
        }
        let place = self.place();
        let lines = std::mem::take(&mut self.response);
        self.check_schema();
        let got = self
            .got
            .take()
            .unwrap_or_else(|| panic!("{place}: no response, a call is open: {:?}", self.called));
        assert_eq!(got.status.to_string(), lines[0], "{place}: {got:?}");
        let mut rest = lines[1..].iter();
        for line in rest.by_ref().take_while(|line| !line.is_empty()) {
            if let Some(absent) = line.strip_prefix('-') {
                let mut headers = got.headers.iter().chain(&self.sharing);
                assert!(headers.all(|(name, _)| *name != absent), "{place}: {line}");
                continue;
            }
            let (name, expected) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("{place}: `{line}`"));
            let value = match name {
                "content-type" => got.content.mime(),
                _ => got
                    .headers
                    .iter()
                    .chain(&self.sharing)
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.as_str()),
            };
            match expected.strip_prefix('$') {
                Some(variable) => {
                    let value = value.unwrap_or_else(|| panic!("{place}: no {name}"));
                    self.values.insert(variable.to_owned(), value.to_owned());
                }
                None => assert_eq!(value, Some(expected), "{place}: {name}"),
            }
        }
        let expected: Vec<String> = rest.map(|line| self.fill(line)).collect();
        let expected = expected.join("\n");
        match (
            serde_json::from_str::<Value>(&expected),
            serde_json::from_str::<Value>(&got.body),
        ) {
            (Ok(expected), Ok(found)) => {
                assert_eq!(found, expected, "{place}\n got {found}\nwant {expected}")
            }
            _ => assert_eq!(got.body.trim_end(), expected.trim_end(), "{place}"),
        }
    }
}
