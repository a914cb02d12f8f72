//! The front Worker.

use super::WebCrypto;
use super::promise::{self, Polled};
use super::rpc::Line;
use crate::agent::Agent;
use crate::host::front::{self, FrontHost, Told};
use crate::host::front_beside::Beside;
use crate::host::signal;
use crate::once::Task;
use js_sys::Function;
use mcp_agent_protocol::{Entropy, Keys};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// A front, whatever its agent.
pub trait Front {
    /// One request.
    fn handle(&self, head: &str, body: &str, now_ms: u64) -> Polled;
    /// Keeps a head.
    fn keep_head(&self, at: usize, head: &str);
    /// One request, whose head is kept. `None` where it is not.
    fn handle_at(&self, at: usize, body: &str, now_ms: u64) -> Option<Polled>;
    /// A client comes for its stream.
    fn follow(&self, stream: u32, push: Function) -> JsValue;
    /// The client of a stream is gone.
    fn left(&self, stream: u32);
    /// A request that is no MCP.
    fn beside(&self, head: &str, body: &[u8]) -> JsValue;
    /// The header lines that let a page of this origin read its answers; none for a page that is refused.
    fn sharing(&self, host: &str, origin: &str) -> String;
}

/// The front of an agent.
pub fn make<A: Agent>() -> Rc<dyn Front> {
    Rc::new(front::Front::<A>::new(Rc::new(Worker)))
}

/// The Worker that a front runs in.
struct Worker;

impl FrontHost for Worker {
    fn keys(&self) -> Option<Rc<Keys>> {
        super::known_keys()
    }

    fn entropy(&self, out: &mut [u8]) {
        WebCrypto.fill(out);
    }

    fn ask(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>> {
        // A stub belongs to its request.
        Line::default().ask(object, verb, payload)
    }
}

fn polled(told: Told) -> Polled {
    match told {
        Told::Now(signal) => Polled::Ready(signal),
        Told::Later(task) => promise::poll(task),
    }
}

impl<A: Agent> Front for front::Front<A> {
    fn handle(&self, head: &str, body: &str, now_ms: u64) -> Polled {
        polled(self.handle(head, body, now_ms))
    }

    fn keep_head(&self, at: usize, head: &str) {
        self.keep_head(at, head);
    }

    fn handle_at(&self, at: usize, body: &str, now_ms: u64) -> Option<Polled> {
        self.handle_at(at, body, now_ms).map(polled)
    }

    fn follow(&self, stream: u32, push: Function) -> JsValue {
        if !A::ASKS {
            return JsValue::UNDEFINED;
        }
        let push = move |events: Option<&str>| {
            let events = events.map_or(JsValue::NULL, JsValue::from_str);
            // A client that is gone is noticed by the entry.
            let _pushed = push.call1(&JsValue::NULL, &events);
        };
        let rest = self.follow(stream, Rc::new(push));
        let followed = promise::promised(async move {
            rest.await;
            JsValue::UNDEFINED
        });
        followed.into()
    }

    fn left(&self, stream: u32) {
        if A::ASKS {
            self.left(stream);
        }
    }

    fn beside(&self, head: &str, body: &[u8]) -> JsValue {
        if !Self::BESIDE {
            return JsValue::UNDEFINED;
        }
        match self.beside(head, body, js_sys::Date::now() as u64) {
            Beside::Answer(task) => promise::run_into(task, super::beside::answer),
            Beside::Request(at) => JsValue::from_str(&signal::ask_plain(&at.object, &at.who)),
            Beside::Connect(at) => JsValue::from_str(&signal::connect(&at.object, &at.who)),
            Beside::Follow(at) => JsValue::from_str(&signal::follower(&at.object, &at.who)),
            Beside::NeedKeys => JsValue::from_str(signal::NEED_KEYS),
        }
    }

    fn sharing(&self, host: &str, origin: &str) -> String {
        self.sharing(host, origin)
    }
}
