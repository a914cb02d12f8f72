//! Who subscribes to what: known in one object, so that a change is heard of in every session, whatever isolate it was made in.

use super::{HUB, Object};
use crate::agent::Agent;
use crate::handle::HANDLE;
use crate::host::Host;
use crate::once::Task;
use mcp_agent_protocol::{Change, RowsError};
use std::cell::Cell;
use std::future::ready;
use std::rc::Rc;

/// Begins the keys of subscriptions: the URI, a line end, the session.
pub(super) const WATCH: &str = "watch/";
/// The row of when rows that are over are looked for.
const SWEEP: &str = "sweep";
/// The row of a session that says which object knows what it subscribes to, where that is not that of everybody.
const HUB_ROW: &str = "hub";
/// How often rows that are over are looked for, in milliseconds.
const SWEEP_MS: u64 = 3_600_000;

impl<A: Agent> Object<A> {
    /// A session subscribes, or does not any more: `+` or `-`, until when, the session, the URI, one a line.
    pub(super) fn watch(&self, payload: &str) -> Option<Task<String>> {
        let mut parts = payload.splitn(4, '\n');
        let on = parts.next()? == "+";
        let until_ms = parts.next()?;
        let session = parts.next()?;
        let key = [WATCH, parts.next()?, "\n", session].concat();
        let done = if on {
            self.sweep_later();
            self.host.put(&key, until_ms)
        } else {
            self.host.delete(&key)
        };
        if let Err(error) = done {
            crate::host::log(&error.to_string());
            return None;
        }
        Some(Box::pin(ready(String::new())))
    }

    /// The session subscribes in this object: at its end, nobody is there to say whose it was.
    pub(super) fn remember_hub(&self, hub: &str) -> Result<(), RowsError> {
        match A::SOMEONES && self.host.get(HUB_ROW)?.is_none() {
            true => self.host.put(HUB_ROW, hub),
            false => Ok(()),
        }
    }

    /// This object's session is over: it subscribes to nothing any more. Of one over HTTP+SSE, the hub could not know when that is.
    pub(super) fn unwatch(self: &Rc<Self>) {
        let watched = self.with_session("", |session, _| {
            let uris = session.subscriptions().map(str::to_owned);
            Ok((session.id().to_owned(), uris.collect::<Vec<_>>()))
        });
        let (session, uris) = match watched {
            Ok(watched) if !Self::has_session_state() => watched,
            Ok(_) => return,
            Err(error) => return crate::host::log(&error.to_string()),
        };
        let hub = match self.host.get(HUB_ROW) {
            Ok(row) => row.unwrap_or_else(|| HUB.to_owned()),
            Err(error) => return crate::host::log(&error.to_string()),
        };
        for uri in uris {
            let payload = format!("-\n0\n{session}\n{uri}");
            let told = self.host.remote(&hub, "watch", &payload);
            self.host.spawn(Box::pin(async move {
                told.await;
            }));
        }
    }

    /// Something that this object's session may want to hear of is another now. False where it does not.
    pub(super) fn heard(self: &Rc<Self>, change: &Change) -> bool {
        let now_ms = self.host.now_ms();
        let heard = self.with_session("", |session, host| match change {
            Change::Resource(uri) => session.updated(host, uri, now_ms),
            Change::List(list) => session.list_changed(host, *list, now_ms).map(|()| true),
        });
        heard.unwrap_or_else(|error| {
            crate::host::log(&error.to_string());
            true
        })
    }

    /// Takes the rows of an object away that is no session, as far as they are over. Gives the time of the next sweep; `u64::MAX` for
    /// none.
    pub(super) fn sweep_rows(&self, now_ms: u64) -> Result<u64, RowsError> {
        let mut left = false;
        for prefix in [
            WATCH,
            super::steps::STEP,
            super::elsewhere::DONE,
            super::rounds::ENDED,
        ] {
            left |= self.sweep_prefix(prefix, now_ms)?;
        }
        if A::SYNC.is_some() {
            left |= self.sweep_prefix(super::sync::USED, now_ms)?;
            left |= self.sweep_prefix(super::sync::BEHIND, now_ms)?;
        }
        if A::HANDLES {
            left |= self.sweep_handles(now_ms)?;
        }
        if !left {
            self.sweep_ms.set(None);
            self.host.delete(SWEEP)?;
            return Ok(u64::MAX);
        }
        let next_ms = now_ms + SWEEP_MS;
        self.sweep_ms.set(Some(next_ms));
        self.host.put(SWEEP, &next_ms.to_string())?;
        Ok(next_ms)
    }

    /// Takes handles away whose time is over, a few at a time: together they may be more than an object can hold in memory. True when some
    /// are left.
    pub(super) fn sweep_handles(&self, now_ms: u64) -> Result<bool, RowsError> {
        let mut left = false;
        for first in 0..=255_u8 {
            left |= self.sweep_prefix(&format!("{HANDLE}{first:02x}"), now_ms)?;
        }
        Ok(left)
    }

    /// Takes the rows of these keys away that are over. True when some are left.
    fn sweep_prefix(&self, prefix: &str, now_ms: u64) -> Result<bool, RowsError> {
        let mut left = false;
        for (key, row) in self.host.list(prefix, "")? {
            let until = row.split('\n').next().and_then(|until| until.parse().ok());
            if until.is_none_or(|until: u64| until <= now_ms) {
                self.host.delete(&key)?;
            } else {
                left = true;
            }
        }
        Ok(left)
    }

    /// Makes sure that rows which end are looked for. When that is to be is a row too, or else an object that is always busy would put
    /// it off for ever.
    pub(super) fn sweep_later(&self) {
        sweep_later(&*self.host, &self.sweep_ms);
    }
}

/// The same for a handle that was minted, which in the object of a session goes with the session.
pub fn sweep_handles_later(host: &dyn Host) {
    match host.get("session") {
        Ok(Some(_)) => {}
        Ok(None) => sweep_later(host, &Cell::new(None)),
        Err(error) => crate::host::log(&error.to_string()),
    }
}

fn sweep_later(host: &dyn Host, known: &Cell<Option<u64>>) {
    let now_ms = host.now_ms();
    let comes = |at_ms: Option<u64>| at_ms.is_some_and(|at_ms| at_ms > now_ms);
    if comes(known.get()) {
        return;
    }
    let at_ms = match host.get(SWEEP) {
        Ok(row) => row.and_then(|at_ms| at_ms.parse().ok()),
        Err(error) => return crate::host::log(&error.to_string()),
    };
    if comes(at_ms) {
        return known.set(at_ms);
    }
    let at_ms = now_ms + SWEEP_MS;
    if let Err(error) = host.put(SWEEP, &at_ms.to_string()) {
        return crate::host::log(&error.to_string());
    }
    known.set(Some(at_ms));
    host.wake_at(at_ms);
}
