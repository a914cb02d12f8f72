//! What a host does: it hands requests to the engine, has objects, and takes batches apart.

use super::{OpenBatch, Player, Request, bare};
use crate::common::keys;
use mcp_agent_protocol::{
    Batch, Call, CallHead, ContentKind, Framing, HttpRequest, Output, Part, Reply, Route,
    SseSession, TargetKind,
};
use serde_json::Value;

impl Player {
    pub(super) fn ask(&mut self, asked: &Request) {
        self.note(&asked.body);
        let headers = self.engine.headers(&asked.headers);
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
            who: mcp_agent_protocol::Who::Anyone,
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
            Output::Session(head) => self.in_session(&head, asked),
            Output::Join(head) => self.join(&head),
            other => panic!("{}: {other:?}", self.place()),
        }
    }

    /// A finished answer, be it to a message of a batch.
    pub(super) fn reply(&mut self, reply: Reply) {
        let reply = self.shown(reply);
        match &mut self.batch {
            Some(batch) => {
                // Of a notification or a response.
                if !reply.body.is_empty() {
                    batch.answers.push(reply.body);
                }
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
        if let Some(token) = &self.kept.token {
            self.kept.shows = true;
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
        let output = self.engine.message(&mut stream, None, body);
        self.stream = Some(stream);
        match output {
            Output::Reply(reply) => self.reply(reply),
            Output::Call(call) => self.call(&call),
            Output::Batch(batch) => self.batch(batch, None),
            other => panic!("{}: {other:?}", self.place()),
        }
    }

    pub(super) fn batch(&mut self, batch: Batch<'_>, request: Option<Request>) {
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
            (Some(Ok(body)), Some(mut request)) => {
                if self.engine.catalog().keeps_sessions() && batch.framing != Framing::Message {
                    // A part of a batch has no stream of its own.
                    let mut lines: Vec<&str> = request.headers.split('\n').collect();
                    lines[3] = "application/json";
                    request.headers = lines.join("\n");
                }
                self.ask(&Request { body, ..request });
            }
            (Some(Ok(body)), None) => self.message(&body),
            (Some(Err(answer)), _) => {
                if batch.framing == Framing::Message && self.kept.token.is_some() {
                    self.push(&answer);
                    return self.reply(bare(202));
                }
                batch.answers.push(answer);
                self.next_of_batch();
            }
            (None, _) if batch.answers.is_empty() => {
                self.batch = None;
                self.got = Some(bare(202));
            }
            (None, _) => {
                let events = batch.answers.iter().map(|answer| {
                    if answer.starts_with("event:") {
                        answer.clone()
                    } else {
                        format!("event: message\ndata: {answer}\n\n")
                    }
                });
                let (content, body) = match batch.framing {
                    Framing::Json => (ContentKind::Json, format!("[{}]", batch.answers.join(","))),
                    Framing::Sse => (ContentKind::EventStream, events.collect()),
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

    pub(super) fn call(&mut self, call: &Call<'_>) {
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
        if let Some(trace) = &call.head.trace {
            for part in [trace.parent(), trace.state(), trace.baggage()] {
                line.push_str(" | ");
                line.push_str(part.unwrap_or("-"));
            }
        }
        self.values.insert("call".to_owned(), line);
        self.called = CallHead::decode(&call.head.encode());
        assert_eq!(self.called.as_ref(), Some(&call.head), "{}", self.place());
    }
}
