//! Clients that listen (2026-07-28, `subscriptions/listen`): each has a stream that is joined to this object.

use super::{HUB, Object};
use crate::agent::Agent;
use crate::host::log;
use mcp_agent_protocol::{Change, Listener, RowsError, event};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Begins the keys of listeners.
const LISTENER: &str = "listener/";

impl<A: Agent> Object<A> {
    /// A client begins to listen. Gives the number of its stream and the first event.
    pub(super) fn begin_listening(
        self: &Rc<Self>,
        line: &str,
    ) -> Result<Option<(u32, String)>, RowsError> {
        let Some(listener) = Listener::decode(line) else {
            return Ok(None);
        };
        let mut number = [0; 4];
        self.host.entropy(&mut number);
        let stream = u32::from_le_bytes(number);
        let first = event(&listener.acknowledgement());
        self.with_listeners(|listeners| {
            self.host.put(&key(stream), line)?;
            listeners.insert(stream, listener);
            Ok(())
        })?;
        Ok(Some((stream, first)))
    }

    /// Those who listen hear of a change.
    pub(super) fn tell_listeners(&self, change: &Change) {
        let told = self.with_listeners(|listeners| {
            let mut gone = Vec::new();
            for (stream, listener) in &*listeners {
                let Some(message) = listener.hears(change) else {
                    continue;
                };
                if self.host.is_joined(*stream) {
                    self.host.send(*stream, &event(&message));
                } else {
                    gone.push(*stream);
                }
            }
            for stream in gone {
                self.host.delete(&key(stream))?;
                listeners.remove(&stream);
            }
            Ok(())
        });
        if let Err(error) = told {
            log(&error.to_string());
        }
    }

    /// A client does not listen any more. False where it never did.
    pub(super) fn stop_listening(&self, stream: u32) -> bool {
        let stopped = self.with_listeners(|listeners| {
            let known = listeners.remove(&stream).is_some();
            if known {
                self.host.delete(&key(stream))?;
            }
            Ok(known)
        });
        stopped.unwrap_or_else(|error| {
            log(&error.to_string());
            true
        })
    }

    /// The listeners, of which memory has all that the rows have.
    fn with_listeners<T>(
        &self,
        act: impl FnOnce(&mut BTreeMap<u32, Listener>) -> Result<T, RowsError>,
    ) -> Result<T, RowsError> {
        let mut slot = self.listeners.borrow_mut();
        let listeners = match slot.take() {
            Some(listeners) => listeners,
            None => {
                let rows = self.host.list(LISTENER, "")?.into_iter();
                rows.filter_map(|(key, line)| {
                    let stream = key[LISTENER.len()..].parse().ok()?;
                    Some((stream, Listener::decode(&line)?))
                })
                .collect()
            }
        };
        let done = act(slot.insert(listeners));
        if done.is_err() {
            *slot = None;
        }
        done
    }

    /// Of another object: whoever wants to hear of these changes is told by the one that knows them.
    pub(super) fn announce(self: &Rc<Self>, changed: &[Change]) {
        if changed.is_empty() {
            return;
        }
        for change in changed {
            // Its own session hears of lists, and of what nobody else can subscribe to.
            if Self::has_session_state() || matches!(change, Change::List(_)) {
                self.heard(change);
            }
        }
        if !Self::has_session_state() || changed.iter().any(|it| matches!(it, Change::List(_))) {
            let told = self.host.remote(HUB, "announce", &lines(changed));
            self.host.spawn(Box::pin(async move {
                told.await;
            }));
        }
    }
}

/// One change a line.
pub fn lines(changed: &[Change]) -> String {
    let lines: Vec<String> = changed.iter().map(Change::encode).collect();
    lines.join("\n")
}

/// Reads what [`lines`] wrote.
pub fn read_lines(text: &str) -> Vec<Change> {
    text.lines().filter_map(Change::decode).collect()
}

fn key(stream: u32) -> String {
    [LISTENER, &stream.to_string()].concat()
}
