//! Clients that listen (2026-07-28, `subscriptions/listen`): each has a stream that is joined to this object.

use super::Object;
use crate::agent::Agent;
use crate::host::log;
use crate::once::Task;
use mcp_agent_protocol::{Change, Listener, RowsError, event};
use std::collections::BTreeMap;
use std::future::ready;
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
        if A::TASKS {
            // When the stream is joined, which it is in this very turn.
            let this = self.clone();
            self.host
                .spawn(Box::pin(async move { this.hear_tasks(stream) }));
        }
        Ok(Some((stream, first)))
    }

    /// Has the tasks that a client listens to tell of themselves, and says how they are now.
    pub(super) fn hear_tasks(self: &Rc<Self>, stream: u32) {
        let tasks = self.with_listeners(|listeners| {
            let listener = listeners.get(&stream);
            let tasks = listener.map(|it| it.tasks().map(str::to_owned).collect());
            Ok(tasks.unwrap_or_default())
        });
        let tasks: Vec<String> = tasks.unwrap_or_else(|error| {
            log(&error.to_string());
            Vec::new()
        });
        for task in tasks {
            let (this, heard) = (self.clone(), self.host.remote(&task, "hear", ""));
            self.host.spawn(Box::pin(async move {
                let news = heard.await.unwrap_or_default();
                if !news.is_empty() {
                    this.tell_of(Some(stream), &task, &news);
                }
            }));
        }
    }

    /// A task is another now: its object, a line end, and what it says. Answers `0` when nobody listens to it.
    pub(super) fn task_is_another(self: &Rc<Self>, payload: &str) -> Option<Task<String>> {
        let (object, news) = payload.split_once('\n')?;
        let heard = if self.tell_of(None, object, news) {
            "1"
        } else {
            "0"
        };
        Some(Box::pin(ready(heard.to_owned())))
    }

    /// Those who listen to a task, or one of them, hear how it is. False when there is none.
    fn tell_of(&self, only: Option<u32>, object: &str, news: &str) -> bool {
        let told = self.with_listeners(|listeners| {
            let mut told = false;
            for (stream, listener) in &*listeners {
                let meant = only.is_none_or(|only| only == *stream);
                if meant
                    && self.host.is_joined(*stream)
                    && let Some(message) = listener.hears_task(object, news)
                {
                    self.host.send(*stream, &event(&message));
                    told = true;
                }
            }
            Ok(told)
        });
        told.unwrap_or_else(|error| {
            log(&error.to_string());
            true
        })
    }

    /// Those who listen hear of a change.
    pub(super) fn tell_listeners(&self, change: &Change) {
        let told = self.with_listeners(|listeners| {
            let mut gone = Vec::new();
            for (stream, listener) in &*listeners {
                let Some(message) = listener.hears(change) else {
                    continue;
                };
                if !self.host.reach(*stream, &event(&message)) {
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

    /// Nobody listens here any more: their streams end, and they come back.
    pub(super) fn end_listening(&self) {
        let ended = self.with_listeners(|listeners| {
            for stream in listeners.keys() {
                self.host.close(*stream);
            }
            Ok(())
        });
        if let Err(error) = ended {
            log(&error.to_string());
        }
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
    /// `who` made them.
    pub(super) fn announce(self: &Rc<Self>, who: Option<&str>, changed: &[Change]) {
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
            self.tell_hub(who, changed);
        }
    }

    /// The one object that knows who listens is told; where states belong to principals, that of who made the changes.
    pub(super) fn tell_hub(&self, who: Option<&str>, changed: &[Change]) {
        if changed.is_empty() {
            return;
        }
        let told = self.host.remote(
            &super::hub::<A>(&self.engine, who),
            "announce",
            &lines(changed),
        );
        self.host.spawn(Box::pin(async move {
            told.await;
        }));
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
