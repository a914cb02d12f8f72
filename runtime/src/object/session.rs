//! A kept session in its object: messages, streams, and what becomes of the calls that ask.

use super::{Object, status};
use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::host::{Host, signal};
use crate::once::{self, Once, Task};
use mcp_agent_protocol::{
    Call, Join, Part, Reply, Route, RowsError, Session, SessionHead, SessionHost, SessionOutput,
};
use std::future::ready;
use std::rc::Rc;

/// What a session answers to a request.
pub enum Answered {
    /// Send this.
    Reply(Reply),
    /// The answer comes on a stream: join the client to it.
    Follow(SessionHead),
    /// Another object answers: a signal that says which, and what to ask it.
    Elsewhere(String),
}

impl<A: Agent> Object<A> {
    /// A request of a kept session, without and with its body.
    pub fn session(self: &Rc<Self>, head: &str, body: &str) -> Task<Answered> {
        let Some(head) = SessionHead::decode(head) else {
            crate::host::log("a session was asked in a form that it does not know");
            return reply(status(500));
        };
        self.in_session(&head, body).unwrap_or_else(|error| {
            crate::host::log(&error.to_string());
            reply(status(500))
        })
    }

    fn in_session(
        self: &Rc<Self>,
        head: &SessionHead,
        body: &str,
    ) -> Result<Task<Answered>, RowsError> {
        let (now_ms, host) = (self.host.now_ms(), self.host.clone());
        let mut entropy = |out: &mut [u8]| host.entropy(out);
        let output = self.with_session(head.session(), |session, host| {
            let engine = &self.engine;
            engine.in_kept_session(session, host, head, body, now_ms, &mut entropy)
        })?;
        Ok(match output {
            SessionOutput::Reply(reply_now) => reply(reply_now),
            SessionOutput::Call(call) => self.plain(head, call)?,
            SessionOutput::Begin(begin) => self.begin(head, begin)?,
            SessionOutput::Play(reply_now, id) => {
                self.replay(id);
                reply(reply_now)
            }
            SessionOutput::Stop(reply_now, calls) => {
                for id in calls {
                    self.stop(id);
                }
                reply(reply_now)
            }
            SessionOutput::End(reply_now) => {
                let playing: Vec<u32> = self.playing.borrow().keys().copied().collect();
                for id in playing {
                    self.stop(id);
                }
                reply(reply_now)
            }
            SessionOutput::Watch {
                uri,
                on,
                until_ms,
                reply: reply_now,
            } => {
                if Self::has_session_state() {
                    return Ok(Box::pin(ready(self.confirm(reply_now))));
                }
                let on = if on { "+" } else { "-" };
                let payload = format!("{on}\n{until_ms}\n{}\n{uri}", head.session());
                let hub = super::hub::<A>(&self.engine, head.who());
                self.remember_hub(&hub)?;
                let told = self.host.remote(&hub, "watch", &payload);
                let this = self.clone();
                Box::pin(async move {
                    match told.await {
                        Some(_) => this.confirm(reply_now),
                        None => Answered::Reply(status(500)),
                    }
                })
            }
            SessionOutput::Batch(batch) => {
                for part in batch.parts {
                    match part {
                        Part::Message(text) => self.apart(head, text)?,
                        Part::Answer(answer) => self.push(&answer)?,
                    }
                }
                reply(status(202))
            }
        })
    }

    /// What was asked for is so now.
    fn confirm(self: &Rc<Self>, reply: Reply) -> Answered {
        if !self.is_sse() {
            return Answered::Reply(reply);
        }
        self.push_or_log(&reply.body);
        Answered::Reply(status(202))
    }

    /// A message of a batch, over HTTP+SSE: its answer comes on the stream.
    fn apart(self: &Rc<Self>, head: &SessionHead, text: &str) -> Result<(), RowsError> {
        let answered = self.in_session(head, text)?;
        self.host.spawn(Box::pin(async move {
            answered.await;
        }));
        Ok(())
    }

