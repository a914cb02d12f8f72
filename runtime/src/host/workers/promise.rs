//! A future as JavaScript sees it: its value when it is ready at its first poll, a `Promise` otherwise.
//!
//! Most handlers are ready at once, and a `Promise` costs two turns of the event loop.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Polls once; what is not ready then goes on as a `Promise`.
pub fn run(mut future: Pin<Box<dyn Future<Output = String>>>) -> JsValue {
    let relay = Arc::new(Relay::default());
    let waker = Waker::from(relay.clone());
    if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
        return JsValue::from_str(&value);
    }
    let promise = future_to_promise(async move {
        let value = poll_fn(|cx| {
            relay.attach(cx.waker());
            future.as_mut().poll(&mut Context::from_waker(&waker))
        })
        .await;
        Ok(JsValue::from_str(&value))
    });
    promise.into()
}

/// Wakes whoever polls now.
///
/// Some futures, `worker::Delay` among them, keep the waker of their first poll for good. That poll is made here, before there is a
/// task, so its waker must find the task later.
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
        // Without a task yet, nothing is lost: the promise polls once more when it starts.
        if let Some(task) = &*self.task() {
            task.wake_by_ref();
        }
    }
}
