//! A future polled once, here and now: most are ready at once, and waiting for a turn of the event loop costs more than they do.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// A future on the heap.
pub type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// What one poll came to.
pub enum Once<T> {
    /// It is ready.
    Ready(T),
    /// The rest of it.
    Later(Task<T>),
}

/// Polls once. What is not ready may be polled by any task then.
pub fn poll<T: 'static>(mut future: Task<T>) -> Once<T> {
    let relay = Arc::new(Relay::default());
    let waker = Waker::from(relay.clone());
    if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
        return Once::Ready(value);
    }
    Once::Later(relayed(future, relay, waker))
}

/// What may be polled by one task first and by another later.
pub fn movable<T: 'static>(future: Task<T>) -> Task<T> {
    let relay = Arc::new(Relay::default());
    relayed(future, relay.clone(), relay.into())
}

fn relayed<T: 'static>(mut future: Task<T>, relay: Arc<Relay>, waker: Waker) -> Task<T> {
    Box::pin(poll_fn(move |cx| {
        relay.attach(cx.waker());
        future.as_mut().poll(&mut Context::from_waker(&waker))
    }))
}

/// Wakes whoever polls now.
///
/// Some futures, `worker::Delay` among them, keep the waker of their first poll for good. That poll may be made before there is a task,
/// or by another one, so its waker must find the task later.
#[derive(Default)]
struct Relay(Mutex<Option<Waker>>);

impl Relay {
    fn attach(&self, task: &Waker) {
        self.task()
            .get_or_insert_with(|| task.clone())
            .clone_from(task);
    }

    fn task(&self) -> MutexGuard<'_, Option<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        // Without a task yet, nothing is lost: the task polls once more when it starts.
        if let Some(task) = &*self.task() {
            task.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn whoever_polls_last_is_woken_even_by_what_keeps_its_first_waker() {
        let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
        let keeps = kept.clone();
        let future = poll_fn(move |cx: &mut Context<'_>| {
            keeps
                .lock()
                .unwrap()
                .get_or_insert_with(|| cx.waker().clone());
            Poll::<()>::Pending
        });
        let mut task = movable(Box::pin(future));
        let (first, last) = (Arc::new(Count::default()), Arc::new(Count::default()));
        for task_of in [&first, &last] {
            let waker = Waker::from(task_of.clone());
            assert!(
                task.as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
            );
        }
        kept.lock().unwrap().take().expect("a waker").wake();
        assert_eq!(first.0.load(Ordering::Relaxed), 0);
        assert_eq!(last.0.load(Ordering::Relaxed), 1);
    }
}
