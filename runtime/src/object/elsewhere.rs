//! A call that asks, whose state lives in another object: the session's object keeps its journal and its stream, the state's object
//! plays it. What it did is stored there under its nonce, together with what it changed, so that a play whose answer was lost on the
//! way is not played twice.

use super::playing::as_message;
use super::session::Answered;
use super::steps::steps;
use super::{Object, Playing, status};
use crate::agent::Agent;
use crate::call::Live;
use crate::drive::Job;
use crate::host::signal;
use crate::once::Task;
use crate::play::{Played, play};
use mcp_agent_protocol::{
    Begin, Call, Change, Emission, Journal, Reply, RowsError, RpcError, SessionHead, Want,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::ready;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::sync::Mutex;

/// Begins the keys of what guests came to.
pub const DONE: &str = "done/";

/// A call of another object's session that is played here.
#[derive(Default)]
pub struct Guest {
    /// Its plays. There are several when the session's object was lost meanwhile.
    plays: Vec<Rc<Live>>,
    /// One play at a time: the one before may still be at a step.
    turn: Rc<Mutex<()>>,
}

impl<A: Agent> Object<A> {
    /// A call whose state is in the object `name`.
    pub(super) fn begin_elsewhere(
        self: &Rc<Self>,
        head: &SessionHead,
        begin: Begin<'_>,
        name: String,
    ) -> Result<Task<Answered>, RowsError> {
        let (call, journal) = (begin.call.clone(), begin.journal.clone());
        if !begin.streams {
            let payload = invitation(head.object().as_str(), 0, &call, &journal);
            let played = self.host.remote(&name, "play", &payload);
            let (engine, job) = (self.engine.clone(), Job::from(call));
            return Ok(Box::pin(async move {
                let played = played.await;
                let body = played.as_deref().and_then(|text| text.strip_prefix('D'));
                Answered::Reply(match body {
                    Some(body) => Reply {
                        body: body.to_owned(),
                        content: mcp_agent_protocol::ContentKind::Json,
                        ..status(200)
                    },
                    None => engine.answer(&job.head, Err(RpcError::internal())),
                })
            }));
        }
        let Some((id, stream)) = self.store(begin)? else {
            return Ok(self.gone());
        };
        let live = self.live(journal.clone());
        self.play_elsewhere(id, &name, &call, &journal, live);
        Ok(self.follow(head, stream))
    }

    /// Has a call played in the object `name`.
    pub(super) fn play_elsewhere(
        self: &Rc<Self>,
        id: u32,
        name: &str,
        call: &Call<'_>,
        journal: &Journal,
        live: Rc<Live>,
    ) {
        let object = call.head.session.as_deref().unwrap_or_default();
        let payload = invitation(&["session:", object].concat(), id, call, journal);
        let played = self.host.remote(name, "play", &payload);
        let playing = Playing {
            live: live.clone(),
            elsewhere: Some(name.to_owned()),
        };
        self.playing.borrow_mut().insert(id, playing);
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            let played = played.await;
            if live.is_cancelled() {
                return;
            }
            match played.as_deref().map(|text| text.split_at(1)) {
                Some(("D", response)) => {
                    this.playing.borrow_mut().remove(&id);
                    this.done_elsewhere(id, response);
                }
                Some(("W", wants)) => {
                    let wants = read_wants(wants);
                    this.played(id, &live, Played::Waits(wants));
                }
                // The object was lost, or the call with it: once more, and then no more.
                _ => {
                    this.playing.borrow_mut().remove(&id);
                    this.replay(id);
                }
            }
        }));
    }

    /// Plays a call of another object's session.
    pub(super) fn play_guest(self: &Rc<Self>, payload: &str) -> Option<Task<String>> {
        let (session, id, journal, job) = read_invitation(payload)?;
        let this = self.clone();
        Some(Box::pin(async move {
            let nonce = journal.nonce.clone();
            let live = this.live_for(journal, this.guest_ttl_ms(&session));
            let turn = this.turn(&nonce, &live);
            let held = turn.lock().await;
            let text = this.play_in_turn(&session, id, &live, Rc::new(job)).await;
            drop(held);
            this.leave(&live);
            text
        }))
    }

    /// A play has ended.
    pub(super) fn leave(&self, live: &Rc<Live>) {
        let mut guests = self.guests.borrow_mut();
        let nonce = &live.journal.nonce;
        if let Some(guest) = guests.get_mut(nonce) {
            guest.plays.retain(|known| !Rc::ptr_eq(known, live));
            if guest.plays.is_empty() {
                guests.remove(nonce);
            }
        }
    }

    /// A session that calls hears of the lists that its call changed.
    fn tell_of_lists(&self, session: &str, changed: &[Change]) {
        for change in changed {
            if let Change::List(_) = change {
                let told = self.host.remote(session, "heard", &change.encode());
                self.host.spawn(Box::pin(async move {
                    told.await;
                }));
            }
        }
    }

    pub(super) fn turn(&self, nonce: &str, live: &Rc<Live>) -> Rc<Mutex<()>> {
        let mut guests = self.guests.borrow_mut();
        let guest = guests.entry(nonce.to_owned()).or_default();
        guest.plays.push(live.clone());
        guest.turn.clone()
    }

    async fn play_in_turn(
        self: &Rc<Self>,
        session: &str,
        id: u32,
        live: &Rc<Live>,
        job: Rc<Job>,
    ) -> String {
        let nonce = &live.journal.nonce;
        let key = [DONE, nonce].concat();
        match self.host.get(&key) {
            Ok(Some(row)) => return self.done_before(session, id, &row).await,
            Ok(None) => {}
            Err(error) => crate::host::log(&error.to_string()),
        }
        // Its steps are rows of this object, and it may be lost here.
        self.sweep_later();
        let told: Rc<RefCell<VecDeque<Said>>> = Rc::default();
        let tell = {
            let (this, told, session) = (self.clone(), told.clone(), session.to_owned());
            move |said: Vec<(u32, Emission)>| {
                let lines: Vec<String> = said
                    .iter()
                    .map(|(at, emission)| format!("{at} {}", emission.encode()))
                    .collect();
                let lines = lines.join("\n");
                let sent = this.say(&session, id, &lines);
                let mut told = told.borrow_mut();
                told.push_back(Said { lines, sent });
                forget_heard(&mut told);
            }
        };
        let played = play(Some(self.state.clone()), job.clone(), live.clone(), tell).await;
        let text = match played {
            Played::Done(mut ran) => {
                let changed = std::mem::take(&mut ran.changed);
                let response = ran.reply(&self.engine, &as_message(&job.head)).body;
                let text = ["D", &response].concat();
                // In the turn of the commit: either both are stored or none.
                let until_ms = self.host.now_ms() + self.guest_ttl_ms(session);
                let unheard = unheard(&mut told.borrow_mut());
                let words = unheard.lines().count();
                let row = format!("{until_ms}\n{words}\n{unheard}\n{text}");
                if let Err(error) = self.host.put(&key, &row) {
                    crate::host::log(&error.to_string());
                }
                self.forget_guest_steps(nonce);
                if A::KEPT {
                    self.fan_out(&changed);
                }
                // A task is nobody's session.
                if A::KEPT && !(A::TASKS && session.starts_with("task:")) {
                    self.tell_of_lists(session, &changed);
                }
                text
            }
            Played::Waits(wants) => ["W", &write_wants(&wants)].concat(),
            Played::Cancelled => {
                self.forget_guest_steps(nonce);
                "C".to_owned()
            }
        };
        let told = told.take();
        for said in told {
            said.sent.await;
        }
        if live.is_cancelled() {
            // It may have been stopped when its play was over, but was still being told of: then nobody else tidies up.
            self.forget_guest_steps(nonce);
        }
        text
    }

    /// A play before this one came to its end. What it said last may have been lost with what it came to.
    async fn done_before(&self, session: &str, id: u32, row: &str) -> String {
        let mut parts = row.splitn(3, '\n');
        let words = parts.nth(1).and_then(|words| words.parse().ok());
        let rest = parts.next().unwrap_or_default();
        let end = match words {
            None | Some(0) => 0,
            Some(words) => {
                let mut ends = rest.match_indices('\n');
                ends.nth(words - 1).map_or(0, |(at, _)| at)
            }
        };
        let (lines, text) = rest.split_at(end);
        if !lines.is_empty() {
            self.say(session, id, lines).await;
        }
        text.trim_start_matches('\n').to_owned()
    }

    fn say(&self, session: &str, id: u32, lines: &str) -> Task<Option<String>> {
        let payload = format!("{id}\n{lines}");
        self.host.remote(session, "emit", &payload)
    }

    /// How long what a guest came to is kept for whoever asked.
    fn guest_ttl_ms(&self, asker: &str) -> u64 {
        let policy = self.engine.policy();
        match A::TASKS && asker.starts_with("task:") {
            true => policy.task_ttl_ms,
            false => policy.session_ttl_ms,
        }
    }

    /// What a guest came to has arrived: its nonce.
    pub(super) fn forget_guest(&self, nonce: &str) -> Option<Task<String>> {
        self.forget_guest_steps(nonce);
        if let Err(error) = self.host.delete(&[DONE, nonce].concat()) {
            crate::host::log(&error.to_string());
        }
        Some(Box::pin(ready(String::new())))
    }

    fn forget_guest_steps(&self, nonce: &str) {
        if let Err(error) = self.host.clear(&steps(nonce)) {
            crate::host::log(&error.to_string());
        }
    }

    /// The client of a guest has cancelled it: its nonce.
    pub(super) fn stop_guest(self: &Rc<Self>, nonce: &str) -> Option<Task<String>> {
        match self.guests.borrow().get(nonce) {
            // They tidy up once more, and may come to a step meanwhile.
            Some(guest) => guest.plays.iter().for_each(|live| live.cancel()),
            None => self.forget_guest_steps(nonce),
        }
        Some(Box::pin(ready(String::new())))
    }

    /// What a call of this object's session said elsewhere: its number, and then its place and itself, one a line.
    pub(super) fn emit_of_guest(self: &Rc<Self>, payload: &str) -> Option<Task<String>> {
        let (id, lines) = payload.split_once('\n')?;
        let said = lines.lines().map(|line| {
            let (at, emission) = line.split_once(' ')?;
            Some((at.parse().ok()?, Emission::decode(emission)?))
        });
        let said = said.collect::<Option<Vec<_>>>()?;
        match id {
            // Sessions count their calls from 1.
            "0" if A::TASKS => self.task_says(said),
            id if A::KEPT => self.emit(id.parse().ok()?, said),
            _ => {}
        }
        Some(Box::pin(ready(String::new())))
    }
}

