//! What JavaScript asks of an object that is no MCP: WebSockets of the agent's own, and plain requests.

use super::object::ObjectCore;
use super::{promise, sockets};
use crate::agent::Agent;
use crate::host::{plain, signal};
use crate::object::Object;
use crate::once::Task;
use crate::request::Response;
use crate::sync::Joining;
use crate::websocket::{self, Message};
use js_sys::{Array, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::web_sys::WebSocket;

/// An object, whatever its agent.
pub trait Beside {
    fn request(&self, head: &str, body: &[u8]) -> JsValue;
    fn connect(&self, head: &str, socket: WebSocket) -> JsValue;
    fn received(&self, id: &str, message: Message) -> JsValue;
    fn closed(&self, id: &str, code: u16, reason: String) -> JsValue;
    fn failed(&self, id: &str, error: String) -> JsValue;
}

#[wasm_bindgen]
impl ObjectCore {
    /// A plain request. Answers a signal and a body, or a promise of them.
    pub fn request(&self, head: &str, body: &[u8]) -> JsValue {
        self.0.request(head, body)
    }

    /// A client wants to connect; `socket` is the end that is accepted then. Answers a signal, or one and a body, or a promise of those.
    pub fn connect(&self, head: &str, socket: JsValue) -> JsValue {
        self.0.connect(head, socket.unchecked_into())
    }

    /// The client of a connection sent a text.
    pub fn text(&self, id: &str, text: String) -> JsValue {
        self.0.received(id, Message::Text(text))
    }

    /// The client of a connection sent bytes.
    pub fn bytes(&self, id: &str, bytes: Vec<u8>) -> JsValue {
        self.0.received(id, Message::Binary(bytes))
    }

    /// A connection has ended.
    pub fn closed(&self, id: &str, code: u16, reason: String) -> JsValue {
        self.0.closed(id, code, reason)
    }

    /// A connection has failed.
    pub fn failed(&self, id: &str, error: String) -> JsValue {
        self.0.failed(id, error)
    }
}

impl<A: Agent> Beside for Rc<Object<A>> {
    fn request(&self, head: &str, body: &[u8]) -> JsValue {
        if const { A::EVENTS.request.is_none() } {
            return JsValue::UNDEFINED;
        }
        promise::run_into(self.requested(plain::read::<A>(head, body)), answer)
    }

    fn connect(&self, head: &str, socket: WebSocket) -> JsValue {
        if A::SYNC.is_some() && Joining::is(head) {
            let id = websocket::follower_id(&self.socket_id());
            let _waiting = sockets::wait(&id, socket);
            return connected(self.join_follower(&id, head));
        }
        if const { A::EVENTS.websocket.is_none() } {
            return JsValue::UNDEFINED;
        }
        let id = self.socket_id();
        let waiting = sockets::wait(&id, socket);
        let connecting = Object::connect(self, id, plain::read::<A>(head, &[]));
        let waited: Task<_> = Box::pin(async move {
            let connected = connecting.await;
            drop(waiting);
            connected
        });
        promise::run_into(waited, connected)
    }

    fn received(&self, id: &str, message: Message) -> JsValue {
        if const { A::EVENTS.websocket.is_none() && A::SYNC.is_none() } {
            return JsValue::UNDEFINED;
        }
        done(Object::received(self, id, message))
    }

    fn closed(&self, id: &str, code: u16, reason: String) -> JsValue {
        if const { A::EVENTS.websocket.is_none() && A::SYNC.is_none() } {
            return JsValue::UNDEFINED;
        }
        done(Object::closed(self, id, code, reason))
    }

    fn failed(&self, id: &str, error: String) -> JsValue {
        if const { A::EVENTS.websocket.is_none() && A::SYNC.is_none() } {
            return JsValue::UNDEFINED;
        }
        done(Object::failed(self, id, error))
    }
}

/// Whether a client is connected, or the refusal.
fn connected(connected: Result<(), Response>) -> JsValue {
    match connected {
        Ok(()) => JsValue::from_str(signal::ACCEPTED),
        Err(refusal) => answer(refusal),
    }
}

/// An answer to a plain request: a signal, and the body's bytes.
pub fn answer(response: Response) -> JsValue {
    let (signal, body) = plain::write(response);
    Array::of2(&signal.into(), &Uint8Array::from(&*body)).into()
}

fn done(task: Task<()>) -> JsValue {
    promise::run_into(task, |()| JsValue::UNDEFINED)
}
