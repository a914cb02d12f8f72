//! The same host for people instead of tests: it goes by the machine's clock, and what panics is lost alone.

use super::chance::Chance;
use super::clock::Clock;
use super::shared::Shared;
use super::tasks::Ready;
use super::{Host, RowsError, Storage};
use crate::agent::Agent;
use crate::host::front::{Front, guarded};
use crate::play;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

impl<A: Agent> Host<A> {
    /// A host for one client that is not reached over HTTP, over what a storage has.
    ///
    /// # Errors
    /// When the storage fails.
    pub(crate) fn live(storage: Rc<dyn Storage>) -> Result<Self, RowsError> {
        let shared = Shared::new(Chance::Machine, Clock::real(), storage);
        shared.forget_sessions()?;
        Ok(Self::with(shared, Front::without_headers, || {
            guarded::<A>().without_headers()
        }))
    }

    /// Does one of the things that can be done. False when there is none. A panic loses the object in which it happens, as the instance of
    /// a Worker would be, and nothing else.
    pub(crate) fn live_turn(&self) -> bool {
        self.shared.clock.fire();
        self.shared.ring();
        let Some(ready) = self.shared.tasks.take(0) else {
            return false;
        };
        let (task, object) = match &ready {
            Ready::Poll(task) => (Some(*task), self.shared.tasks.owner(*task)),
            Ready::Deliver(object) => (None, Some(object.clone())),
        };
        // What was half done is in the object, which is dropped.
        if catch_unwind(AssertUnwindSafe(|| self.act(ready))).is_err() {
            let culprit = play::panicked();
            match (object.filter(|object| !object.is_empty()), task) {
                (Some(object), _) => {
                    let culprit = culprit.unwrap_or_else(|| "-".to_owned());
                    self.shared.blame(&object, culprit);
                    self.evict(&object);
                }
                (None, Some(task)) => self.shared.tasks.forget(task),
                (None, None) => {}
            }
        }
        true
    }

    /// What was done is stored.
    ///
    /// # Errors
    /// When nobody knows whether it is. Nothing of it may be seen, and this host must be dropped.
    pub(crate) fn commit(&self) -> Result<(), RowsError> {
        self.shared.storage.commit()
    }

    /// Waits until something can be done, until somebody unparks this thread, or for this long.
    pub(crate) fn rest(&self, longest: Duration) {
        if !self.shared.tasks.is_idle() {
            return;
        }
        let next_ms = self.shared.next_ms();
        let due = next_ms.map(|at_ms| at_ms.saturating_sub(self.now_ms()));
        let due = due.map_or(longest, Duration::from_millis);
        // A clock of milliseconds has not reached the next one a little before it.
        thread::park_timeout(longest.min(due));
    }
}
