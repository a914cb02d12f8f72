//! A change is told to all who want to hear of it: in order, not more often than anybody can follow, and not lost when this object is.

use super::Object;
use super::hub::WATCH;
use crate::agent::Agent;
use crate::host::{delay, log};
use crate::once::Task;
use mcp_agent_protocol::{Change, RowsError};
use std::rc::Rc;

/// Begins the keys of resources whose subscribers have not all been told yet.
const UNTOLD: &str = "untold/";
/// In this time, in milliseconds,
const WINDOW_MS: u64 = 100;
/// a resource is told of so often at once; later changes are told of together, when the time is over.
const BURST: u32 = 20;
/// So many resources are remembered that were told of lately.
const REMEMBERED: usize = 64;

/// What was told of a resource lately.
#[derive(Debug, Default)]
pub struct Telling {
    since_ms: u64,
    times: u32,
    /// Somebody is being told.
    busy: bool,
    /// It has changed since.
    again: bool,
}

impl<A: Agent> Object<A> {
    /// Clients that listen, and sessions that subscribe to resources, hear that these are others now.
    pub(super) fn fan_out(self: &Rc<Self>, changed: &[Change]) {
        for change in changed {
            match change {
                Change::Resource(uri) => self.tell(uri),
                Change::List(_) => self.tell_listeners(change),
            }
        }
    }

    /// What an earlier life of this object has not told.
    pub(super) fn tell_untold(self: &Rc<Self>) {
        if self.resumed.replace(true) {
            return;
        }
        match self.host.list(UNTOLD, "") {
            Ok(rows) => {
                for (key, _) in rows {
                    self.tell(&key[UNTOLD.len()..]);
                }
            }
            Err(error) => log(&error.to_string()),
        }
    }

    fn tell(self: &Rc<Self>, uri: &str) {
        let Some(wait_ms) = self.turn_to_tell(uri) else {
            return;
        };
        let mut told = None;
        if wait_ms == 0 {
            let asked = self.tell_now(uri);
            if asked.is_empty() {
                return self.set(uri, |it| it.busy = false);
            }
            told = Some(asked);
        }
        // From here on, somebody is told later: in the transaction of the change, because nothing was waited for since.
        let key = [UNTOLD, uri].concat();
        if let Err(error) = self.host.put(&key, "") {
            log(&error.to_string());
        }
        let (this, uri) = (self.clone(), uri.to_owned());
        self.host.spawn(Box::pin(async move {
            let mut wait_ms = wait_ms;
            loop {
                let asked = match told.take() {
                    Some(asked) => asked,
                    None => {
                        delay(wait_ms).await;
                        // What has changed while it waited is told with it.
                        this.set(&uri, |it| it.again = false);
                        this.tell_now(&uri)
                    }
                };
                for it in asked {
                    it.await;
                }
                match this.told(&uri) {
                    Some(next_ms) => wait_ms = next_ms,
                    None => break,
                }
            }
            if let Err(error) = this.host.delete(&key) {
                log(&error.to_string());
            }
        }));
    }

    /// How long to wait before it is told, in milliseconds. `None` where that is going on already, and will be done again.
    fn turn_to_tell(&self, uri: &str) -> Option<u64> {
        let now_ms = self.host.now_ms();
        let mut all = self.telling.borrow_mut();
        if all.len() > REMEMBERED {
            all.retain(|_, it| it.busy || it.since_ms + WINDOW_MS > now_ms);
        }
        let it = all.entry(uri.to_owned()).or_default();
        if it.busy {
            it.again = true;
            return None;
        }
        it.busy = true;
        Some(it.wait_ms(now_ms))
    }

    /// Everybody was told. How long to wait before they are told again, if it has changed since.
    fn told(&self, uri: &str) -> Option<u64> {
        let now_ms = self.host.now_ms();
        let mut all = self.telling.borrow_mut();
        let it = all.get_mut(uri)?;
        it.busy = std::mem::take(&mut it.again);
        it.busy.then(|| it.wait_ms(now_ms))
    }

    fn set(&self, uri: &str, set: impl FnOnce(&mut Telling)) {
        if let Some(it) = self.telling.borrow_mut().get_mut(uri) {
            set(it);
        }
    }

    /// Tells everybody: listeners at once, sessions as soon as their objects answer.
    fn tell_now(self: &Rc<Self>, uri: &str) -> Vec<Task<()>> {
        let change = Change::Resource(uri.to_owned());
        self.tell_listeners(&change);
        self.sessions(uri, &change).unwrap_or_else(|error| {
            log(&error.to_string());
            Vec::new()
        })
    }

    fn sessions(self: &Rc<Self>, uri: &str, change: &Change) -> Result<Vec<Task<()>>, RowsError> {
        let prefix = [WATCH, uri, "\n"].concat();
        let rows = self.host.list(&prefix, "")?.into_iter();
        let told = rows.map(|(key, _)| {
            let session = ["session:", &key[prefix.len()..]].concat();
            let told = self.host.remote(&session, "heard", &change.encode());
            let this = self.clone();
            let told: Task<()> = Box::pin(async move {
                if told.await.as_deref() == Some("0")
                    && let Err(error) = this.host.delete(&key)
                {
                    log(&error.to_string());
                }
            });
            told
        });
        Ok(told.collect())
    }
}

impl Telling {
    /// Counts one more, and says how long it has to wait, in milliseconds.
    fn wait_ms(&mut self, now_ms: u64) -> u64 {
        let end_ms = self.since_ms.saturating_add(WINDOW_MS);
        if now_ms >= end_ms {
            self.since_ms = now_ms;
            self.times = 0;
        }
        self.times += 1;
        if self.times <= BURST {
            return 0;
        }
        // It counts for the time that it is told in.
        self.since_ms = end_ms;
        self.times = 1;
        end_ms.saturating_sub(now_ms)
    }
}
