//! A play of a call: what its handler has said and wanted since it was last polled.

use crate::Result;
use crate::once::Task;
use mcp_agent_protocol::{Emission, Journal, Want};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::task::Waker;

/// Where the results of steps last: in the object that plays the call, or in one that the front asks.
pub trait Steps {
    /// The result of this step, JSON.
    fn get(&self, nonce: &str, key: &str) -> Task<Result<Option<String>>>;
    /// Keeps it.
    fn put(&self, nonce: &str, key: &str, json: &str) -> Task<Result<()>>;
}

/// One play.
pub struct Live {
    pub journal: Journal,
    pub steps: Box<dyn Steps>,
    /// Questions that have no answer yet.
    wants: RefCell<Vec<Want>>,
    /// How often the handler has spoken in this play.
    said: Cell<u32>,
    /// What it said since the last look, with its place in all that it says.
    emissions: RefCell<Vec<(u32, Emission)>>,
    /// The last progress, which may only grow.
    progress: Cell<f64>,
    cancelled: Cell<bool>,
    /// Whether it may become a task.
    pub defers: Cell<bool>,
    /// How many steps are under way.
    stepping: Cell<u32>,
    /// Whether it is not to be played again when it has answered.
    counts: Cell<bool>,
    sleepers: RefCell<Vec<Waker>>,
}

impl Live {
    pub fn new(journal: Journal, steps: Box<dyn Steps>) -> Self {
        Self {
            journal,
            steps,
            wants: RefCell::default(),
            said: Cell::new(0),
            emissions: RefCell::default(),
            progress: Cell::new(f64::NEG_INFINITY),
            cancelled: Cell::new(false),
            defers: Cell::new(false),
            stepping: Cell::new(0),
            counts: Cell::new(false),
            sleepers: RefCell::default(),
        }
    }

    /// Waits for an answer that this play will not see.
    pub async fn wait<T>(&self, want: Want) -> T {
        self.wants.borrow_mut().push(want);
        pending().await
    }

    /// What the handler cannot go on without.
    pub fn take_wants(&self) -> Vec<Want> {
        self.wants.take()
    }

    /// The handler speaks. What a play before this one said already is not said again.
    pub fn say(&self, emission: Emission) {
        let at = self.said.get();
        self.said.set(at + 1);
        if at >= self.journal.emitted {
            self.emissions.borrow_mut().push((at, emission));
        }
    }

    /// Whether a progress is further than the last.
    pub fn advances(&self, progress: f64) -> bool {
        let further = progress > self.progress.get();
        if further {
            self.progress.set(progress);
        }
        further
    }

    /// What was said since the last look.
    pub fn take_emissions(&self) -> Vec<(u32, Emission)> {
        self.emissions.take()
    }

    pub fn cancel(&self) {
        self.cancelled.set(true);
        for waker in self.sleepers.take() {
            waker.wake();
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    /// A step begins. It is over when what this gives is dropped.
    pub fn step(&self) -> Stepping<'_> {
        self.count();
        self.stepping.set(self.stepping.get() + 1);
        Stepping(&self.stepping)
    }

    /// Whether a step is under way: what it does is done, but not stored.
    pub fn is_stepping(&self) -> bool {
        self.stepping.get() > 0
    }

    /// The call does what must not be done twice.
    pub fn count(&self) {
        self.counts.set(true);
    }

    /// Whether it did, in this play or in an earlier one.
    pub fn counts(&self) -> bool {
        self.counts.get()
    }

    /// Wakes this when the call is cancelled.
    pub fn on_cancel(&self, waker: &Waker) {
        let mut sleepers = self.sleepers.borrow_mut();
        if !sleepers.iter().any(|known| known.will_wake(waker)) {
            sleepers.push(waker.clone());
        }
    }
}

/// A step that is under way.
pub struct Stepping<'a>(&'a Cell<u32>);

impl Drop for Stepping<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
