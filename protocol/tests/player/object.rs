//! Objects of kept sessions: what runs in them, what they send, and what becomes of them.

use super::{Player, Request, bare};
use crate::common::memory::Memory;
use crate::common::{Counting, schemas};
use mcp_agent_protocol::{
    Begin, ClientCaps, ContentKind, Emission, Engine, Level, Reply, RowsError, Session,
    SessionHead, SessionHost, SessionOutput, Want,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// An object, which may have the session of its rows in memory.
#[derive(Default)]
pub(super) struct Object {
    id: String,
    pub(super) memory: Memory,
    session: Option<Session>,
}

/// The objects, and what goes on in the one that was spoken to last.
#[derive(Default)]
pub struct Kept {
    pub(super) objects: BTreeMap<String, Object>,
    pub(super) current: String,
    /// Objects sleep between two turns, whenever they can.
    pub sleeps: bool,
    /// A handler at its first breath, and the request that it answers.
    first: Option<(SessionHead, Begin<'static>)>,
    /// A request whose answer is a stream, or 202 where there is one already.
    follow: Option<(SessionHead, Option<u32>)>,
    /// The call whose handler speaks.
    playing: Option<u32>,
    /// How often the handlers have spoken, each in its play.
    said: BTreeMap<u32, u32>,
    /// What the clients of calls can be asked.
    clients: BTreeMap<String, ClientCaps>,
    /// What the host was told to do beside its reply.
    pub(super) told: Option<String>,
    /// The token of the HTTP+SSE stream that was opened last.
    pub token: Option<String>,
    /// What an HTTP+SSE client is sent is shown as if it were the answer.
    pub shows: bool,
}

impl Player {
    /// Something happens in the object. Its rows must be all that it knows.
    fn turn<T>(
        &mut self,
        run: impl FnOnce(&Engine, &mut Session, &Memory, u64, &mut Counting) -> Result<T, RowsError>,
    ) -> T {
        self.turn_that_leaves(|_| true, run)
    }

    /// The same, unless nothing is left of it.
    fn turn_that_leaves<T>(
        &mut self,
        rows: impl FnOnce(&T) -> bool,
        run: impl FnOnce(&Engine, &mut Session, &Memory, u64, &mut Counting) -> Result<T, RowsError>,
    ) -> T {
        let place = self.place();
        let object = self.kept.objects.get_mut(&self.kept.current);
        let object = object.unwrap_or_else(|| panic!("{place}: no object"));
        let load = || Session::load(&object.id, &object.memory).expect("rows");
        let mut session = object.session.take().unwrap_or_else(load);
        let done = run(
            &self.engine,
            &mut session,
            &object.memory,
            self.now_ms,
            &mut self.entropy,
        );
        let done = done.expect("rows");
        if rows(&done) {
            assert_eq!(format!("{session:?}"), format!("{:?}", load()), "{place}");
        }
        if !self.kept.sleeps {
            object.session = Some(session);
        }
        done
    }

    fn enter(&mut self, head: &SessionHead) -> SessionHead {
        self.kept.current = head.object();
        let object = self.kept.objects.entry(head.object()).or_default();
        head.session().clone_into(&mut object.id);
        let decoded = SessionHead::decode(&head.encode());
        assert_eq!(decoded.as_ref(), Some(head), "{}", self.place());
        head.clone()
    }

    /// A request of a kept session, in its object.
    pub(super) fn in_session(&mut self, head: &SessionHead, asked: &Request) {
        let head = self.enter(head);
        let body: &'static str = asked.body.clone().leak();
        let output = self.turn(|engine, session, memory, now_ms, chance| {
            engine.in_kept_session(session, memory, &head, body, now_ms, chance)
        });
        match output {
            SessionOutput::Reply(reply) => self.reply(reply),
            SessionOutput::Call(call) => {
                self.kept.playing = None;
                self.inside = true;
                self.call(&call);
                self.inside = false;
            }
            SessionOutput::Begin(begin) => {
                self.kept.playing = None;
                self.inside = true;
                self.call(&begin.call);
                self.inside = false;
                self.kept.first = Some((head, begin));
            }
            SessionOutput::Play(reply, call) => {
                self.reply(reply);
                self.replay(call);
            }
            SessionOutput::Stop(reply, calls) => {
                let calls: Vec<String> = calls.iter().map(u32::to_string).collect();
                self.tell(["stop", &calls.join(" ")].join(" "));
                self.reply(reply);
            }
            SessionOutput::Watch { uri, on, reply, .. } => {
                self.tell(format!("watch {uri} {}", if on { "on" } else { "off" }));
                if !self.turn(|_, session, _, _, _| Ok(session.is_sse())) {
                    return self.reply(reply);
                }
                self.push(&reply.body);
                self.reply(Reply {
                    status: 202,
                    content: ContentKind::None,
                    body: String::new(),
                    ..reply
                });
            }
            SessionOutput::End(reply) => {
                self.tell("end".to_owned());
                self.reply(reply);
            }
            SessionOutput::Batch(batch) => self.batch(batch, Some(asked.clone())),
        }
    }

    fn tell(&mut self, what: String) {
        assert_eq!(self.kept.told, None, "{}: not looked at", self.place());
        self.kept.told = Some(what.trim_end().to_owned());
    }

    /// What the host was told beside its reply, if anything.
    pub(super) fn told(&mut self) -> Option<String> {
        self.kept.told.take()
    }

    /// A client's stream is joined.
    pub(super) fn join(&mut self, head: &SessionHead) {
        let head = self.enter(head);
        let joined = self
            .turn(|engine, session, memory, now_ms, _| engine.join(session, memory, &head, now_ms));
        let reply = match joined {
            Ok(join) => {
                let memory = &self.kept.objects[&self.kept.current].memory;
                memory.forget_closed(join.stream);
                if !join.over {
                    memory.join(join.stream);
                }
                for block in join.first.split("\n\n") {
                    let data = block.lines().find_map(|line| line.strip_prefix("data: {"));
                    if let Some(data) = data {
                        let message = serde_json::from_str(&["{", data].concat());
                        schemas::sent(&self.version, &message.expect("JSON"));
                    }
                }
                if let Some((_, token)) = join.first.split_once("sessionId=") {
                    let token = token.lines().next().unwrap_or_default().to_owned();
                    self.values.insert("token".to_owned(), token.clone());
                    self.kept.token = Some(token);
                }
                Reply {
                    status: 200,
                    headers: Vec::new(),
                    content: ContentKind::EventStream,
                    body: join.first,
                }
            }
            Err(refused) => refused,
        };
        self.reply(reply);
    }

    /// A call is played again.
    fn replay(&mut self, id: u32) {
        let again = self.turn(|engine, session, memory, _, _| engine.replay(session, memory, id));
        self.kept.playing = Some(id);
        self.kept.said.insert(id, 0);
        let Some((call, journal)) = again else {
            self.values.insert("call".to_owned(), "lost".to_owned());
            self.called = self.turn(|_, session, _, _, _| Ok(session.call_head(id).cloned()));
            return;
        };
        self.inside = true;
        self.call(&call);
        self.inside = false;
        let client = self.kept.clients.get(&journal.nonce);
        assert_eq!(client, Some(&journal.client), "{}", self.place());
        let mut line = self.values["call"].clone();
        for asked in &journal.asked {
            let (sign, answer) = match &asked.answer {
                None => ("?", ""),
                Some(Ok(result)) => ("=", &**result),
                Some(Err(error)) => ("!", &**error),
            };
            line = [&line, " ", &asked.key, sign, answer].concat();
        }
        self.values.insert("call".to_owned(), line);
    }

    /// What a handler says or asks: from then on the call is stored.
    pub(super) fn handler(&mut self, text: &str) {
        if let Some((head, begin)) = self.kept.first.take() {
            if !begin.streams {
                assert!(!text.starts_with("ask "), "{}: nobody", self.place());
                self.kept.first = Some((head, begin));
                return;
            }
            let nonce = begin.journal.nonce.clone();
            self.kept.clients.insert(nonce, begin.journal.client);
            let in_stream = begin.call.head.framing == mcp_agent_protocol::Framing::Message;
            let begun = self.turn(|engine, session, memory, now_ms, _| {
                engine.begin(session, memory, begin, now_ms)
            });
            let Some((call, stream)) = begun else {
                self.called = None;
                self.reply(bare(404));
                return;
            };
            self.kept.playing = Some(call);
            self.kept.said.insert(call, 0);
            self.kept.follow = Some((head, (!in_stream).then_some(stream)));
        }
        let place = self.place();
        let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
        let call = self
            .kept
            .playing
            .unwrap_or_else(|| panic!("{place}: no call"));
        if kind == "ask" {
            let (key, rest) = rest.split_once(' ').expect("key and method");
            let (method, params) = rest.split_once(' ').unwrap_or((rest, ""));
            let want = Want {
                key: key.to_owned(),
                method: method.to_owned(),
                params: params.to_owned(),
            };
            let before = self.kept.objects[&self.kept.current].memory.events();
            self.turn(|_, session, memory, now_ms, _| session.ask(memory, call, &[want], now_ms));
            if self.kept.objects[&self.kept.current].memory.events() == before {
                return;
            }
            let asked = self.kept.objects[&self.kept.current].memory.last_message();
            let asked: Value = serde_json::from_str(&asked).expect("JSON");
            if let Some(id) = asked["id"].as_str() {
                self.values.insert(key.to_owned(), id.to_owned());
            }
            return;
        }
        let said = emission(kind, rest).unwrap_or_else(|| panic!("{place}: what is `{kind}`?"));
        let decoded = Emission::decode(&said.encode()).map(|said| said.encode());
        assert_eq!(decoded, Some(said.encode()), "{place}");
        let at = self.kept.said.entry(call).or_default();
        *at += 1;
        let at = *at - 1;
        self.turn(|_, session, memory, now_ms, _| session.emit(memory, call, at, &said, now_ms));
    }

    /// The first breath of a handler is over: its client has a stream to follow.
    pub(super) fn settle(&mut self) {
        match self.kept.follow.take() {
            Some((head, Some(stream))) => self.join(&head.follow(stream)),
            Some((_, None)) => self.reply(bare(202)),
            None => {}
        }
    }

    /// The response of a handler that ran in an object. `None` where it goes to its stream.
    pub(super) fn response(&mut self, reply: Reply, in_stream: bool) -> Option<Reply> {
        self.kept.first = None;
        if let Some(call) = self.kept.playing.take() {
            self.turn(|_, session, memory, now_ms, _| {
                session.finish(memory, call, &reply.body, now_ms)
            });
            return None;
        }
        if in_stream {
            self.push(&reply.body);
            return Some(bare(202));
        }
        Some(reply)
    }

    pub(super) fn push(&mut self, message: &str) {
        self.turn(|_, session, memory, now_ms, _| session.push(memory, message, now_ms));
    }

    /// The other lines about objects. False for a word that means nothing.
    pub(super) fn object_line(&mut self, word: &str, rest: &str) -> bool {
        let place = self.place();
        let number = || -> u32 { rest.parse().unwrap_or_else(|_| panic!("{place}: {rest}")) };
        match word {
            "<<" => self.look(rest),
            // The first breath is over.
            "next" => {}
            "call" => {
                let id = number();
                self.kept.playing = Some(id);
                self.called = self.turn(|_, session, _, _, _| Ok(session.call_head(id).cloned()));
            }
            "play" => {
                let unfinished = self.turn(|_, session, _, _, _| Ok(session.unfinished()));
                assert!(unfinished.contains(&number()), "{place}: {unfinished:?}");
                self.replay(number());
            }
            "waits" => {
                let unfinished = self.turn(|_, session, _, _, _| Ok(session.unfinished()));
                assert!(!unfinished.contains(&number()), "{place}");
                assert!(self.turn(|_, session, _, _, _| Ok(session.has_call(number()))));
            }
            "evict" => self.evict(),
            "lose" => self.kept.objects[&self.kept.current].memory.cut(number()),
            "cut" => {
                self.kept.objects[&self.kept.current].memory.cut(number());
                self.turn(|engine, session, memory, now_ms, _| {
                    session.left(memory, number(), engine.policy(), now_ms)
                });
            }
            "updated" | "unheard" => {
                let heard = self
                    .turn(|_, session, memory, now_ms, _| session.updated(memory, rest, now_ms));
                assert_eq!(heard, word == "updated", "{place}");
            }
            "rows" => {
                let keys = self.kept.objects[&self.kept.current].memory.keys();
                assert_eq!(keys.len().to_string(), rest, "{place}: {keys:?}");
            }
            _ => return false,
        }
        true
    }

    /// Every object is dropped, and with it whoever plays there.
    fn evict(&mut self) {
        for object in self.kept.objects.values_mut() {
            object.session = None;
        }
        self.kept.playing = None;
        self.called = None;
    }

    /// Another version of the server: nobody's connection outlives it.
    pub(super) fn release(&mut self) {
        self.evict();
        for object in self.kept.objects.values() {
            object.memory.cut_all();
        }
    }

    /// Time passes, and alarms go off.
    pub(super) fn wait(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        let here = self.kept.current.clone();
        loop {
            let alarms = self.kept.objects.iter();
            let alarms = alarms.filter_map(|(name, it)| Some((it.memory.alarm()?, name)));
            let Some((at, name)) = alarms.min().filter(|(at, _)| *at <= until) else {
                break;
            };
            self.kept.current = name.clone();
            self.now_ms = at.max(self.now_ms);
            self.kept.objects[&self.kept.current].memory.take_alarm();
            let next = self
                .turn_that_leaves(Option::is_some, |engine, session, memory, now_ms, _| {
                    session.sweep(memory, engine.policy(), now_ms)
                });
            let object = self.kept.objects.get_mut(&self.kept.current);
            let object = object.expect("an object");
            match next {
                Some(next) => {
                    assert!(next > self.now_ms, "{}: an alarm for ever", self.place());
                    object.memory.wake_at(next);
                }
                None => {
                    object.memory.forget();
                    object.session = None;
                }
            }
        }
        self.kept.current = here;
        self.now_ms = until;
    }
}

fn emission(kind: &str, rest: &str) -> Option<Emission> {
    Some(match kind {
        "progress" => {
            let mut parts = rest.splitn(3, ' ');
            Emission::Progress {
                progress: parts.next()?.parse().ok()?,
                total: parts.next().and_then(|total| total.parse().ok()),
                message: parts.next().map(str::to_owned),
            }
        }
        "log" => {
            let mut parts = rest.splitn(3, ' ');
            Emission::Log {
                level: Level::parse(parts.next()?)?,
                logger: Some(parts.next()?.to_owned()).filter(|logger| logger != "-"),
                data: parts.next()?.to_owned(),
            }
        }
        "close" => Emission::CloseStream,
        _ => return None,
    })
}
