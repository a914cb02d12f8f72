//! The object: everything that has a state, and the clients' streams.

use super::place::Place;
use super::sql::SqlStore;
use super::{promise, rpc};
use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::host::{log, signal};
use crate::object::{Answered, HUB, Object, status};
use crate::state::StateCell;
use js_sys::Function;
use mcp_agent_protocol::{Output, Route, SseSession};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::State;

/// What the entry's object class holds. It belongs to one wasm instance; the class makes another when the instance was swapped.
#[wasm_bindgen]
pub struct ObjectCore(Rc<dyn Core>);

#[wasm_bindgen]
impl ObjectCore {
    /// A call that the front Worker routed here. Answers a signal, or a promise of one.
    pub fn call(&self, payload: &str) -> JsValue {
        self.0.call(payload)
    }

    /// A message that the client of this object's light stream posted.
    pub fn post(&self, session: &str, body: &[u8], now_ms: f64) -> JsValue {
        self.0.post(session, body, now_ms as u64)
    }

    /// A request of the kept session that this object is.
    pub fn session(&self, head: &str, body: &[u8]) -> JsValue {
        self.0.session(head, body)
    }

    /// A client wants a stream of the session: a signal.
    pub fn join(&self, head: &str) -> String {
        self.0.join(head)
    }

    /// Another object asks.
    pub fn act(&self, verb: &str, payload: &str) -> JsValue {
        self.0.act(verb, payload)
    }

    /// The socket of a stream has closed.
    pub fn left(&self, stream: u32) {
        self.0.left(stream);
    }

    /// True when everything that the object stores is to be deleted.
    pub fn alarm(&self) -> bool {
        self.0.alarm()
    }

    /// What was going on when an instance was lost goes on.
    pub fn wake(&self) {
        self.0.wake();
    }
}

/// An object, whatever its agent.
trait Core {
    fn call(&self, payload: &str) -> JsValue;
    fn post(&self, session: &str, body: &[u8], now_ms: u64) -> JsValue;
    fn session(&self, head: &str, body: &[u8]) -> JsValue;
    fn join(&self, head: &str) -> String;
    fn act(&self, verb: &str, payload: &str) -> JsValue;
    fn left(&self, stream: u32);
    fn alarm(&self) -> bool;
    fn wake(&self);
}

/// The core of an agent's object. `watch` is given every promise that nobody awaits.
pub fn make<A: Agent>(ctx: JsValue, watch: Function) -> ObjectCore {
    let ctx = ctx.unchecked_into::<worker::worker_sys::DurableObjectState>();
    let storage = ctx.storage();
    let state = State::from(ctx);
    let store = SqlStore::new(state.storage().sql());
    match storage {
        Ok(storage) => ObjectCore(Rc::new(Object::<A>::new(
            Rc::new(Place::new(state, storage, watch)),
            StateCell::new(Box::new(store)),
        ))),
        Err(_) => wasm_bindgen::throw_str("a Durable Object without storage"),
    }
}

impl<A: Agent> Core for Rc<Object<A>> {
    fn call(&self, payload: &str) -> JsValue {
        match Object::call(self, payload) {
            Some(reply) => promise::run(Box::pin(async move { signal::reply(reply.await) })),
            None => {
                // Only the front of another release of this Worker can send what this one does not read.
                log("an object was called in a form that it does not know");
                JsValue::from_str(&signal::reply(status(500)))
            }
        }
    }

    fn post(&self, session: &str, body: &[u8], now_ms: u64) -> JsValue {
        let (Some(mut session), Ok(body)) =
            (SseSession::decode(session), std::str::from_utf8(body))
        else {
            return JsValue::from_str(&signal::reply(status(404)));
        };
        let output = self.engine().message(&mut session, body, now_ms);
        let session = session.encode();
        match output {
            Output::Reply(reply) => JsValue::from_str(&signal::push(&session, reply)),
            Output::Call(call) => match &call.route {
                Route::Object(name) => JsValue::from_str(&signal::call(name, &call)),
                Route::Here => {
                    let job = Rc::new(Job::from(call));
                    let engine = self.engine().clone();
                    promise::run(Box::pin(async move {
                        let mut ran = drive::run::<A>(None, job.clone(), Default::default()).await;
                        announce::<A>(std::mem::take(&mut ran.updated)).await;
                        signal::push("", ran.reply(&engine, &job.head))
                    }))
                }
            },
            Output::Batch(batch) => JsValue::from_str(&signal::batch(&batch)),
            _ => {
                log("a message of a stream asked for what only a request can");
                JsValue::from_str(&signal::reply(status(500)))
            }
        }
    }

    fn session(&self, head: &str, body: &[u8]) -> JsValue {
        let Ok(body) = std::str::from_utf8(body) else {
            return JsValue::from_str(&signal::reply(super::not_utf8()));
        };
        let answered = Object::session(self, head, body);
        promise::run(Box::pin(async move {
            match answered.await {
                Answered::Reply(reply) => signal::reply(reply),
                Answered::Follow(head) => signal::join(&head),
                Answered::Elsewhere(signal) => signal,
            }
        }))
    }

    fn join(&self, head: &str) -> String {
        match Object::join(self, head) {
            Ok(join) => signal::joined(&join),
            Err(refusal) => signal::reply(refusal),
        }
    }

    fn act(&self, verb: &str, payload: &str) -> JsValue {
        if verb == "call" {
            return Core::call(self, payload);
        }
        match Object::act(self, verb, payload) {
            Some(answer) => promise::run(answer),
            None => {
                log("an object was asked in a form that it does not know");
                wasm_bindgen::JsValue::NULL
            }
        }
    }

    fn left(&self, stream: u32) {
        Object::left(self, stream);
    }

    fn alarm(&self) -> bool {
        Object::alarm(self)
    }

    fn wake(&self) {
        Object::wake(self);
    }
}

/// A handler that ran in no object of the state changed these.
pub async fn announce<A: Agent>(updated: Vec<String>) {
    if !updated.is_empty() && A::CATALOG.resources.iter().any(|item| item.subscribe) {
        rpc::ask(HUB, "announce", &updated.join("\n")).await;
    }
}
