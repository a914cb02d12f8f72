//! Objects that ask objects, by RPC.

use crate::once::Task;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// An object that was asked before, whose stub is kept: only what goes through one stub arrives in its order. It belongs to one object,
/// or to one request, and no other may use it.
#[derive(Clone, Default)]
pub struct Line(Rc<RefCell<Option<(String, JsValue)>>>);

impl Line {
    /// Asks the object of this name: its method `act`. The request leaves when this is called.
    pub fn ask(&self, object: &str, verb: &str, payload: &str) -> Task<Option<String>> {
        let asked = self
            .stub(object)
            .and_then(|stub| send(&stub, verb, payload));
        let role = object.split(':').next().unwrap_or_default().to_owned();
        let line = self.clone();
        Box::pin(async move {
            let answer = match asked {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => answer.as_string(),
                Err(error) => {
                    // A stub that failed may go on failing.
                    line.0.borrow_mut().take();
                    // The name of a session is nobody's business.
                    crate::host::log(&format!("an object ({role}) did not answer: {error:?}"));
                    None
                }
            }
        })
    }

    fn stub(&self, object: &str) -> Result<JsValue, JsValue> {
        let mut kept = self.0.borrow_mut();
        if let Some((name, stub)) = &*kept
            && name == object
        {
            return Ok(stub.clone());
        }
        let env = super::env_value();
        let namespace = Reflect::get(&env, &"AGENT".into())?;
        let get: Function = Reflect::get(&namespace, &"getByName".into())?.dyn_into()?;
        let stub = get.call1(&namespace, &object.into())?;
        *kept = Some((object.to_owned(), stub.clone()));
        Ok(stub)
    }
}

fn send(stub: &JsValue, verb: &str, payload: &str) -> Result<Promise, JsValue> {
    let act: Function = Reflect::get(stub, &"act".into())?.dyn_into()?;
    // Not `Function::call2`: the `call` of what a stub gives is one more name to ask the object for.
    let answer = Reflect::apply(&act, stub, &Array::of2(&verb.into(), &payload.into()))?;
    Ok(Promise::resolve(&answer))
}
