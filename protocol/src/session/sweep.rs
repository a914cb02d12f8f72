//! What nobody comes back for goes.

use super::stream::Kind;
use super::{ALARM, RowsError, Session, SessionHost};
use crate::policy::Policy;

/// The shortest time between two sweeps, in milliseconds: alarms may sound a little early.
const SOON_MS: u64 = 1_000;

impl Session {
    /// Asks to be swept at this time, unless it is to be sooner anyway. The time is a row, or else each request of a session that slept
    /// would put the sweep off.
    pub(super) fn wake(
        &mut self,
        host: &dyn SessionHost,
        at_ms: u64,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        // A sweep that should have been is one that was lost, or that is about to come: either way it is not put off.
        let overdue = self.alarm_ms.is_some_and(|alarm| alarm <= now_ms);
        let at_ms = if overdue {
            now_ms.saturating_add(SOON_MS)
        } else {
            at_ms
        };
        let comes = |alarm: u64| alarm > now_ms && alarm <= at_ms;
        if at_ms < u64::MAX && !self.alarm_ms.is_some_and(comes) {
            self.alarm_ms = Some(at_ms);
            host.put(ALARM, &at_ms.to_string())?;
            host.wake_at(at_ms);
        }
        Ok(())
    }

    /// Takes away what is over. Gives the time of the next sweep, or `None` when nothing of the session is worth keeping: then all
    /// rows of the object are to be deleted.
    pub fn sweep(
        &mut self,
        host: &dyn SessionHost,
        policy: &Policy,
        now_ms: u64,
    ) -> Result<Option<u64>, RowsError> {
        self.alarm_ms = None;
        if now_ms >= self.expires_ms || !self.stored {
            self.close_all(host);
            return Ok(None);
        }
        let ttl = policy.stream_ttl_ms;
        for (id, stream) in self.streams.clone() {
            let waits = self.calls.values().any(|call| call.stream == id);
            if let Some(ended) = stream.ended_ms {
                if now_ms >= ended.saturating_add(ttl) {
                    self.forget_stream(host, id)?;
                }
            } else if host.is_joined(id) {
                if stream.kind != Kind::Call {
                    // Whoever is still there has had what is older.
                    self.forget_events(host, id, now_ms.saturating_sub(ttl))?;
                }
            } else if stream.kind == Kind::Call && waits {
                // Its client may take as long as the session lasts.
            } else if let Some(left) = stream.left_ms {
                if now_ms >= left.saturating_add(ttl) {
                    if stream.kind == Kind::Sse {
                        return Ok(None);
                    }
                    self.forget_stream(host, id)?;
                }
            } else {
                self.note_left(host, id, Some(now_ms))?;
            }
        }
        if self.sse.is_some() && self.streams.is_empty() {
            return Ok(None);
        }
        // A stream that somebody listens to, and on which nothing is kept, does not wake its object.
        let rests = |(id, stream): (&u32, &super::stream::Stream)| {
            stream.ended_ms.is_none() && stream.next <= 2 && host.is_joined(*id)
        };
        let after_ms = match self.streams.iter().all(rests) {
            true => policy.session_ttl_ms,
            false => ttl,
        };
        let next = self.expires_ms.min(now_ms.saturating_add(after_ms));
        let next = next.max(now_ms.saturating_add(SOON_MS));
        self.alarm_ms = Some(next);
        host.put(ALARM, &next.to_string())?;
        Ok(Some(next))
    }

    /// Nobody is joined to this stream any more, as the host has noticed. What was sent on it is kept for a while.
    pub fn left(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        policy: &Policy,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let open = |stream: &super::Stream| stream.ended_ms.is_none();
        if self.streams.get(&id).is_some_and(open) && !host.is_joined(id) {
            self.note_left(host, id, Some(now_ms))?;
            let at_ms = now_ms.saturating_add(policy.stream_ttl_ms);
            self.wake(host, at_ms, now_ms)?;
        }
        Ok(())
    }

    fn close_all(&self, host: &dyn SessionHost) {
        for id in self.streams.keys() {
            host.close(*id);
        }
    }
}
