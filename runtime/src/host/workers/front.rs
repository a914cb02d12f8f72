//! The front Worker.

use super::rpc::Line;
use super::{WebCrypto, promise};
use crate::agent::Agent;
use crate::host::front::{self, Told};
use crate::object::HUB;
use mcp_agent_protocol::Keys;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// A front, whatever its agent.
pub trait Front {
    /// One request.
    fn handle(&self, head: &str, body: &[u8], keys: Option<&Keys>, now_ms: u64) -> JsValue;
    /// The header lines that let a page of this origin read its answers; none for a page that is refused.
    fn sharing(&self, host: &str, origin: &str) -> String;
}

/// The front of an agent.
pub fn make<A: Agent>() -> Rc<dyn Front> {
    Rc::new(front::Front::<A>::new())
}

impl<A: Agent> Front for front::Front<A> {
    fn handle(&self, head: &str, body: &[u8], keys: Option<&Keys>, now_ms: u64) -> JsValue {
        let announce = |uris: &str| Line::default().ask(HUB, "announce", uris);
        match self.handle(head, body, keys, now_ms, &mut WebCrypto, announce) {
            Told::Now(signal) => JsValue::from_str(&signal),
            Told::Later(task) => promise::run(task),
        }
    }

    fn sharing(&self, host: &str, origin: &str) -> String {
        self.sharing(host, origin)
    }
}
