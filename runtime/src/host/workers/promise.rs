//! A future as JavaScript sees it: its value when it is ready at its first poll, a `Promise` otherwise.

use crate::once::{self, Once, Task};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Polls once; what is not ready then goes on as a `Promise`.
pub fn run(future: Task<String>) -> JsValue {
    match once::poll(future) {
        Once::Ready(value) => JsValue::from_str(&value),
        Once::Later(rest) => {
            future_to_promise(async move { Ok(JsValue::from_str(&rest.await)) }).into()
        }
    }
}
