//! What nobody comes back for goes.

use super::stream::Kind;
use super::{RowsError, Session, SessionHost};
use crate::policy::Policy;

impl Session {
    /// Asks to be swept at this time, unless it is to be sooner anyway.
    pub(super) fn wake(&mut self, host: &dyn SessionHost, at_ms: u64) {
        if at_ms < u64::MAX && self.alarm_ms.is_none_or(|alarm| alarm > at_ms) {
            self.alarm_ms = Some(at_ms);
            host.wake_at(at_ms);
        }
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
                self.note_left(host, id, None)?;
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
        let next = if self.streams.is_empty() {
            self.expires_ms
        } else {
            self.expires_ms.min(now_ms.saturating_add(ttl))
        };
        self.alarm_ms = Some(next);
        Ok(Some(next))
    }

    fn close_all(&self, host: &dyn SessionHost) {
        for id in self.streams.keys() {
            host.close(*id);
        }
    }
}