    /// A call of a handler that asks nothing.
    fn plain(
        self: &Rc<Self>,
        head: &SessionHead,
        call: Call<'_>,
    ) -> Result<Task<Answered>, RowsError> {
        if Self::has_session_state() {
            self.with_session("", |session, host| session.keep(host, head))?;
        }
        let via_sse = self.is_sse();
        let this = self.clone();
        if let Route::Object(name) = &call.route {
            if !via_sse {
                let signal = signal::call(name, &call);
                return Ok(Box::pin(ready(Answered::Elsewhere(signal))));
            }
            let answer = self.host.remote(name, "call", &signal::payload(&call));
            let job = Job::from(call);
            let key = self.accept(&job.head)?;
            self.host.spawn(Box::pin(async move {
                let answer = answer.await;
                let answer = match answer
                    .as_deref()
                    .and_then(|signal| signal.strip_prefix('J'))
                {
                    Some(answer) => answer.to_owned(),
                    None => {
                        let error = mcp_agent_protocol::RpcError::internal();
                        this.engine.answer(&job.head, Err(error)).body
                    }
                };
                this.answer_accepted(&key, &answer);
            }));
            return Ok(reply(status(202)));
        }
        let job = Rc::new(Job::from(call));
        let state = Some(self.state.clone());
        let running = job.clone();
        let run: Task<Reply> = Box::pin(async move {
            let mut ran = drive::run(state, running.clone(), Default::default()).await;
            this.announce(
                running.head.who.as_deref(),
                &std::mem::take(&mut ran.changed),
            );
            ran.reply(&this.engine, &running.head)
        });
        if !via_sse {
            return Ok(Box::pin(async move { Answered::Reply(run.await) }));
        }
        // A POST is answered when it is accepted.
        match once::poll(run) {
            Once::Ready(answer) => self.push_or_log(&answer.body),
            Once::Later(rest) => {
                let (this, key) = (self.clone(), self.accept(&job.head)?);
                self.host.spawn(Box::pin(async move {
                    this.answer_accepted(&key, &rest.await.body);
                }));
            }
        }
        Ok(reply(status(202)))
    }

    /// A client wants a stream; the error is the refusal.
    pub fn join(self: &Rc<Self>, head: &str) -> Result<Join, Reply> {
        let now_ms = self.host.now_ms();
        let Some(head) = SessionHead::decode(head) else {
            return Err(status(500));
        };
        let joined = self.with_session(head.session(), |session, host| {
            self.engine.join(session, host, &head, now_ms)
        });
        joined.unwrap_or_else(|error| {
            crate::host::log(&error.to_string());
            Err(status(500))
        })
    }

    /// The client of a stream is gone.
    pub fn left(self: &Rc<Self>, stream: u32) {
        if (A::ASKS && self.left_round(stream)) || self.stop_listening(stream) {
            return;
        }
        if !A::KEPT {
            return;
        }
        let now_ms = self.host.now_ms();
        let left = self.with_session("", |session, host| {
            session.left(host, stream, self.engine.policy(), now_ms)
        });
        if let Err(error) = left {
            crate::host::log(&error.to_string());
        }
    }

    /// Goes on with what was going on when the object, or the instance that it ran in, was lost.
    pub fn wake(self: &Rc<Self>) {
        if A::SCHEDULES {
            self.wake_for_schedules();
        }
        if A::TASKS && super::task::log(self.with_task(|_, _| Ok(()))).is_some() {
            return;
        }
        if !A::KEPT {
            return;
        }
        let woken = match self.host.get("session") {
            Ok(Some(_)) => self.with_session("", |_, _| Ok(())),
            Ok(None) => self.end_lost_streams(),
            Err(error) => Err(error),
        };
        if let Err(error) = woken {
            crate::host::log(&error.to_string());
        }
    }

    /// Does something with the session, which is loaded if it is not there. When the storage fails, what is in memory is dropped: it may
    /// be ahead of what is stored.
    pub(super) fn with_session<T>(
        self: &Rc<Self>,
        id: &str,
        act: impl FnOnce(&mut Session, &dyn SessionHost) -> Result<T, RowsError>,
    ) -> Result<T, RowsError> {
        let host: &dyn Host = &*self.host;
        let mut slot = self.session.borrow_mut();
        let loaded = slot.is_none();
        let session = match slot.take() {
            Some(session) => session,
            None => Session::load(id, host)?,
        };
        let unfinished = if loaded {
            session.unfinished()
        } else {
            Vec::new()
        };
        let answers_later = loaded && session.is_sse();
        let session = slot.insert(session);
        let done = act(session, host);
        if done.is_err() {
            *slot = None;
        }
        drop(slot);
        // Not now: whoever asks does so from inside of something.
        if answers_later {
            let this = self.clone();
            host.spawn(Box::pin(async move {
                if let Err(error) = this.answer_lost() {
                    crate::host::log(&error.to_string());
                }
            }));
        }
        for call in unfinished {
            let this = self.clone();
            if !self.playing.borrow().contains_key(&call) {
                host.spawn(Box::pin(async move { this.replay_lost(call) }));
            }
        }
        done
    }

    pub(super) fn is_sse(&self) -> bool {
        self.session.borrow().as_ref().is_some_and(Session::is_sse)
    }

    pub(super) fn push(self: &Rc<Self>, message: &str) -> Result<(), RowsError> {
        let now_ms = self.host.now_ms();
        self.with_session("", |session, host| session.push(host, message, now_ms))
    }

    pub(super) fn push_or_log(self: &Rc<Self>, message: &str) {
        if let Err(error) = self.push(message) {
            crate::host::log(&error.to_string());
        }
    }
}

pub(super) fn reply(reply: Reply) -> Task<Answered> {
    Box::pin(ready(Answered::Reply(reply)))
}
