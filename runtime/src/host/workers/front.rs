//! The front Worker: every request begins here, and most end here.

use super::object::announce;
use super::{WebCrypto, not_utf8, promise};
use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::host::signal;
use mcp_agent_protocol::{Call, Engine, Headers, HttpRequest, Keys, Output, Route};
use std::marker::PhantomData;
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
    Rc::new(Worker::<A> {
        engine: Rc::new(Engine::new(A::CATALOG, A::POLICY)),
        agent: PhantomData,
    })
}

struct Worker<A> {
    engine: Rc<Engine>,
    agent: PhantomData<A>,
}

impl<A: Agent> Front for Worker<A> {
    fn handle(&self, head: &str, body: &[u8], keys: Option<&Keys>, now_ms: u64) -> JsValue {
        let Ok(body) = std::str::from_utf8(body) else {
            return text(&signal::reply(not_utf8()));
        };
        let request = request(head, body);
        match self.engine.handle(&request, keys, now_ms, &mut WebCrypto) {
            Output::Reply(reply) => text(&signal::reply(reply)),
            Output::Batch(batch) => text(&signal::batch(&batch)),
            Output::NeedKeys => text(signal::NEED_KEYS),
            Output::OpenSse(open) => text(&signal::open_sse(&open)),
            Output::Post { object, .. } => text(&signal::post(&object)),
            Output::Session(head) => text(&signal::session(&head)),
            Output::Join(head) => text(&signal::join(&head)),
            Output::Call(call) => self.call(call),
        }
    }

    fn sharing(&self, host: &str, origin: &str) -> String {
        let headers = self.engine.sharing(Some(host), origin);
        signal::header_lines(headers.iter().flatten())
    }
}

impl<A: Agent> Worker<A> {
    fn call(&self, call: Call<'_>) -> JsValue {
        if let Route::Object(name) = &call.route {
            return text(&signal::call(name, &call));
        }
        let job = Rc::new(Job::from(call));
        let engine = self.engine.clone();
        promise::run(Box::pin(async move {
            let mut ran = drive::run::<A>(None, job.clone(), Default::default()).await;
            announce::<A>(std::mem::take(&mut ran.updated)).await;
            signal::reply(ran.reply(&engine, &job.head))
        }))
    }
}

/// `head` is the method, the path with its query, and the header values in the order of [`Headers::NAMES`], one a line.
fn request<'a>(head: &'a str, body: &'a str) -> HttpRequest<'a> {
    let (method, rest) = head.split_once('\n').unwrap_or((head, ""));
    let (target, headers) = rest.split_once('\n').unwrap_or((rest, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    HttpRequest {
        method,
        path,
        query,
        headers: Headers::from_lines(headers),
        body,
    }
}

fn text(signal: &str) -> JsValue {
    JsValue::from_str(signal)
}
