//! The client's side of streams: they arrive, they break, and are resumed.

use super::{BELL, PATIENCE_MS, World};
use mcp_agent_protocol::SessionHost;
use serde_json::Value;

impl World {
    pub(super) fn listen(&mut self) {
        let open = self
            .streams
            .values()
            .filter(|stream| stream.listens)
            .count();
        if self.sse || open > 3 {
            return;
        }
        let head = self.head("GET", None, "");
        let join = self.join(&head).expect("a stream");
        let stream = self.streams.get_mut(&join.stream).expect("a stream");
        stream.listens = true;
    }

    /// The resource changes: on one stream, the newest that is joined, or else the newest.
    pub(super) fn update(&mut self) {
        self.load();
        let listening = self.streams.iter().filter(|(_, stream)| stream.listens);
        let listening: Vec<u32> = listening.map(|(id, _)| *id).collect();
        let joined = listening
            .iter()
            .rev()
            .find(|id| self.memory.is_joined(**id));
        if let Some(id) = joined.or(listening.last()) {
            let stream = self.streams.get_mut(id).expect("a stream");
            stream.said.push(format!("changed {BELL}"));
        }
        assert!(self.turn(|_, session, memory, now_ms, _| session.updated(memory, BELL, now_ms)));
    }

    /// Events arrive, in order.
    pub(super) fn hear(&mut self, id: u32, text: &str) {
        for block in text.split_terminator("\n\n") {
            let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if line("event: ").is_none_or(|event| event != "message") {
                continue;
            }
            let stream = self.streams.get_mut(&id).expect("a stream");
            let (of, seq) = line("id: ")
                .and_then(|id| id.rsplit_once('-'))
                .expect("an id");
            match self.sse {
                true => assert_eq!(of, self.token),
                false => assert_eq!(of, id.to_string()),
            }
            assert_eq!(seq.parse(), Ok(stream.last + 1), "lost or doubled");
            stream.last += 1;
            let data = line("data: ").expect("data");
            let message: Value = serde_json::from_str(data).expect("JSON");
            let params = &message["params"];
            let tag = match message["method"].as_str() {
                Some("notifications/message") => {
                    format!("say {}", params["data"].as_str().unwrap())
                }
                Some("notifications/resources/updated") => {
                    format!("changed {}", params["uri"].as_str().unwrap())
                }
                Some("elicitation/create") => {
                    self.open.push(message["id"].clone());
                    format!("ask {}", params["message"].as_str().unwrap())
                }
                Some(other) => panic!("{other}"),
                None => {
                    let request = message["id"].as_u64().expect("an id");
                    *self.answers.get_mut(&request).expect("a request") += 1;
                    format!("answer {request}")
                }
            };
            stream.got.push(tag);
        }
    }

    /// The client looks at what came, and notices when its connection is over.
    pub(super) fn read(&mut self, id: u32) {
        if !self.streams[&id].joined {
            return;
        }
        let text = self.memory.read(id);
        self.hear(id, &text);
        let stream = self.streams.get_mut(&id).expect("a stream");
        if !self.memory.is_joined(id) {
            stream.joined = false;
            stream.left_ms = self.now_ms;
            assert!(stream.ended || self.polls, "closed without an end");
        }
    }

    pub(super) fn cut(&mut self, id: u32) {
        let stream = self.streams.get_mut(&id).expect("a stream");
        if !stream.joined {
            return;
        }
        stream.joined = false;
        stream.left_ms = self.now_ms;
        self.memory.cut(id);
        if self.dice.one_in(2) {
            // The host has noticed.
            self.turn(|engine, session, memory, now_ms, _| {
                session.left(memory, id, engine.policy(), now_ms)
            });
        }
    }

    pub(super) fn resume(&mut self, id: u32) {
        let stream = &self.streams[&id];
        if stream.joined {
            // A connection of which the client alone knows that it is dead.
            if !self.dice.one_in(4) {
                return;
            }
        }
        if stream.ended && stream.last as usize == stream.said.len() {
            return;
        }
        let last = match self.sse {
            true => format!("{}-{}", self.token, stream.last),
            false => format!("{id}-{}", stream.last),
        };
        let head = self.head("GET", Some(&last), "");
        match self.join(&head) {
            Ok(join) => assert_eq!(join.stream, id),
            Err(reply) => {
                let stream = &self.streams[&id];
                let all = stream.ended && stream.last as usize == stream.said.len();
                assert!(reply.status == 204 && all, "{reply:?}");
            }
        }
    }

    pub(super) fn hurry(&mut self) {
        for id in self.streams.keys().copied().collect::<Vec<_>>() {
            let stream = &self.streams[&id];
            if !stream.joined && self.now_ms - stream.left_ms >= PATIENCE_MS {
                self.resume(id);
            }
            self.read(id);
        }
    }
}
