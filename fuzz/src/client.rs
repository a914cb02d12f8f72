//! A client and the host that it talks to.

use super::memory::Memory;
use super::server::{CATALOGS, Counting, KEPT, NOW, SSE, STATELESS, keys, policy};
use mcp_agent_protocol::{
    Answer, Call, CallHead, ContentKind, Engine, Headers, HttpRequest, Keys, Listener, Output,
    Part, PromptResult, Reply, ResourceContents, Round, Session, SessionHead, SessionOutput,
    SseSession, TargetKind, TaskAsk, TaskOutput, ToolResult, Want,
};
use serde_json::Value;

/// What a request came to.
#[derive(Debug)]
pub enum Got {
    /// An answer of this HTTP status.
    Status(u16),
    /// Somebody in a session is served.
    Served,
}

/// A client in a session, or one without.
pub struct Client {
    engine: Engine,
    version: &'static str,
    stateless: bool,
    sse: bool,
    /// What its session is called.
    pub token: String,
    stream: Option<SseSession>,
    object: Memory,
    /// The stream that it listens on.
    joined: u32,
    entropy: Counting,
    /// The `id` of what the server has asked, which nobody can guess.
    asked: String,
}

impl Client {
    /// A client that talks as the byte says.
    pub fn open(mode: u8) -> Client {
        let versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
        let mut client = Client {
            engine: Engine::new(CATALOGS[usize::from(mode & KEPT)], policy()),
            version: versions[usize::from(mode >> 1) % versions.len()],
            stateless: mode & STATELESS != 0,
            sse: mode & SSE != 0,
            token: String::new(),
            stream: None,
            object: Memory::default(),
            joined: 0,
            entropy: Counting::default(),
            asked: String::new(),
        };
        let initialize = format!(
            r#"{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"{}","capabilities":{{"elicitation":{{}}}},"clientInfo":{{"name":"t","version":"1"}}}}}}"#,
            client.version
        );
        if client.stateless {
            client.version = "2026-07-28";
        } else if client.sse {
            let opened = client.request("GET", "/sse", "", "", "");
            let (_, rest) = opened.split_once("sessionId=").expect("an endpoint");
            client.token = rest.lines().next().unwrap_or_default().to_owned();
            client.send(&initialize).expect("an answer");
        } else {
            client.token = client.request("POST", "/mcp", "", "", &initialize);
        }
        client
    }

    /// A message; gives its answer.
    pub fn send(&mut self, body: &str) -> Option<Value> {
        let body = body.replace("$ask", &self.asked);
        let token = self.token.clone();
        let text = if self.sse && !self.stateless {
            let query = ["sessionId=", &token].concat();
            self.request("POST", "/sse/message", &query, "", &body)
        } else {
            self.request("POST", "/mcp", "", &token, &body)
        };
        serde_json::from_str(&text).ok()
    }

    /// A ping of somebody who says that it is of this session.
    pub fn knock(&self, token: &str, query: &str) -> Got {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let path = if query.is_empty() {
            "/mcp"
        } else {
            "/sse/message"
        };
        let mut request = self.http("POST", path, query, ping);
        request.headers.session_id = Some(token).filter(|token| !token.is_empty());
        match self
            .engine
            .handle(&request, Some(&keys()), NOW, &mut Counting::default())
        {
            Output::Reply(reply) if reply.status != 200 => Got::Status(reply.status),
            _ => Got::Served,
        }
    }

