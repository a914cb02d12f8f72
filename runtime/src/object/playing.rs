//! The calls of a session that ask: begun, played, played again, stopped.

use super::session::{Answered, reply};
use super::steps::{RowSteps, steps};
use super::voice::Voice;
use super::{Object, Playing, status};
use crate::agent::Agent;
use crate::call::Live;
use crate::drive::{Job, Ran};
use crate::once::{self, Once, Task};
use crate::play::{Played, play};
use mcp_agent_protocol::{
    Begin, Call, CallHead, Emission, Framing, Journal, Reply, Route, RowsError, RpcError,
    SessionHead,
};
use std::rc::Rc;

impl<A: Agent> Object<A> {
    /// A call that may ask. One that is done at its first breath, and has said nothing, is answered like any other; all else is stored
    /// and has a stream.
    pub(super) fn begin(
        self: &Rc<Self>,
        head: &SessionHead,
        begin: Begin<'_>,
    ) -> Result<Task<Answered>, RowsError> {
        if Self::has_session_state() {
            self.with_session("", |session, host| session.keep(host, head))?;
        }
        if let Route::Object(name) = &begin.call.route {
            let name = name.clone();
            return self.begin_elsewhere(head, begin, name);
        }
        let voice = Rc::new(Voice::default());
        let job = Rc::new(Job::from(begin.call.clone()));
        let live = self.live(begin.journal.clone());
        let first = once::poll(self.play_here(job.clone(), live.clone(), voice.clone()));
        if !begin.streams {
            return Ok(self.without_stream(job, first));
        }
        match first {
            Once::Ready(Played::Done(ran)) if voice.is_silent() => {
                Ok(self.answer_at_once(&job.head, ran, &begin.journal.nonce))
            }
            Once::Ready(played) => {
                let Some((id, stream)) = self.store(begin)? else {
                    return Ok(self.gone());
                };
                self.emit(id, voice.begin(id));
                self.played(id, &live, played);
                Ok(self.follow(head, stream))
            }
            Once::Later(rest) => {
                let Some((id, stream)) = self.store(begin)? else {
                    return Ok(self.gone());
                };
                self.emit(id, voice.begin(id));
                self.go_on(id, live, rest);
                Ok(self.follow(head, stream))
            }
        }
    }

    /// Plays a call again that was lost, and not by its own fault if that is known.
    pub(super) fn replay_lost(self: &Rc<Self>, id: u32) {
        if let Some(culprit) = self.host.lost_by() {
            let forgiven = self.with_session("", |session, host| {
                match session.nonce(id).is_some_and(|nonce| nonce != culprit) {
                    true => session.forgive(host, id),
                    false => Ok(()),
                }
            });
            if let Err(error) = forgiven {
                crate::host::log(&error.to_string());
            }
        }
        self.replay(id);
    }

    /// Plays a call again, with all that its client has answered.
    pub(super) fn replay(self: &Rc<Self>, id: u32) {
        if self.playing.borrow().contains_key(&id) {
            // It will look into the journal when it waits.
            return;
        }
        let played = self.with_session("", |session, host| {
            if let Some(nonce) = session.nonce(id) {
                let steps = host.list(&steps(nonce), "")?.len();
                session.note_steps(host, id, u32::try_from(steps).unwrap_or(u32::MAX))?;
            }
            let again = self.engine.replay(session, host, id)?;
            Ok((again, session.has_call(id)))
        });
        match played {
            Ok((Some((call, journal)), _)) => self.play_again(id, call, journal),
            Ok((None, true)) => {
                let lost = Ran {
                    result: Err(RpcError::internal()),
                    changed: Vec::new(),
                };
                crate::host::log(
                    "a call was lost twice, or this release cannot play it: it is given up",
                );
                self.done(id, lost, None);
            }
            Ok((None, false)) => {}
            Err(error) => crate::host::log(&error.to_string()),
        }
    }

    fn play_again(self: &Rc<Self>, id: u32, call: Call<'static>, journal: Journal) {
        let live = self.live(journal.clone());
        let rest: Task<Played> = match &call.route {
            Route::Here => {
                let voice = Rc::new(Voice::default());
                voice.begin(id);
                self.play_here(Rc::new(Job::from(call)), live.clone(), voice)
            }
            Route::Object(name) => {
                let name = name.clone();
                return self.play_elsewhere(id, &name, &call, &journal, live);
            }
        };
        self.go_on(id, live, rest);
    }

