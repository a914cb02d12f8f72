//! Clients that follow the state: who joins, what they hear, and what they write.

use super::Object;
use crate::agent::{Agent, SyncSpec};
use crate::auth::Auth;
use crate::error::Kind;
use crate::host::{delay, log};
use crate::once::Task;
use crate::request::Response;
use crate::sync::{self, Fields, Frame, Joining, Peers, Recent, SETTLE_MS, Unwritten};
use crate::websocket::{self, Message};
use crate::{Error, Result, turn};
use mcp_agent_protocol::RowsError;
use serde_json::Value;
use std::cell::RefCell;
use std::future::ready;
use std::rc::Rc;

/// Begins the keys of tickets that were used.
pub(super) const USED: &str = "ticket/";
/// Begins the keys of the principals that are too large for their connections.
pub(super) const BEHIND: &str = "follower/";
/// Of what is kept with a connection, which may be 2,048 bytes.
const LARGEST_LINE: usize = 1_800;

/// What is known of them while the object is awake.
#[derive(Default)]
pub(super) struct Following {
    pub(super) peers: RefCell<Peers>,
    recent: RefCell<Recent>,
    /// Whose change it is that is being committed.
    writer: RefCell<Option<String>>,
}

impl<A: Agent> Object<A> {
    /// A client joins, which the front has let in. When this is `Ok`, the connection that waits under this id is accepted, and has the state.
    pub fn join_follower(&self, id: &str, joining: &str) -> std::result::Result<(), Response> {
        let (Some(spec), Some(joining)) = (A::SYNC, Joining::decode(joining)) else {
            log("a client was brought in a form that the object does not know");
            return Err(Response::internal_error());
        };
        match self.let_in(&spec, id, &joining) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Response::text("this ticket was used already").status(401)),
            Err(error) => {
                log(&error.said());
                Err(Response::internal_error())
            }
        }
    }

    fn let_in(&self, spec: &SyncSpec, id: &str, joining: &Joining) -> Result<bool> {
        let state = self.state.snapshot()?;
        let json = serde_json::to_string(&*state)?;
        if let Some((nonce, over_ms)) = &joining.ticket
            && !self.uses(nonce, *over_ms).map_err(broken)?
        {
            return Ok(false);
        }
        // A row first: it may fail, and then nobody is let in.
        if A::AUTH && joining.who.len() > LARGEST_LINE {
            let row = format!("{}\n{}", joining.until_ms, joining.who);
            self.host
                .put(&[BEHIND, id].concat(), &row)
                .map_err(broken)?;
            self.sweep_later();
        }
        self.host.accept_follower(id, joining.until_ms);
        if A::AUTH && joining.who.len() <= LARGEST_LINE {
            self.host.attach(id, &joining.who);
        }
        let identity = sync::identity(spec.agent, sync::instance::<A>());
        self.host.tell(id, &identity.into());
        self.host.tell(id, &sync::state(&json).into());
        let mut peers = self.following.peers.borrow_mut();
        peers.joined(id, self.host.now_ms());
        Ok(true)
    }

    /// Uses a ticket up. False for one that was used.
    fn uses(&self, nonce: &str, over_ms: u64) -> std::result::Result<bool, RowsError> {
        let key = [USED, nonce].concat();
        if self.host.get(&key)?.is_some() {
            return Ok(false);
        }
        self.host.put(&key, &over_ms.to_string())?;
        self.sweep_later();
        Ok(true)
    }

    /// Who is behind a connection. `None` where nobody is asked.
    pub(super) fn behind(&self, id: &str) -> Option<Auth> {
        if !A::AUTH {
            return None;
        }
        let line = self.host.attachment(id).or_else(|| {
            let row = self.host.get(&[BEHIND, id].concat());
            let row = row.unwrap_or_else(|error| {
                log(&error.to_string());
                None
            });
            Some(row?.split_once('\n')?.1.to_owned())
        });
        Auth::read::<A>(&line?)
    }

    /// One of them says something.
    pub(super) fn follower_said(self: &Rc<Self>, id: &str, message: Message) -> Task<()> {
        let Some(spec) = A::SYNC else {
            return done();
        };
        let until_ms = self.host.follows_until(id);
        if until_ms.is_none_or(|until_ms| until_ms <= self.host.now_ms()) {
            let (code, reason) = sync::EXPIRED;
            self.host.hang_up(id, code, reason);
            return done();
        }
        // Whoever may not be known any more may do nothing.
        if A::AUTH && self.behind(id).is_none() {
            log("nobody is known to be behind a connection");
            self.host.hang_up(id, 1011, "internal error");
            return done();
        }
        let Message::Text(text) = message else {
            return done();
        };
        match sync::read(&text) {
            Frame::State(_) if spec.readonly => {
                self.disappoint(id, "Connection is readonly");
                done()
            }
            Frame::State(state) => match serde_json::from_str(state.get()) {
                Ok(Value::Object(sent)) => self.set_state(spec, id.to_owned(), sent),
                _ => {
                    self.disappoint(id, "the state must be an object");
                    done()
                }
            },
            Frame::Call {
                id: call,
                method,
                arguments,
            } => self.call_of_follower(id, call, method, arguments),
            Frame::NoCall { id: call, why } => {
                self.host.tell(id, &sync::refused(call, why).into());
                done()
            }
            Frame::Other => done(),
        }
    }

    /// A client wants the state to be this.
    fn set_state(self: &Rc<Self>, spec: SyncSpec, id: String, sent: Fields) -> Task<()> {
        let this = self.clone();
        Box::pin(async move {
            let line = this.lines.at(&id);
            let turn = websocket::turn(&line, true).await;
            let cx = this.cx_of_event(true).with_auth(this.behind(&id));
            let outcome = turn::write(&this.state, &cx, None, false, |copy, _| {
                let merged = this.merge(&spec, &id, &sent, copy);
                Box::pin(ready(merged))
            });
            let outcome = outcome.await;
            this.following.writer.take();
            let now_ms = this.host.now_ms();
            let in_step = this.following.peers.borrow_mut().wrote(&id, now_ms);
            match outcome {
                Ok(()) => {
                    this.tell_changes(&cx);
                    let as_written = this.is_now(&sent);
                    if !as_written {
                        let mut peers = this.following.peers.borrow_mut();
                        peers.corrected(&id, now_ms);
                    }
                    match in_step && as_written {
                        true => this.settle(&id),
                        false => this.show(&id),
                    }
                }
                Err(error) => this.disappoint(&id, &words(error)),
            }
            drop(turn);
            this.lines.leave(&id, line);
        })
    }

    /// Makes of a state what the client wants, as far as it may.
    fn merge(&self, spec: &SyncSpec, id: &str, sent: &Fields, state: &mut A) -> Result<()> {
        let present = sync::fields(state).ok_or_else(|| broken("a state is no object"))?;
        let now_ms = self.host.now_ms();
        let since_ms = self.following.peers.borrow().began_since(id, now_ms);
        let recent = self.following.recent.borrow();
        match sync::merge(spec, &recent, &present, sent, since_ms) {
            Ok(None) => Ok(()),
            Ok(Some(next)) => {
                *state = next;
                *self.following.writer.borrow_mut() = Some(id.to_owned());
                Ok(())
            }
            Err(Unwritten(words)) => Err(Error::tool(words)),
        }
    }

    /// The state is another: all of them but the one that made it so are told.
    pub(super) fn followed(&self, before: &A, after: &A) {
        let Some(spec) = A::SYNC else { return };
        let writer = self.following.writer.take();
        if !self.host.has_followers() {
            return self.following.recent.borrow_mut().forget();
        }
        let now_ms = self.host.now_ms();
        match serde_json::to_string(after) {
            Ok(json) => {
                let (text, writer) = (sync::state(&json), writer.as_deref());
                self.host
                    .tell_followers(&text, writer, now_ms, sync::EXPIRED);
                self.following.peers.borrow_mut().told(writer, now_ms);
            }
            Err(error) => log(&format!("the state does not serialise: {error}")),
        }
        if !spec.readonly
            && let Some(after) = sync::fields(after)
        {
            let mut recent = self.following.recent.borrow_mut();
            recent.note(|| sync::fields(before), after, now_ms);
        }
    }

    fn is_now(&self, sent: &Fields) -> bool {
        let state = self.state.snapshot().ok();
        let fields = state.and_then(|state| sync::fields(&*state));
        fields.is_some_and(|fields| sync::same_state(&fields, sent))
    }

    /// Sends a client the state as it is.
    fn show(&self, id: &str) {
        let json = self.state.snapshot().map_err(Error::from);
        match json.and_then(|state| Ok(serde_json::to_string(&*state)?)) {
            Ok(json) => self.host.tell(id, &sync::state(&json).into()),
            Err(error) => log(&error.said()),
        }
    }

    /// What a client wants is not to be: it hears why, and what is.
    fn disappoint(&self, id: &str, words: &str) {
        self.host.tell(id, &sync::state_error(words).into());
        self.show(id);
    }

    /// What a client wrote last may have crossed something that it was sent. When it has been silent for a moment, it gets the state once more.
    fn settle(self: &Rc<Self>, id: &str) {
        if !self.following.peers.borrow_mut().settles(id) {
            return;
        }
        let (this, id) = (self.clone(), id.to_owned());
        self.host.spawn(Box::pin(async move {
            loop {
                let Some(wrote_ms) = this.following.peers.borrow().wrote_ms(&id) else {
                    return;
                };
                let silent_ms = this.host.now_ms().saturating_sub(wrote_ms);
                if silent_ms >= SETTLE_MS {
                    break;
                }
                delay(SETTLE_MS - silent_ms).await;
            }
            this.following.peers.borrow_mut().settled(&id);
            this.show(&id);
        }));
    }

    /// One of them is gone.
    pub(super) fn follower_left(&self, id: &str) {
        self.following.peers.borrow_mut().left(id);
        // Most have none, and to look costs less than to delete what is not there.
        if !A::AUTH || self.host.attachment(id).is_some() {
            return;
        }
        if let Err(error) = self.host.delete(&[BEHIND, id].concat()) {
            log(&error.to_string());
        }
    }
}

fn done() -> Task<()> {
    Box::pin(ready(()))
}

fn broken(error: impl std::fmt::Display) -> Error {
    log(&error.to_string());
    Error::protocol(-32603, "internal error")
}

/// Why something was not written: what was meant for the client, and nothing of the inside.
fn words(error: Error) -> String {
    match error.into_kind() {
        Kind::Tool(words) => words,
        Kind::Protocol(error) => {
            log(&format!(
                "a client's state was not written: {}",
                error.message
            ));
            "internal error".to_owned()
        }
        Kind::Sql(error) => {
            log(&format!("a client's state was not written: {error}"));
            "internal error".to_owned()
        }
    }
}
