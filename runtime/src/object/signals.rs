//! What an object is asked, and answers, as the entry of its host has it: texts.

use super::{Answered, Object, status};
use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::host::{front, log, signal, task_signal};
use crate::once::Task;
use mcp_agent_protocol::{Output, Route, SseSession};
use std::future::ready;
use std::rc::Rc;

impl<A: Agent> Object<A> {
    /// A call that was routed here for the state. Answers a signal.
    pub fn asked_to_call(self: &Rc<Self>, payload: &str) -> Task<String> {
        if A::ASKS && payload.starts_with('*') {
            return self.asked_to_play(payload);
        }
        if A::TASKS && task_signal::is_task(payload) {
            return now(self.asked_of_task(payload));
        }
        match self.call(payload) {
            Some(reply) => Box::pin(async move { signal::reply(reply.await) }),
            None => {
                // Only the front of another release of this Worker can send what this one does not read.
                log("an object was called in a form that it does not know");
                now(signal::reply(status(500)))
            }
        }
    }

    /// A request of the kept session that this object is. Answers a signal.
    pub fn asked_in_session(self: &Rc<Self>, head: &str, body: &[u8]) -> Task<String> {
        if !A::KEPT {
            return now(signal::reply(status(404)));
        }
        let Ok(body) = std::str::from_utf8(body) else {
            return now(signal::reply(front::not_utf8()));
        };
        let answered = self.session(head, body);
        Box::pin(async move {
            match answered.await {
                Answered::Reply(reply) => signal::reply(reply),
                Answered::Follow(head) => signal::join(&head),
                Answered::Elsewhere(signal) => signal,
            }
        })
    }

    /// A client wants a stream of the session. Answers a signal.
    pub fn asked_to_join(self: &Rc<Self>, head: &str) -> String {
        if !A::KEPT && !A::TASKS {
            return signal::reply(status(404));
        }
        if let Some(line) = head.strip_prefix("listen ") {
            return match self.begin_listening(line) {
                Ok(Some((stream, first))) => signal::stream(stream, &first, false),
                Ok(None) => signal::reply(status(500)),
                Err(error) => {
                    log(&error.to_string());
                    signal::reply(status(500))
                }
            };
        }
        if A::ASKS
            && let Some(stream) = head.strip_prefix("round ")
        {
            let stream = stream.parse().unwrap_or_default();
            return match self.join_round(stream) {
                Some((first, over)) => signal::stream(stream, &first, over),
                None => signal::reply(status(500)),
            };
        }
        if !A::KEPT {
            return signal::reply(status(404));
        }
        match self.join(head) {
            Ok(join) => signal::joined(&join),
            Err(refusal) => signal::reply(refusal),
        }
    }

    /// Another object asks. `None` where it is of another release.
    pub fn asked_to_act(self: &Rc<Self>, verb: &str, payload: &str) -> Option<Task<String>> {
        if verb == "call" {
            return Some(self.asked_to_call(payload));
        }
        // Of light sessions, no object has anything to ask another, but for a task.
        let answer = if A::KEPT || A::TASKS || A::SCHEDULES || A::ADMIN.is_some() {
            self.act(verb, payload)
        } else {
            None
        };
        if answer.is_none() {
            log("an object was asked in a form that it does not know");
        }
        answer
    }

    /// A message that the client of this object's light stream posted; `who` is its principal. Answers a signal.
    pub fn asked_to_post(self: &Rc<Self>, who: &str, session: &str, body: &[u8]) -> Task<String> {
        if A::KEPT {
            return now(signal::reply(status(404)));
        }
        let (Some(mut session), Ok(body)) =
            (SseSession::decode(session), std::str::from_utf8(body))
        else {
            return now(signal::reply(status(404)));
        };
        let who = match A::AUTH {
            true => self.engine.principal(who),
            false => None,
        };
        let output = self.engine.message(&mut session, who, body);
        let session = session.encode();
        match output {
            Output::Reply(reply) => now(signal::push(&session, reply)),
            Output::Call(call) => match &call.route {
                Route::Object(name) => now(signal::call(name, &call)),
                Route::Here => {
                    let job = Rc::new(Job::from(call));
                    let this = self.clone();
                    Box::pin(async move {
                        let mut ran = drive::run::<A>(None, job.clone(), Default::default()).await;
                        let changed = std::mem::take(&mut ran.changed);
                        if A::KEPT {
                            this.announce(job.head.who.as_deref(), &changed);
                        }
                        signal::push("", ran.reply(&this.engine, &job.head))
                    })
                }
            },
            Output::Batch(batch) => now(signal::batch(&batch)),
            _ => {
                log("a message of a stream asked for what only a request can");
                now(signal::reply(status(500)))
            }
        }
    }
}

fn now(signal: String) -> Task<String> {
    Box::pin(ready(signal))
}
