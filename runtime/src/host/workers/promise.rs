//! A future as JavaScript sees it: its value when it is ready at its first poll, a `Promise` otherwise.

use crate::once::{self, Once, Task};
use js_sys::Promise;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// A future as a `Promise`. A panic of ours that unwinds rejects it; those of handlers are caught before ([`crate::unwind`], which also says why
/// nothing is left half-changed).
pub fn promised(future: impl Future<Output = JsValue> + 'static) -> Promise {
    future_to_promise(AssertUnwindSafe(async move { Ok(future.await) }))
}

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
            let promise = promised(async move { JsValue::from_str(&rest.await) });
            Polled::Promised(promise.into())
        }
    }
}

/// Polls once too, for what JavaScript gets as a value of its own.
pub fn run_into<T: 'static>(future: Task<T>, into: fn(T) -> JsValue) -> JsValue {
    match once::poll(future) {
        Once::Ready(value) => into(value),
        Once::Later(rest) => promised(async move { into(rest.await) }).into(),
    }
}

/// The same as JavaScript takes it.
pub fn run(future: Task<String>) -> JsValue {
    poll(future).into()
}
