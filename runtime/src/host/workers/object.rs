//! The object: everything that has a state, and the clients' streams.

use super::beside::Beside;
use super::place::Place;
use super::promise;
use super::sockets::Connections;
use super::sql::SqlStore;
use crate::agent::Agent;
use crate::host::front::guarded;
use crate::object::Object;
use crate::state::StateCell;
use js_sys::Function;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::State;
use worker::worker_sys::DurableObjectState;

/// What the entry's object class holds. It belongs to one wasm instance; the class makes another when the instance was swapped. A panic that
/// unwinds leaves nothing of it half-changed (see `crate::unwind`).
#[wasm_bindgen]
pub struct ObjectCore(pub(super) AssertUnwindSafe<Rc<dyn Core>>);

#[wasm_bindgen]
impl ObjectCore {
    /// A call that the front Worker routed here. Answers a signal, or a promise of one.
    pub fn call(&self, payload: &str) -> JsValue {
        self.0.call(payload)
    }

    /// A message that the client of this object's light stream posted; `who` is its principal, empty where nobody is asked.
    pub fn post(&self, who: &str, session: &str, body: &[u8]) -> JsValue {
        self.0.post(who, session, body)
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
pub(super) trait Core: Beside {
    fn call(&self, payload: &str) -> JsValue;
    fn post(&self, who: &str, session: &str, body: &[u8]) -> JsValue;
    fn session(&self, head: &str, body: &[u8]) -> JsValue;
    fn join(&self, head: &str) -> String;
    fn act(&self, verb: &str, payload: &str) -> JsValue;
    fn left(&self, stream: u32);
    fn alarm(&self) -> bool;
    fn wake(&self);
}

/// The core of an agent's object. `watch` is given every promise that nobody awaits; `lost_by` is what [`super::blame`] said when the
/// object's last instance ended.
pub fn make<A: Agent>(ctx: JsValue, watch: Function, lost_by: &str) -> ObjectCore {
    let again = ctx.clone();
    let ctx = ctx.unchecked_into::<DurableObjectState>();
    let storage = ctx.storage();
    let state = State::from(ctx);
    let store = SqlStore::new(state.storage().sql());
    match storage {
        Ok(storage) => {
            let mut place = Place::new(state, storage, watch, lost_by);
            if const { A::EVENTS.websocket.is_some() || A::SYNC.is_some() } {
                place = place.with_sockets(Box::new(Connections(State::from(
                    again.unchecked_into::<DurableObjectState>(),
                ))));
            }
            if const { A::SQL || A::SCHEDULES } {
                place = place.with_tables();
            }
            let state = StateCell::new(Box::new(store));
            let core = Object::<A>::new(guarded::<A>(), Rc::new(place), state);
            ObjectCore(AssertUnwindSafe(Rc::new(core)))
        }
        Err(_) => wasm_bindgen::throw_str("a Durable Object without storage"),
    }
}

impl<A: Agent> Core for Rc<Object<A>> {
    fn call(&self, payload: &str) -> JsValue {
        promise::run(self.asked_to_call(payload))
    }

    fn post(&self, who: &str, session: &str, body: &[u8]) -> JsValue {
        promise::run(self.asked_to_post(who, session, body))
    }

    fn session(&self, head: &str, body: &[u8]) -> JsValue {
        promise::run(self.asked_in_session(head, body))
    }

    fn join(&self, head: &str) -> String {
        self.asked_to_join(head)
    }

    fn act(&self, verb: &str, payload: &str) -> JsValue {
        self.asked_to_act(verb, payload)
            .map_or(JsValue::NULL, promise::run)
    }

    fn left(&self, stream: u32) {
        if A::KEPT || A::TASKS {
            Object::left(self, stream);
        }
    }

    fn alarm(&self) -> bool {
        (A::KEPT || A::HANDLES || A::TASKS || A::SCHEDULES || A::SYNC.is_some())
            && Object::alarm(self)
    }

    fn wake(&self) {
        if A::KEPT || A::TASKS || A::SCHEDULES {
            Object::wake(self);
        }
    }
}