    fn http<'a>(
        &self,
        method: &'a str,
        path: &'a str,
        query: &'a str,
        body: &'a str,
    ) -> HttpRequest<'a> {
        HttpRequest {
            method,
            path,
            query,
            headers: Headers {
                host: Some("localhost"),
                content_type: Some("application/json"),
                accept: Some("application/json, text/event-stream"),
                protocol_version: self.stateless.then_some("2026-07-28"),
                ..Headers::default()
            },
            body,
            who: mcp_agent_protocol::Who::Anyone,
        }
    }

    /// A request, all the way; gives the answer's text, or the token of a session that begins.
    fn request(
        &mut self,
        method: &str,
        path: &str,
        query: &str,
        token: &str,
        body: &str,
    ) -> String {
        let named: Value = serde_json::from_str(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (rpc, name) = (text(&named["method"]), text(&named["params"]["name"]));
        let mut request = self.http(method, path, query, body);
        request.headers.session_id = Some(token).filter(|token| !token.is_empty());
        if self.stateless {
            request.headers.mcp_method = Some(&rpc);
            request.headers.mcp_name = Some(&name);
        }
        let keys = keys();
        let output = self
            .engine
            .handle(&request, Some(&keys), NOW, &mut self.entropy);
        check(&self.engine, &output);
        match output {
            Output::Reply(reply) => {
                let mut headers = reply.headers.into_iter();
                let token = headers.find(|(name, _)| *name == "mcp-session-id");
                token.map_or(reply.body, |(_, token)| token)
            }
            Output::Call(call) => self.run(&call).body,
            Output::Round(round) => self.play(&round, &keys),
            Output::Listen(listener) => listener.acknowledgement() + &listener.end(),
            Output::Batch(batch) => {
                for part in batch.parts {
                    if let Part::Message(text) = part {
                        self.request(method, path, query, token, text);
                    }
                }
                String::new()
            }
            Output::OpenSse(open) => {
                self.stream = Some(open.session);
                open.first
            }
            Output::Post { body, .. } => self.message(body),
            Output::Session(head) => self.in_session(&head, body),
            Output::Join(head) => {
                let session = &mut Session::load(head.session(), &self.object).expect("rows");
                let joined = self.engine.join(session, &self.object, &head, NOW);
                match joined.expect("rows") {
                    Ok(join) => {
                        self.object.join(join.stream);
                        self.joined = join.stream;
                        join.first
                    }
                    Err(refused) => refused.body,
                }
            }
            Output::Task(task) => {
                let (keys, entropy) = (Some(&keys), &mut self.entropy);
                match self.engine.task(task, None, keys, NOW, entropy) {
                    TaskOutput::Reply(reply) => reply.body,
                    TaskOutput::Create(new) => new.id,
                    TaskOutput::Ask(ask) => {
                        assert!(TaskAsk::decode(&ask.encode()).is_some());
                        self.engine.task_unknown(&ask).body
                    }
                    TaskOutput::NeedKeys => panic!("there are keys"),
                }
            }
            Output::NeedKeys => panic!("there are keys"),
        }
    }

    /// A handler that asks in its first round, and answers in its second.
    fn play(&mut self, round: &Round<'_>, keys: &Keys) -> String {
        if round.number > 1 {
            return self.run(&round.call).body;
        }
        let want = Want {
            key: "who".to_owned(),
            method: "roots/list".to_owned(),
            params: String::new(),
        };
        let reply = self
            .engine
            .input_required(round, &[want], 0, keys, &mut self.entropy);
        check(&self.engine, &Output::Reply(reply.clone()));
        reply.body
    }

    fn message(&mut self, body: &str) -> String {
        let mut stream = self.stream.take().expect("a stream");
        let output = self.engine.message(&mut stream, None, body);
        check(&self.engine, &output);
        self.stream = Some(stream);
        match output {
            Output::Reply(reply) => reply.body,
            Output::Call(call) => self.run(&call).body,
            Output::Batch(batch) => {
                for part in batch.parts {
                    if let Part::Message(text) = part {
                        self.message(text);
                    }
                }
                String::new()
            }
            other => panic!("{other:?}"),
        }
    }

    /// In the object of a kept session. Handlers that may ask, ask once, and answer what is answered.
    fn in_session(&mut self, head: &SessionHead, body: &str) -> String {
        let object = &self.object;
        let session = &mut Session::load(head.session(), object).expect("rows");
        let chance = &mut self.entropy;
        let output = self
            .engine
            .in_kept_session(session, object, head, body, NOW, chance);
        match output.expect("rows") {
            SessionOutput::Reply(reply) if reply.body.is_empty() => {
                let sent = object.read(self.joined);
                let mut data = sent.lines().filter_map(|line| line.strip_prefix("data: "));
                data.next_back().unwrap_or_default().to_owned()
            }
            SessionOutput::Reply(reply)
            | SessionOutput::Watch { reply, .. }
            | SessionOutput::Stop(reply, _)
            | SessionOutput::End(reply) => reply.body,
            SessionOutput::Play(reply, call) => {
                let response = session.call_head(call).map(|head| self.answer(head));
                if let Some(response) = response {
                    let finished = session.finish(object, call, &response.body, NOW);
                    finished.expect("rows");
                }
                reply.body
            }
            SessionOutput::Call(call) => self.run(&call).body,
            SessionOutput::Begin(begin) => {
                let want = Want {
                    key: "k".to_owned(),
                    method: "roots/list".to_owned(),
                    params: String::new(),
                };
                let begun = self.engine.begin(session, object, begin, NOW);
                if let Some((call, _)) = begun.expect("rows") {
                    session.ask(object, call, &[want], NOW).expect("rows");
                    let asked: Value =
                        serde_json::from_str(&object.last_message()).expect("a request");
                    self.asked = asked["id"].as_str().expect("an id").to_owned();
                }
                String::new()
            }
            SessionOutput::Batch(batch) => {
                for part in batch.parts {
                    if let Part::Message(text) = part {
                        self.in_session(head, text);
                    }
                }
                String::new()
            }
        }
    }

    fn run(&self, call: &Call<'_>) -> Reply {
        self.answer(&call.head)
    }

    fn answer(&self, head: &CallHead) -> Reply {
        let answer = match head.target.kind {
            TargetKind::Tool => Answer::Tool(ToolResult::text("x")),
            TargetKind::Prompt => Answer::Prompt(PromptResult::user("x")),
            TargetKind::Resource => Answer::Resource(vec![ResourceContents::text("x://x", "x")]),
            TargetKind::Completion => Answer::Completion(vec!["x".to_owned()]),
        };
        let reply = self.engine.answer(head, Ok(answer));
        check(&self.engine, &Output::Reply(reply.clone()));
        reply
    }
}

