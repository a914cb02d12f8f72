//! Calls: what their handlers do, and how their client answers and cancels.

use super::{Called, Play, Step, World};
use mcp_agent_protocol::{Emission, Journal, Level, SessionOutput, Want};
use serde_json::json;
use std::collections::BTreeSet;

impl World {
    pub(super) fn call(&mut self) {
        let request = self.request();
        let message = json!({"jsonrpc": "2.0", "id": request, "method": "tools/call", "params": {"name": "book"}});
        let body: &'static str = message.to_string().leak();
        let head = self.head("POST", None, body);
        let output = self.turn(|engine, session, memory, now_ms, chance| {
            engine.in_kept_session(session, memory, &head, body, now_ms, chance)
        });
        let SessionOutput::Begin(begin) = output else {
            panic!("{output:?}");
        };
        let mut script = Vec::new();
        for at in 0..self.dice.roll(7) {
            script.push(match self.dice.roll(6) {
                0 => Step::Ask(vec![format!("{request}.{at}")]),
                1 => Step::Ask(vec![format!("{request}.{at}a"), format!("{request}.{at}b")]),
                2 => Step::Close,
                _ => Step::Say,
            });
        }
        if script.is_empty() {
            // Ready at once: nothing is stored.
            if self.sse {
                let response = response(request);
                self.turn(|_, session, memory, now_ms, _| session.push(memory, &response, now_ms));
            }
            return self.answered_outside(request);
        }
        let journal = begin.journal.clone();
        let begun = self.turn(|engine, session, memory, now_ms, _| {
            engine.begin(session, memory, begin, now_ms)
        });
        let (id, stream) = begun.expect("a stream");
        let called = Called {
            request,
            stream,
            script,
            said: 0,
            asked: BTreeSet::new(),
            plays: 1,
        };
        self.calls.insert(id, called);
        self.plays.insert(id, play(&journal));
        self.streams.entry(stream).or_default();
        for _ in 0..self.dice.roll(4) {
            self.step(id);
        }
        if !self.sse {
            self.join(&head.follow(stream)).expect("a stream");
        }
    }

    /// The handler of a call does one thing.
    pub(super) fn step(&mut self, id: u32) {
        let Some(play) = self.plays.get_mut(&id) else {
            return;
        };
        let call = self.calls.get_mut(&id).expect("a call");
        let stream = self.streams.get_mut(&call.stream).expect("a stream");
        let Some(step) = call.script.get(play.next).cloned() else {
            self.plays.remove(&id);
            return self.finish(id);
        };
        play.next += 1;
        match step {
            Step::Say | Step::Close => {
                let at = play.said;
                play.said += 1;
                let word = format!("{}:{at}", call.request);
                let said = match step {
                    Step::Close => Emission::CloseStream,
                    _ => Emission::Log {
                        level: Level::Info,
                        logger: None,
                        data: json!(word).to_string(),
                    },
                };
                if at >= call.said {
                    call.said = at + 1;
                    call.plays = call.plays.min(1);
                    if let Step::Say = step {
                        stream.said.push(format!("say {word}"));
                    }
                }
                self.turn(|_, session, memory, now_ms, _| {
                    session.emit(memory, id, at, &said, now_ms)
                });
            }
            Step::Ask(keys) => {
                let missing = keys.iter().filter(|key| !play.answered.contains(*key));
                let missing: Vec<String> = missing.cloned().collect();
                if missing.is_empty() {
                    return;
                }
                for key in &missing {
                    if call.asked.insert(key.clone()) {
                        stream.said.push(format!("ask {key}"));
                    }
                }
                let want = |key: String| Want {
                    method: "elicitation/create".to_owned(),
                    params: json!({ "message": key }).to_string(),
                    key,
                };
                let wants: Vec<Want> = missing.into_iter().map(want).collect();
                self.plays.remove(&id);
                let known = self.turn(|_, session, memory, now_ms, _| {
                    session.ask(memory, id, &wants, now_ms)?;
                    Ok(session.has_answer(id, &wants))
                });
                if known {
                    // It came while the handler was on its way to the question.
                    self.replay(id);
                }
            }
        }
    }

    pub(super) fn finish(&mut self, id: u32) {
        let call = self.calls.remove(&id).expect("a call");
        let stream = self.streams.get_mut(&call.stream).expect("a stream");
        stream.said.push(format!("answer {}", call.request));
        stream.ended = !self.sse;
        let response = response(call.request);
        self.turn(|_, session, memory, now_ms, _| session.finish(memory, id, &response, now_ms));
        assert!(!self.turn(|_, session, _, _, _| Ok(session.has_call(id))));
    }

    /// The client answers something that it saw.
    pub(super) fn answer(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let at = self.dice.roll(self.open.len());
        let asked = self.open.swap_remove(at);
        let mut message = json!({"jsonrpc": "2.0", "id": asked});
        match self.dice.one_in(4) {
            true => message["error"] = json!({"code": -1, "message": "no"}),
            false => message["result"] = json!({"action": "decline"}),
        }
        match self.post(&message) {
            SessionOutput::Play(reply, id) => {
                assert_eq!(reply.status, 202);
                self.calls.get_mut(&id).expect("a call").plays = 0;
                if !self.plays.contains_key(&id) {
                    self.replay(id);
                }
            }
            // Its call was cancelled, or given up.
            SessionOutput::Reply(reply) => assert_eq!(reply.status, 202),
            other => panic!("{other:?}"),
        }
        // A second answer is nobody's.
        if self.dice.one_in(4) {
            assert!(matches!(self.post(&message), SessionOutput::Reply(_)));
        }
    }

    pub(super) fn cancel(&mut self) {
        let Some(request) = self.dice.pick(1..=self.requests) else {
            return;
        };
        let meant: Vec<u32> = self
            .calls
            .iter()
            .filter(|(_, call)| call.request == request)
            .map(|(id, _)| *id)
            .collect();
        let message = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": request}});
        // It may be that the object sleeps, and that the call is given up when it wakes.
        self.load();
        let meant: Vec<u32> = meant
            .into_iter()
            .filter(|id| self.calls.contains_key(id))
            .collect();
        let output = self.post(&message);
        let SessionOutput::Stop(reply, stopped) = output else {
            panic!("{output:?}");
        };
        assert_eq!((reply.status, &stopped), (202, &meant));
        for id in stopped {
            self.plays.remove(&id);
            let call = self.calls.remove(&id).expect("a call");
            self.taken_back.insert(call.request);
            if !self.sse {
                self.streams.get_mut(&call.stream).expect("a stream").ended = true;
            }
        }
    }
}

pub(super) fn play(journal: &Journal) -> Play {
    let answered = journal.asked.iter().filter(|asked| asked.answer.is_some());
    Play {
        next: 0,
        said: 0,
        answered: answered.map(|asked| asked.key.clone()).collect(),
    }
}

fn response(request: u64) -> String {
    json!({"jsonrpc": "2.0", "id": request, "result": {}}).to_string()
}
