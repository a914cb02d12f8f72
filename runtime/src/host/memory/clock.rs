//! Time: virtual, which stands still until somebody moves it, or the machine's.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

thread_local! {
    /// The clock of the host whose turn it is.
    static CURRENT: RefCell<Option<Rc<Clock>>> = const { RefCell::new(None) };
}

/// A clock and its timers.
pub struct Clock {
    /// When the clock was made, or what it was set to.
    now_ms: Cell<u64>,
    /// When the clock was made, if it goes by itself.
    began: Option<Instant>,
    next: Cell<u64>,
    /// By when they go off, and then in the order in which they were set.
    timers: RefCell<BTreeMap<(u64, u64), Waker>>,
}

impl Clock {
    /// One that stands still.
    pub fn at(now_ms: u64) -> Rc<Self> {
        Self::new(now_ms, None)
    }

    /// One that goes. Somebody who sets the machine's clock does not move it.
    pub fn real() -> Rc<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now_ms = since.map_or(0, |since| since.as_millis());
        let now_ms = u64::try_from(now_ms).unwrap_or(u64::MAX);
        Self::new(now_ms, Some(Instant::now()))
    }

    fn new(now_ms: u64, began: Option<Instant>) -> Rc<Self> {
        Rc::new(Self {
            now_ms: Cell::new(now_ms),
            began,
            next: Cell::new(0),
            timers: RefCell::default(),
        })
    }

    pub fn now_ms(&self) -> u64 {
        let passed = self.began.map_or(0, |began| began.elapsed().as_millis());
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.now_ms.get().saturating_add(passed)
    }

    /// Time does not go back.
    pub fn set(&self, now_ms: u64) {
        self.now_ms.set(self.now_ms.get().max(now_ms));
    }

    /// When the next timer goes off.
    pub fn next_ms(&self) -> Option<u64> {
        let timers = self.timers.borrow();
        timers.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }

    /// Wakes whoever has waited long enough.
    pub fn fire(&self) {
        while self.next_ms().is_some_and(|at_ms| at_ms <= self.now_ms()) {
            let timer = self.timers.borrow_mut().pop_first();
            if let Some((_, waker)) = timer {
                waker.wake();
            }
        }
    }

    /// What is done in here waits by this clock.
    pub fn lend<T>(self: &Rc<Self>, act: impl FnOnce() -> T) -> T {
        /// A handler that panics ends a test, and not the clock of the next one on this thread.
        struct Back(Option<Rc<Clock>>);
        impl Drop for Back {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _back = Back(CURRENT.replace(Some(self.clone())));
        act()
    }
}

/// Milliseconds since the Unix epoch, by the clock of the host whose turn it is; 0 where there is none.
pub fn now_ms() -> u64 {
    CURRENT.with_borrow(|clock| clock.as_ref().map_or(0, |clock| clock.now_ms()))
}

/// Waits by the clock of the host whose turn it is; for ever where there is none.
pub async fn delay(ms: u64) {
    let Some(clock) = CURRENT.with_borrow(Clone::clone) else {
        return pending().await;
    };
    let at_ms = clock.now_ms().saturating_add(ms);
    let timer = Timer {
        clock,
        at_ms,
        key: None,
    };
    timer.await;
}

struct Timer {
    clock: Rc<Clock>,
    at_ms: u64,
    /// Since it was first waited for.
    key: Option<(u64, u64)>,
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let key = match self.key {
            Some(key) => key,
            None => {
                let number = self.clock.next.get();
                self.clock.next.set(number + 1);
                (self.at_ms, number)
            }
        };
        let mut timers = self.clock.timers.borrow_mut();
        if self.key.is_some() && !timers.contains_key(&key) {
            return Poll::Ready(());
        }
        timers.insert(key, cx.waker().clone());
        drop(timers);
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.clock.timers.borrow_mut().remove(&key);
        }
    }
}
