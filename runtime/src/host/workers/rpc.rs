//! Objects that ask objects, by RPC.

use crate::once::Task;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Asks the object of this name: its method `act`. The request leaves when this is called.
pub fn ask(object: &str, verb: &str, payload: &str) -> Task<Option<String>> {
    let asked = send(object, verb, payload);
    let object = object.split(':').next().unwrap_or_default().to_owned();
    Box::pin(async move {
        let answer = match asked {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => answer.as_string(),
            Err(error) => {
                // The name of a session is nobody's business.
                crate::host::log(&format!("an object ({object}) did not answer: {error:?}"));
                None
            }
        }
    })
}

fn send(object: &str, verb: &str, payload: &str) -> Result<Promise, JsValue> {
    let env = super::env_value();
    let namespace = Reflect::get(&env, &"AGENT".into())?;
    let get: Function = Reflect::get(&namespace, &"getByName".into())?.dyn_into()?;
    let stub = get.call1(&namespace, &object.into())?;
    let act: Function = Reflect::get(&stub, &"act".into())?.dyn_into()?;
    // Not `Function::call2`: the `call` of what a stub gives is one more name to ask the object for.
    let answer = Reflect::apply(&act, &stub, &Array::of2(&verb.into(), &payload.into()))?;
    Ok(Promise::resolve(&answer))
}
