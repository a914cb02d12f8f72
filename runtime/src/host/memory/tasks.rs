//! What runs, and in which order. An executor of its own, since an object that is lost must take its tasks with it at once, and since
//! a test chooses by dice what runs next.

use crate::once::Task;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};

/// What can be done next.
pub enum Ready {
    /// Go on with this task.
    Poll(u64),
    /// The object of this name takes what it was sent.
    Deliver(String),
}

/// Tasks, and the queue of what is ready.
#[derive(Default)]
pub struct Tasks {
    queue: Arc<Queue>,
    tasks: RefCell<BTreeMap<u64, Running>>,
    next: Cell<u64>,
}

struct Running {
    /// The object that it belongs to; empty for the front.
    owner: String,
    /// Whether the object is to be woken when it is lost before this is done.
    watched: bool,
    wake: Arc<Flag>,
    /// Not there while it is polled.
    task: Option<Task<()>>,
}

struct Queue {
    ready: Mutex<VecDeque<Ready>>,
    /// The host's, which may be parked while nothing is ready.
    thread: Thread,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            ready: Mutex::default(),
            thread: thread::current(),
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Ready>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Flag {
    id: u64,
    queued: AtomicBool,
    queue: Arc<Queue>,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            self.queue.lock().push_back(Ready::Poll(self.id));
            // A handler may be woken by another thread.
            self.queue.thread.unpark();
        }
    }
}

impl Tasks {
    /// Runs a task from the next turn on.
    pub fn spawn(&self, owner: &str, watched: bool, task: Task<()>) {
        let id = self.next.get();
        self.next.set(id + 1);
        let wake = Arc::new(Flag {
            id,
            queued: AtomicBool::new(false),
            queue: self.queue.clone(),
        });
        let running = Running {
            owner: owner.to_owned(),
            watched,
            wake: wake.clone(),
            task: Some(task),
        };
        self.tasks.borrow_mut().insert(id, running);
        wake.wake();
    }

    /// Something was sent to an object.
    pub fn deliver(&self, object: &str) {
        let ready = Ready::Deliver(object.to_owned());
        self.queue.lock().push_back(ready);
    }

    /// One of the things that are ready, by its place in the queue, counted round and round.
    pub fn take(&self, pick: usize) -> Option<Ready> {
        let mut queue = self.queue.lock();
        let at = pick.checked_rem(queue.len())?;
        queue.remove(at)
    }

    /// Whether nothing is ready.
    pub fn is_idle(&self) -> bool {
        self.queue.lock().is_empty()
    }

    /// The object that a task belongs to; `None` when it is gone.
    pub fn owner(&self, id: u64) -> Option<String> {
        let tasks = self.tasks.borrow();
        tasks.get(&id).map(|running| running.owner.clone())
    }

    /// Drops a task.
    pub fn forget(&self, id: u64) {
        let forgotten = self.tasks.borrow_mut().remove(&id);
        drop(forgotten);
    }

    /// Polls a task, if it is still there.
    pub fn poll(&self, id: u64) {
        let taken = self.tasks.borrow_mut().get_mut(&id).and_then(|running| {
            running.wake.queued.store(false, Ordering::Relaxed);
            Some((running.task.take()?, running.wake.clone()))
        });
        let Some((mut task, wake)) = taken else {
            return;
        };
        let waker = Waker::from(wake);
        let polled = task.as_mut().poll(&mut Context::from_waker(&waker));
        let mut tasks = self.tasks.borrow_mut();
        if polled.is_ready() {
            tasks.remove(&id);
        } else if let Some(running) = tasks.get_mut(&id) {
            running.task = Some(task);
        }
    }

    /// Drops the tasks of an object. True when one of them was watched.
    pub fn lose(&self, owner: &str) -> bool {
        let mut tasks = self.tasks.borrow_mut();
        let all = std::mem::take(&mut *tasks).into_iter();
        let (lost, kept): (BTreeMap<_, _>, _) = all.partition(|(_, it)| it.owner == owner);
        *tasks = kept;
        drop(tasks);
        // They are dropped here, where what they drop may wake others.
        lost.into_values().any(|running| running.watched)
    }

    /// Drops all tasks, and forgets what was ready.
    pub fn clear(&self) {
        let all = self.tasks.take();
        drop(all);
        self.queue.lock().clear();
    }
}