/// What a play said, on its way to the session.
struct Said {
    /// One word a line.
    lines: String,
    sent: Task<Option<String>>,
}

/// Drops what has arrived, from the beginning on.
fn forget_heard(told: &mut VecDeque<Said>) {
    let mut now = Context::from_waker(Waker::noop());
    while let Some(said) = told.front_mut() {
        match said.sent.as_mut().poll(&mut now) {
            Poll::Ready(Some(_)) => _ = told.pop_front(),
            Poll::Ready(None) => {
                // Lost on its way. It is known by now, and nobody may poll what is over.
                said.sent = Box::pin(ready(None));
                return;
            }
            Poll::Pending => return,
        }
    }
}

/// What may not have arrived, as far as it is worth a row.
fn unheard(told: &mut VecDeque<Said>) -> String {
    /// In bytes.
    const MOST: usize = 64 << 10;
    forget_heard(told);
    let lines: Vec<&str> = told.iter().map(|said| said.lines.as_str()).collect();
    let lines = lines.join("\n");
    if lines.len() > MOST {
        return String::new();
    }
    lines
}

/// What the other object must know: who asks, the number of the call there, its journal, and the call.
pub(super) fn invitation(session: &str, id: u32, call: &Call<'_>, journal: &Journal) -> String {
    let played = signal::played(journal, call);
    format!("{session}\n{id}\n{played}")
}

fn read_invitation(payload: &str) -> Option<(String, u32, Journal, Job)> {
    let mut parts = payload.splitn(3, '\n');
    let session = parts.next()?.to_owned();
    let id = parts.next()?.parse().ok()?;
    let (journal, job) = signal::read_played(parts.next()?)?;
    Some((session, id, journal, job))
}

/// A key as a JSON string, a method, the parameters: one a line.
fn write_wants(wants: &[Want]) -> String {
    let lines = wants.iter().map(|want| {
        let key = serde_json::Value::from(want.key.as_str());
        format!("{key}\n{}\n{}", want.method, want.params.replace('\n', " "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn read_wants(text: &str) -> Vec<Want> {
    let mut lines = text.split('\n');
    let mut wants = Vec::new();
    while let (Some(key), Some(method), Some(params)) = (lines.next(), lines.next(), lines.next()) {
        wants.push(Want {
            key: serde_json::from_str(key).unwrap_or_default(),
            method: method.to_owned(),
            params: params.to_owned(),
        });
    }
    wants
}
