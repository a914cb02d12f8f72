//! The core of one Durable Object: a state, or the session of an HTTP+SSE client.

use super::sql::{Lease, SqlStore};
use super::{promise, signal};
use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::host::log;
use crate::state::StateCell;
use mcp_agent_protocol::{ContentKind, Engine, Output, Reply, Route, Scope, SseSession};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::State;

/// What the entry's object class holds. It belongs to one wasm instance; the class makes another when the instance was swapped.
#[wasm_bindgen]
pub struct ObjectCore(Rc<dyn Object>);

#[wasm_bindgen]
impl ObjectCore {
    /// A call that the front Worker routed here. Answers a signal, or a promise of one.
    pub fn call(&self, payload: &str) -> JsValue {
        self.0.call(payload)
    }

    /// A message that the client of this object's stream posted.
    pub fn post(&self, session: &str, body: &[u8], now_ms: f64) -> JsValue {
        self.0.post(session, body, now_ms as u64)
    }
}

/// An object, whatever its agent.
trait Object {
    fn call(&self, payload: &str) -> JsValue;
    fn post(&self, session: &str, body: &[u8], now_ms: u64) -> JsValue;
}

/// The core of an agent's object.
pub fn make<A: Agent>(ctx: JsValue) -> ObjectCore {
    let ctx = ctx.unchecked_into::<worker::worker_sys::DurableObjectState>();
    // So long after a write, every token of the session is over. (A stream that stays open without a write starts anew.)
    let lease = match (A::CATALOG.scope, ctx.storage()) {
        (Some(Scope::Session), Ok(storage)) => Some(Lease::new(storage, A::POLICY.session_ttl_ms)),
        _ => None,
    };
    let store = SqlStore::new(State::from(ctx).storage().sql(), lease);
    ObjectCore(Rc::new(Core::<A> {
        engine: Rc::new(Engine::new(A::CATALOG, A::POLICY)),
        state: Rc::new(StateCell::new(Box::new(store))),
    }))
}

struct Core<A> {
    engine: Rc<Engine>,
    state: Rc<StateCell<A>>,
}

impl<A: Agent> Object for Core<A> {
    fn call(&self, payload: &str) -> JsValue {
        let Some(payload) = signal::Payload::decode(payload) else {
            // Only the front of another release of this Worker can send what this one does not read.
            log("an object was called in a form that it does not know");
            return JsValue::from_str(&signal::reply(status(500)));
        };
        let job = Job {
            head: payload.head,
            target: payload.target,
            uri: payload.uri.to_owned(),
            arguments: payload.arguments.to_owned(),
        };
        let (engine, state) = (self.engine.clone(), self.state.clone());
        promise::run(Box::pin(async move {
            signal::reply(drive::run(engine, Some(state), job).await)
        }))
    }

    fn post(&self, session: &str, body: &[u8], now_ms: u64) -> JsValue {
        let (Some(mut session), Ok(body)) =
            (SseSession::decode(session), std::str::from_utf8(body))
        else {
            return JsValue::from_str(&signal::reply(status(404)));
        };
        let output = self.engine.message(&mut session, body, now_ms);
        let session = session.encode();
        match output {
            Output::Reply(reply) => JsValue::from_str(&signal::push(&session, reply)),
            Output::Call(call) => match &call.route {
                Route::Object(name) => JsValue::from_str(&signal::call(name, &call)),
                Route::Here => {
                    let job = Job::from(call);
                    let engine = self.engine.clone();
                    promise::run(Box::pin(async move {
                        signal::push("", drive::run::<A>(engine, None, job).await)
                    }))
                }
            },
            Output::Batch(batch) => JsValue::from_str(&signal::batch(&batch)),
            Output::NeedKeys | Output::OpenSse(_) | Output::Post { .. } => {
                log("a message of a stream asked for what only a request can");
                JsValue::from_str(&signal::reply(status(500)))
            }
        }
    }
}

fn status(status: u16) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        content: ContentKind::None,
        body: String::new(),
    }
}
