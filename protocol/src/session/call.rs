//! Calls that may wait for their client: begun, suspended, answered, finished.

use super::asks::asks;
use super::rows::{number, read_number};
use super::stream::Kind;
use super::{Answered, Emission, Journal, RowsError, Session, SessionHead, SessionHost};
use crate::batch::Id;
use crate::call::{Call, CallHead, Framing};
use crate::token::{Entropy, hex};
use crate::wire::{Text, quote};
use std::borrow::Cow;
use std::collections::BTreeMap;

const CALL: &str = "call/";
const PLAYS: &str = "plays/";
/// The most calls that may wait in one session.
pub(super) const MOST_CALLS: usize = 64;

/// An interactive call that is about to be played for the first time. Nothing of it is stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin<'r> {
    /// The call. Its route says where it is played.
    pub call: Call<'r>,
    /// The journal, empty.
    pub journal: Journal,
    /// Whether the client can follow a stream. If not, the call is played to its end, and the client is neither asked nor told.
    pub streams: bool,
    pub(super) head: SessionHead,
}

/// A call as its rows have it.
#[derive(Clone, Debug)]
pub(super) struct SessionCall {
    pub stream: u32,
    /// What is called: another release may have it in another place.
    pub item: String,
    pub nonce: String,
    pub progress: Option<String>,
    pub head: CallHead,
    pub object: Option<String>,
    pub uri: Option<String>,
    pub arguments: String,
    pub emitted: u32,
    /// How often a play of it was begun since the client last said something.
    pub plays: u32,
    /// How many steps it had behind it when it was last played again.
    pub steps: u32,
    pub asks: Vec<Answered>,
}

impl SessionCall {
    fn row(&self) -> String {
        let mut out = String::new();
        quote(&mut out, &self.item);
        let facts = format!(
            "\n{}\n{}\n{}\n{}\n{}\n",
            self.stream,
            self.nonce,
            self.progress.as_deref().unwrap_or(""),
            self.head.encode(),
            self.object.as_deref().unwrap_or(""),
        );
        out.push_str(&facts);
        if let Some(uri) = &self.uri {
            quote(&mut out, uri);
        }
        out.push('\n');
        out.push_str(&self.arguments);
        out
    }

    fn read(row: &str) -> Option<SessionCall> {
        let mut parts = row.splitn(8, '\n');
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let text = |json: &str| Some(serde_json::from_str::<Text<'_>>(json).ok()?.0.into_owned());
        Some(SessionCall {
            item: text(parts.next()?)?,
            stream: parts.next()?.parse().ok()?,
            nonce: parts.next()?.to_owned(),
            progress: some(parts.next()?),
            head: CallHead::decode(parts.next()?)?,
            object: some(parts.next()?),
            uri: match parts.next()? {
                "" => None,
                uri => Some(text(uri)?),
            },
            arguments: parts.next()?.to_owned(),
            emitted: 0,
            plays: 0,
            steps: 0,
            asks: Vec::new(),
        })
    }
}

/// The calls that the rows have.
pub(super) fn load(host: &dyn SessionHost) -> Result<BTreeMap<u32, SessionCall>, RowsError> {
    let mut calls = BTreeMap::new();
    for (key, row) in host.list(CALL, "")? {
        let id = key.strip_prefix(CALL).and_then(read_number);
        let (Some(id), Some(mut call)) = (id, SessionCall::read(&row)) else {
            continue;
        };
        if let Some(plays) = host.get(&[PLAYS, &number(id)].concat())? {
            let mut parts = plays.split(' ').map(|part| part.parse().unwrap_or(0));
            call.emitted = parts.next().unwrap_or(0);
            call.plays = parts.next().unwrap_or(0);
            call.steps = parts.next().unwrap_or(0);
        }
        let asks = host.list(&asks(id), "")?;
        call.asks = asks
            .iter()
            .filter_map(|(_, row)| Answered::read(row))
            .collect();
        calls.insert(id, call);
    }
    Ok(calls)
}

impl Session {
    /// The journal of a call that begins.
    pub(super) fn first_journal(
        &self,
        call: &Call<'_>,
        progress: Option<String>,
        entropy: &mut dyn Entropy,
    ) -> Journal {
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce);
        Journal {
            nonce: hex(&nonce),
            client: call.head.client,
            level: Some(self.level),
            progress,
            emitted: 0,
            asked: Vec::new(),
        }
    }

    /// A call did not end at its first breath: from now on it is stored, and has a stream. Gives its number and its stream's; over
    /// HTTP+SSE that is the one stream of all. `None` where the client's stream is gone for good.
    pub(super) fn begin(
        &mut self,
        host: &dyn SessionHost,
        begin: Begin<'_>,
        item: &str,
    ) -> Result<Option<(u32, u32)>, RowsError> {
        if self.ended {
            // While the handler took its first breath.
            return Ok(None);
        }
        self.keep(host, &begin.head)?;
        let id = self.next_call;
        self.next_call += 1;
        let stream = match begin.call.head.framing {
            Framing::Message => {
                let newest = self.streams.iter().rev();
                let mut newest = newest.filter(|(_, stream)| stream.kind == Kind::Sse);
                let Some((stream, _)) = newest.next() else {
                    return Ok(None);
                };
                let stream = *stream;
                self.save(host)?;
                stream
            }
            Framing::Json | Framing::Sse => self.open(host, Kind::Call)?,
        };
        let call = SessionCall {
            stream,
            item: item.to_owned(),
            nonce: begin.journal.nonce,
            progress: begin.journal.progress,
            head: begin.call.head,
            object: match begin.call.route {
                crate::Route::Here => None,
                crate::Route::Object(name) => Some(name),
            },
            uri: begin.call.uri.map(Cow::into_owned),
            arguments: begin.call.arguments.into_owned(),
            emitted: 0,
            plays: 1,
            steps: 0,
            asks: Vec::new(),
        };
        self.calls.insert(id, call);
        self.save_call(host, id)?;
        self.save_plays(host, id)?;
        Ok(Some((id, stream)))
    }

