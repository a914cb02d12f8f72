//! The session's object: what happens in it, how it sleeps and wakes, and how requests come to it.

use super::handler::play;
use super::{BELL, Dice, World};
use crate::common::memory::Memory;
use crate::common::{keys, post};
use mcp_agent_protocol::{
    Engine, Headers, HttpRequest, Join, Output, Reply, RowsError, Session, SessionHead,
    SessionHost, SessionOutput,
};
use serde_json::{Value, json};

impl World {
    pub(super) fn turn<T>(
        &mut self,
        run: impl FnOnce(&Engine, &mut Session, &Memory, u64, &mut Dice) -> Result<T, RowsError>,
    ) -> T {
        self.load();
        let mut session = self.session.take().expect("a session");
        let done = run(
            &self.engine,
            &mut session,
            &self.memory,
            self.now_ms,
            &mut self.entropy,
        );
        let done = done.expect("rows");
        let loaded = Session::load(&self.id, &self.memory).expect("rows");
        assert_eq!(format!("{session:?}"), format!("{loaded:?}"));
        self.session = Some(session);
        done
    }

    /// A session that is loaded has calls that nobody plays any more.
    pub(super) fn load(&mut self) {
        if self.session.is_some() {
            return;
        }
        let session = Session::load(&self.id, &self.memory).expect("rows");
        let lost = session.unfinished();
        self.session = Some(session);
        for id in lost {
            self.replay(id);
        }
    }

    pub(super) fn evict(&mut self) {
        self.session = None;
        self.plays.clear();
    }

    pub(super) fn replay(&mut self, id: u32) {
        let again = self.turn(|engine, session, memory, _, _| engine.replay(session, memory, id));
        let call = self.calls.get_mut(&id).expect("a call");
        call.plays += 1;
        assert_eq!(again.is_some(), call.plays <= 2, "once, and once more");
        match again {
            Some((_, journal)) => _ = self.plays.insert(id, play(&journal)),
            None => self.finish(id),
        }
    }

    /// Alarms go off on the way.
    pub(super) fn wait(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        while let Some(at) = self.memory.alarm().filter(|at| *at <= until) {
            self.now_ms = self.now_ms.max(at);
            self.memory.take_alarm();
            self.load();
            let mut session = self.session.take().expect("a session");
            let policy = *self.engine.policy();
            let next = session.sweep(&self.memory, &policy, self.now_ms);
            match next.expect("rows") {
                Some(next) => {
                    assert!(next > self.now_ms);
                    self.memory.wake_at(next);
                    self.session = Some(session);
                }
                None => self.memory.forget(),
            }
        }
        self.now_ms = until;
    }

    pub(super) fn head(&mut self, method: &str, last: Option<&str>, body: &str) -> SessionHead {
        let token = self.token.clone();
        let query = ["sessionId=", &token].concat();
        let mut request = post(body, Some(&token));
        request.method = method;
        request.headers.last_event_id = last;
        if self.sse {
            request.path = if method == "GET" {
                "/sse"
            } else {
                "/sse/message"
            };
            request.query = &query;
            request.headers.session_id = None;
        }
        self.handle(&request)
    }

    pub(super) fn handle(&mut self, request: &HttpRequest<'_>) -> SessionHead {
        let output = self
            .engine
            .handle(request, Some(&keys(1)), self.now_ms, &mut self.entropy);
        match output {
            Output::Session(head) | Output::Join(head) => {
                self.id = head.session().to_owned();
                head
            }
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn post(&mut self, message: &Value) -> SessionOutput<'static> {
        let body: &'static str = message.to_string().leak();
        let head = self.head("POST", None, body);
        self.turn(|engine, session, memory, now_ms, chance| {
            engine.in_kept_session(session, memory, &head, body, now_ms, chance)
        })
    }

    pub(super) fn join(&mut self, head: &SessionHead) -> Result<Join, Reply> {
        let joined = self
            .turn(|engine, session, memory, now_ms, _| engine.join(session, memory, head, now_ms));
        if let Ok(join) = &joined {
            self.memory.forget_closed(join.stream);
            if !join.over {
                self.memory.join(join.stream);
            }
            let stream = self.streams.entry(join.stream).or_default();
            stream.joined = !join.over;
            stream.left_ms = self.now_ms;
            self.hear(join.stream, &join.first);
        }
        joined
    }

    pub(super) fn open_sse(&mut self, version: &str) {
        let request = HttpRequest {
            method: "GET",
            path: "/sse",
            query: "",
            headers: Headers {
                host: Some("localhost"),
                ..Headers::default()
            },
            body: "",
            who: mcp_agent_protocol::Who::Anyone,
        };
        let head = self.handle(&request);
        let join = self.join(&head).expect("a stream");
        let (_, token) = join.first.split_once("sessionId=").expect("a token");
        self.token = token.trim().to_owned();
        let stream = self.streams.get_mut(&join.stream).expect("a stream");
        stream.listens = true;
        stream.said.push("answer 0".to_owned());
        self.post(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {"roots": {}}, "clientInfo": {"name": "t", "version": "1"}}}));
        self.answers.insert(0, 0);
    }

    pub(super) fn subscribe(&mut self) {
        let id = self.request();
        let message = json!({"jsonrpc": "2.0", "id": id, "method": "resources/subscribe", "params": {"uri": BELL}});
        let output = self.post(&message);
        let SessionOutput::Watch { reply, .. } = output else {
            panic!("{output:?}");
        };
        if self.sse {
            self.turn(|_, session, memory, now_ms, _| session.push(memory, &reply.body, now_ms));
        }
        self.answered_outside(id);
    }

    pub(super) fn request(&mut self) -> u64 {
        self.requests += 1;
        self.answers.insert(self.requests, 0);
        self.requests
    }

    /// A response that comes with the POST, or on the one stream of all.
    pub(super) fn answered_outside(&mut self, id: u64) {
        if self.sse {
            let stream = self.streams.get_mut(&1).expect("a stream");
            stream.said.push(format!("answer {id}"));
        } else {
            *self.answers.entry(id).or_default() += 1;
        }
    }
}