/// What goes out is what a client or a host can read.
pub fn check(engine: &Engine, output: &Output<'_>) {
    match output {
        Output::Reply(reply) => {
            let known = [
                200, 202, 204, 400, 403, 404, 405, 406, 409, 413, 415, 500, 503,
            ];
            assert!(known.contains(&reply.status), "{reply:?}");
            if reply.content == ContentKind::Json {
                assert!(
                    serde_json::from_str::<Value>(&reply.body).is_ok(),
                    "{reply:?}"
                );
            }
            for (_, value) in &reply.headers {
                let printable = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
                assert!(printable, "{reply:?}");
            }
        }
        Output::Call(call) => {
            let arguments: Value = serde_json::from_str(&call.arguments).expect("arguments");
            assert!(arguments.is_object(), "{arguments}");
            let decoded = CallHead::decode(&call.head.encode());
            assert_eq!(decoded.as_ref(), Some(&call.head));
        }
        Output::Round(round) => {
            let call = round.to_static().call;
            let decoded = Round::decode(&[&round.encode(), "\n"].concat(), |_| Some(call));
            assert_eq!(decoded, Some(round.to_static()));
        }
        Output::Listen(listener) => {
            let decoded = Listener::decode(&listener.encode());
            assert_eq!(decoded.as_ref(), Some(listener));
        }
        Output::Session(head) | Output::Join(head) => {
            assert!(engine.catalog().keeps_sessions());
            let decoded = SessionHead::decode(&head.encode());
            assert_eq!(decoded.as_ref(), Some(head));
        }
        Output::Batch(batch) => assert!(!batch.parts.is_empty() && batch.parts.len() <= 50),
        Output::Task(_) => assert!(engine.catalog().has_tasks()),
        Output::NeedKeys | Output::OpenSse(_) | Output::Post { .. } => {}
    }
}
