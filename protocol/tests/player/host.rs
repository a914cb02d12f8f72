//! What a host does: it hands requests to the engine, has objects, and takes batches apart.

use super::{OpenBatch, Player, Request};
use crate::common::keys;
use mcp_agent_protocol::{
    Batch, Begin, Call, CallHead, ContentKind, Framing, Headers, HttpRequest, Output, Part, Reply,
    Route, Session, SessionHead, SessionOutput, SseSession, TargetKind,
};
use serde_json::Value;

impl Player {
    pub(super) fn ask(&mut self, asked: &Request) {
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

    /// A finished answer, be it to a message of a batch.
    pub(super) fn reply(&mut self, reply: Reply) {
        match &mut self.batch {
            Some(batch) => {
                batch.answers.push(reply.body);
                self.next_of_batch();
            }
            None => self.got = Some(reply),
        }
    }

    /// Keeps what is asked, for the schemas.
    fn note(&mut self, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        self.method = body["method"].as_str().unwrap_or_default().to_owned();
    }

    pub(super) fn message(&mut self, body: &str) {
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
}