    /// What a call's steps are stored under.
    pub fn nonce(&self, id: u32) -> Option<&str> {
        self.calls.get(&id).map(|call| call.nonce.as_str())
    }

    /// How many steps a call has behind it. One that has more than when it was last lost got further, and is played again.
    pub fn note_steps(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        steps: u32,
    ) -> Result<(), RowsError> {
        match self.calls.get_mut(&id) {
            Some(call) if steps > call.steps => {
                call.steps = steps;
                call.plays = 0;
                self.save_plays(host, id)
            }
            _ => Ok(()),
        }
    }

    /// A call was lost by the fault of another: that does not count.
    pub fn forgive(&mut self, host: &dyn SessionHost, id: u32) -> Result<(), RowsError> {
        match self.calls.get_mut(&id) {
            Some(call) => {
                call.plays = call.plays.saturating_sub(1);
                self.save_plays(host, id)
            }
            None => Ok(()),
        }
    }

    /// Whether a call is still there: neither finished nor cancelled.
    pub fn has_call(&self, id: u32) -> bool {
        self.calls.contains_key(&id)
    }

    /// The calls that nobody plays after the session was loaded, though they wait for nothing.
    pub fn unfinished(&self) -> Vec<u32> {
        let waits = self.calls.iter().filter(|(_, call)| !call.is_waiting());
        waits.map(|(id, _)| *id).collect()
    }

    /// How the response to a call is written.
    pub fn call_head(&self, id: u32) -> Option<&CallHead> {
        self.calls.get(&id).map(|call| &call.head)
    }

    /// What a handler says while it runs: its `at`-th word, counted from 0 over all plays, so that one that is said again is not sent
    /// again.
    pub fn emit(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        at: u32,
        emission: &Emission,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let level = self.level;
        let Some(call) = self.calls.get_mut(&id) else {
            return Ok(());
        };
        if at < call.emitted {
            return Ok(());
        }
        call.emitted = at + 1;
        // It got further: whatever it is lost to next is something else.
        call.plays = call.plays.min(1);
        let stream = call.stream;
        let primed = call.head.version.has_priming_events();
        let message =
            emission.notification(call.head.version, call.progress.as_deref(), Some(level));
        self.save_plays(host, id)?;
        match (message, emission) {
            (Some(message), _) => self.append(host, stream, &message, now_ms),
            (None, Emission::CloseStream) => {
                // Without a priming event, a client may not know where to come back to.
                if primed && self.is_of_call(stream) {
                    if host.is_joined(stream) {
                        host.close(stream);
                    } else {
                        self.note_let_go(host, stream, true)?;
                    }
                }
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    /// The response to a call: the last event of its stream.
    pub fn finish(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        response: &str,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let Some(call) = self.forget_call(host, id)? else {
            return Ok(());
        };
        self.append(host, call.stream, response, now_ms)?;
        self.close_call(host, &call, now_ms)
    }

    /// The calls of this request, cancelled: no response follows.
    pub(super) fn cancel(
        &mut self,
        host: &dyn SessionHost,
        request: &str,
        now_ms: u64,
    ) -> Result<Vec<u32>, RowsError> {
        let meant = self
            .calls
            .iter()
            .filter(|(_, call)| Id::read(&call.head.id) == Id::read(request));
        let meant: Vec<u32> = meant.map(|(id, _)| *id).collect();
        for id in &meant {
            if let Some(call) = self.forget_call(host, *id)? {
                self.close_call(host, &call, now_ms)?;
            }
        }
        Ok(meant)
    }

    /// A stream of its own ends with the call.
    fn close_call(
        &mut self,
        host: &dyn SessionHost,
        call: &SessionCall,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        if self.is_of_call(call.stream) {
            self.end_stream(host, call.stream, now_ms)?;
        }
        Ok(())
    }

    pub(super) fn forget_call(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<Option<SessionCall>, RowsError> {
        let call = self.calls.remove(&id);
        if let Some(call) = &call {
            host.delete(&[CALL, &number(id)].concat())?;
            host.delete(&[PLAYS, &number(id)].concat())?;
            if !call.asks.is_empty() {
                host.clear(&asks(id))?;
            }
        }
        Ok(call)
    }

    pub(super) fn save_call(&self, host: &dyn SessionHost, id: u32) -> Result<(), RowsError> {
        match self.calls.get(&id) {
            Some(call) => host.put(&[CALL, &number(id)].concat(), &call.row()),
            None => Ok(()),
        }
    }

    pub(super) fn save_plays(&self, host: &dyn SessionHost, id: u32) -> Result<(), RowsError> {
        match self.calls.get(&id) {
            Some(call) => host.put(
                &[PLAYS, &number(id)].concat(),
                &format!("{} {} {}", call.emitted, call.plays, call.steps),
            ),
            None => Ok(()),
        }
    }
}
