//! A future as JavaScript sees it: its value when it is ready at its first poll, a `Promise` otherwise.

use crate::once::{self, Once, Task};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// What became of a future.
pub enum Polled {
    /// Its value.
    Ready(String),
    /// The `Promise` of it.
    Promised(JsValue),
}

impl From<Polled> for JsValue {
    fn from(polled: Polled) -> Self {
        match polled {
            Polled::Ready(value) => JsValue::from_str(&value),
            Polled::Promised(promise) => promise,
        }
    }
}

/// Polls once; what is not ready then goes on as a `Promise`.
pub fn poll(future: Task<String>) -> Polled {
    match once::poll(future) {
        Once::Ready(value) => Polled::Ready(value),
        Once::Later(rest) => {
            let promise = future_to_promise(async move { Ok(JsValue::from_str(&rest.await)) });
            Polled::Promised(promise.into())
        }
    }
}

/// The same as JavaScript takes it.
pub fn run(future: Task<String>) -> JsValue {
    poll(future).into()
}