    /// A play that is under way.
    fn go_on(self: &Rc<Self>, id: u32, live: Rc<Live>, rest: Task<Played>) {
        let playing = Playing {
            live: live.clone(),
            elsewhere: None,
        };
        self.playing.borrow_mut().insert(id, playing);
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            let played = rest.await;
            this.played(id, &live, played);
        }));
    }

    fn play_here(self: &Rc<Self>, job: Rc<Job>, live: Rc<Live>, voice: Rc<Voice>) -> Task<Played> {
        let this = self.clone();
        let told = move |said| {
            if let Some((id, said)) = voice.hear(said) {
                this.emit(id, said);
            }
        };
        Box::pin(play(Some(self.state.clone()), job, live, told))
    }

    /// A play has ended.
    pub(super) fn played(self: &Rc<Self>, id: u32, live: &Rc<Live>, played: Played) {
        let of_this_play = |known: &Playing| Rc::ptr_eq(&known.live, live);
        if self.playing.borrow().get(&id).is_some_and(of_this_play) {
            self.playing.borrow_mut().remove(&id);
        }
        match played {
            Played::Done(ran) => self.done(id, ran, Some(&live.journal.nonce)),
            Played::Waits(wants) => {
                let now_ms = self.host.now_ms();
                let asked = self.with_session("", |session, host| {
                    session.ask(host, id, &wants, now_ms)?;
                    Ok(session.has_answer(id, &wants))
                });
                match asked {
                    Ok(true) => self.replay(id),
                    Ok(false) => {}
                    Err(error) => crate::host::log(&error.to_string()),
                }
            }
            Played::Cancelled => self.forget_steps(&live.journal.nonce),
        }
    }

    fn done(self: &Rc<Self>, id: u32, ran: Ran, nonce: Option<&str>) {
        let now_ms = self.host.now_ms();
        let changed = ran.changed;
        let mut who = None;
        let finished = self.with_session("", |session, host| {
            let Some(head) = session.call_head(id) else {
                return Ok(());
            };
            who.clone_from(&head.who);
            let response = self.engine.answer(&as_message(head), ran.result).body;
            session.finish(host, id, &response, now_ms)
        });
        if let Err(error) = finished {
            crate::host::log(&error.to_string());
        }
        if let Some(nonce) = nonce {
            self.forget_steps(nonce);
        }
        self.announce(who.as_deref(), &changed);
    }

    /// A response of which another object has written the text.
    pub(super) fn done_elsewhere(self: &Rc<Self>, id: u32, response: &str) {
        let now_ms = self.host.now_ms();
        let finished = self.with_session("", |session, host| {
            session.finish(host, id, response, now_ms)
        });
        if let Err(error) = finished {
            crate::host::log(&error.to_string());
        }
    }

    /// A client cancelled a call, whose rows are gone already.
    pub(super) fn stop(self: &Rc<Self>, id: u32) {
        let Some(playing) = self.playing.borrow_mut().remove(&id) else {
            return;
        };
        playing.live.cancel();
        if let Some(object) = playing.elsewhere {
            let nonce = &playing.live.journal.nonce;
            let told = self.host.remote(&object, "stop", nonce);
            self.host.spawn(Box::pin(async move {
                told.await;
            }));
        }
    }

    pub(super) fn emit(self: &Rc<Self>, id: u32, said: Vec<(u32, Emission)>) {
        let now_ms = self.host.now_ms();
        let emitted = self.with_session("", |session, host| {
            for (at, emission) in &said {
                session.emit(host, id, *at, emission, now_ms)?;
            }
            Ok(())
        });
        if let Err(error) = emitted {
            crate::host::log(&error.to_string());
        }
    }

    pub(super) fn store(
        self: &Rc<Self>,
        begin: Begin<'_>,
    ) -> Result<Option<(u32, u32)>, RowsError> {
        let now_ms = self.host.now_ms();
        self.with_session("", |session, host| {
            self.engine.begin(session, host, begin, now_ms)
        })
    }

    pub(super) fn follow(&self, head: &SessionHead, stream: u32) -> Task<Answered> {
        if self.is_sse() {
            return reply(status(202));
        }
        Box::pin(std::future::ready(Answered::Follow(head.follow(stream))))
    }

    /// The session ended, or its stream went for good, while a call began.
    pub(super) fn gone(&self) -> Task<Answered> {
        reply(status(if self.is_sse() { 202 } else { 404 }))
    }

    fn answer_at_once(
        self: &Rc<Self>,
        head: &CallHead,
        mut ran: Ran,
        nonce: &str,
    ) -> Task<Answered> {
        self.announce(head.who.as_deref(), &std::mem::take(&mut ran.changed));
        self.forget_steps(nonce);
        let answer = ran.reply(&self.engine, head);
        if head.framing == Framing::Message {
            self.push_or_log(&answer.body);
            return reply(status(202));
        }
        reply(answer)
    }

    /// The client takes no stream: it is answered when the call is done.
    fn without_stream(self: &Rc<Self>, job: Rc<Job>, first: Once<Played>) -> Task<Answered> {
        let this = self.clone();
        let answer = move |played: Played| -> Reply {
            match played {
                Played::Done(mut ran) => {
                    this.announce(job.head.who.as_deref(), &std::mem::take(&mut ran.changed));
                    ran.reply(&this.engine, &job.head)
                }
                // It cannot have asked: it knows that its client cannot be asked.
                Played::Waits(_) | Played::Cancelled => {
                    this.engine.answer(&job.head, Err(RpcError::internal()))
                }
            }
        };
        match first {
            Once::Ready(played) => reply(answer(played)),
            Once::Later(rest) => Box::pin(async move { Answered::Reply(answer(rest.await)) }),
        }
    }

    /// A play of a session's call.
    pub(super) fn live(&self, journal: Journal) -> Rc<Live> {
        self.live_for(journal, self.engine.policy().session_ttl_ms)
    }

    /// A play whose steps nobody wants any more after this time.
    pub(super) fn live_for(&self, journal: Journal, ttl_ms: u64) -> Rc<Live> {
        let until_ms = self.host.now_ms().saturating_add(ttl_ms);
        let steps = RowSteps {
            host: self.host.clone(),
            until_ms,
        };
        Rc::new(Live::new(journal, Box::new(steps)))
    }

    /// Nobody plays the call again.
    pub(super) fn forget_steps(&self, nonce: &str) {
        if let Err(error) = self.host.clear(&steps(nonce)) {
            crate::host::log(&error.to_string());
        }
    }
}

/// The response as it stands in an event.
pub fn as_message(head: &CallHead) -> CallHead {
    CallHead {
        framing: Framing::Message,
        ..head.clone()
    }
}
