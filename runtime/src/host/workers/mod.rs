//! The Workers host.
//!
//! The JavaScript entry (`entry.mjs`, the same in every project) holds every client stream and is the object class. It crosses into
//! Rust once a request, with plain strings and bytes, through the functions that `__rt1::export!` puts into the user's crate. Rust
//! answers with one string, whose first character says what the entry has to do ([`super::signal`]). So a reset of the wasm instance, which
//! is what a panic ends in, takes no stream with it.

mod beside;
mod front;
mod object;
mod place;
mod promise;
mod rpc;
mod sockets;
mod sql;
mod tables;

pub use object::ObjectCore;

use crate::agent::Agent;
use crate::object::status;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use front::Front;
use mcp_agent_protocol::{Entropy, Keys, Version};
use promise::Polled;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::Env;

/// People write keys with either alphabet, with and without padding.
const STANDARD_OR_URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

thread_local! {
    // A Worker isolate has one thread, one agent, and one environment.
    static ENV: OnceCell<JsValue> = const { OnceCell::new() };
    static KEYS: RefCell<Option<Rc<Keys>>> = const { RefCell::new(None) };
    static FRONT: OnceCell<Rc<dyn Front>> = const { OnceCell::new() };
    static LATER: RefCell<JsValue> = const { RefCell::new(JsValue::UNDEFINED) };
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(into: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// The platform's random numbers.
struct WebCrypto;

impl Entropy for WebCrypto {
    fn fill(&mut self, out: &mut [u8]) {
        // It fails only for more than 65,536 bytes or outside a request; an unfilled buffer must never become a key.
        if get_random_values(out).is_err() {
            wasm_bindgen::throw_str("no random numbers here");
        }
    }
}

/// The Worker's environment.
///
/// # Panics
/// Before [`init`], which the entry calls first of all.
pub fn env() -> Env {
    ENV.with(|env| match env.get() {
        Some(env) => Env::from(env.clone()),
        None => panic!(
            "`Cx::env` was called outside of a Worker: natively, under `cargo test` and over stdio, there are no bindings"
        ),
    })
}

fn env_value() -> JsValue {
    ENV.with(|env| env.get().cloned().unwrap_or(JsValue::UNDEFINED))
}

/// Gives this wasm instance its environment, and answers what the entry must know: the largest body in bytes, the
/// interval of heartbeats in milliseconds, the version without sessions, the paths of what is no MCP, whether states belong to principals, and the request headers that Rust
/// reads, one a line.
pub fn init<A: Agent>(env: JsValue) -> String {
    ENV.with(|cell| {
        cell.get_or_init(|| {
            // Where panics unwind, none ends the instance.
            if A::KEPT && cfg!(not(panic = "unwind")) {
                blame();
            }
            env
        });
    });
    let (max, interval) = (A::POLICY.max_body, A::POLICY.keepalive_ms);
    let (socket, plain) = super::front_beside::paths::<A>();
    let version = Version::LATEST.as_str();
    let homes = if A::SOMEONES { "1" } else { "" };
    let mut config = format!("{max}\n{interval}\n{version}\n{socket}\n{plain}\n{homes}");
    for name in super::front::header_names::<A>() {
        config.push('\n');
        config.push_str(name);
    }
    config
}

/// Gives this wasm instance the sealing keys: 32 bytes in base64 each, with commas between, the one to seal with first. False when they are
/// not that. `homes` is the one that names of principals' objects are made with, empty where there are none.
pub fn keys(encoded: &str, homes: &str) -> bool {
    let read = |key: &str| {
        let bytes = STANDARD_OR_URL.decode(key.trim().replace('-', "+").replace('_', "/"));
        bytes
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
    };
    let Some(mut keys) = encoded.split(',').map(read).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let current = keys.remove(0); // splitting gives at least one
    let keys = Keys::new(current, keys);
    let keys = match (homes.is_empty(), read(homes)) {
        (true, _) => keys,
        (false, Some(homes)) => keys.with_homes(homes),
        (false, None) => return false,
    };
    KEYS.set(Some(Rc::new(keys)));
    true
}

/// Asks an object of the same Worker, through a stub of its own.
#[cfg(target_arch = "wasm32")]
pub(super) async fn ask(object: &str, verb: &str, payload: &str) -> Option<String> {
    rpc::Line::default().ask(object, verb, payload).await
}

fn known_keys() -> Option<Rc<Keys>> {
    KEYS.with_borrow(Clone::clone)
}

/// One request: `head` is the method, the path with its query, and the headers that [`init`] listed, one a line.
pub fn handle<A: Agent>(head: &str, body: &[u8], now_ms: f64) -> JsValue {
    match std::str::from_utf8(body) {
        Ok(body) => front::<A>().handle(head, body, now_ms as u64).into(),
        Err(_) => JsValue::from_str(&not_utf8()),
    }
}

/// Keeps the head of a request at a place from 0 to 63, for [`handle_text`].
pub fn keep<A: Agent>(at: u32, head: &str) {
    front::<A>().keep_head(at as usize, head);
}

/// The same with a head that is [kept](keep) and a body that was decoded already, of so many bytes as it came. What does not decode becomes
/// U+FFFD, of three bytes, and a byte order mark nothing, so the size tells, but where both add up: the first three bytes of a character of four are as long as what they
/// become. An empty signal is one that is not there yet: [`later`] has the promise of it. (A string costs less to hand over than a value
/// that may be one.)
pub fn handle_text<A: Agent>(head: u32, body: &str, size: f64, now_ms: f64) -> String {
    if body.len() as f64 != size {
        return not_utf8();
    }
    match front::<A>().handle_at(head as usize, body, now_ms as u64) {
        Some(Polled::Ready(signal)) => signal,
        Some(Polled::Promised(promise)) => {
            LATER.set(promise);
            String::new()
        }
        None => super::signal::reply(status(500)),
    }
}

/// What the last [`handle_text`] promised. To be fetched at once.
pub fn later() -> JsValue {
    LATER.replace(JsValue::UNDEFINED)
}

fn not_utf8() -> String {
    super::signal::reply(super::front::not_utf8())
}

/// A client comes for the stream that signal `X` told of. `push` is given what is said, whole events, and `null` at the end; the promise is
/// settled then.
pub fn follow<A: Agent>(stream: u32, push: js_sys::Function) -> JsValue {
    front::<A>().follow(stream, push)
}

/// The client of such a stream is gone.
pub fn left<A: Agent>(stream: u32) {
    front::<A>().left(stream);
}

/// A request at one of the paths of what is no MCP: `head` is the method, the path with its query, and all headers, one a line. Answers a
/// signal, or one and a body, or a promise of those.
pub fn beside<A: Agent>(head: &str, body: &[u8]) -> JsValue {
    front::<A>().beside(head, body)
}

/// The headers that are added to any answer to a request with an `Origin`, one a line; none where that origin is refused.
pub fn sharing<A: Agent>(host: &str, origin: &str) -> String {
    front::<A>().sharing(host, origin)
}

/// A task has panicked that nobody awaits, and the panic has unwound. Those that had their turn behind it have it when the next task wants one:
/// this is one.
pub fn stir() {
    wasm_bindgen_futures::spawn_local(std::future::ready(()));
}

fn front<A: Agent>() -> Rc<dyn Front> {
    FRONT.with(|cell| cell.get_or_init(front::make::<A>).clone())
}

/// The core of one Durable Object. `watch` is given every promise that nobody awaits; `lost_by` is what a panic told before it ended
/// the instance that the object was in, empty if there was none.
pub fn object<A: Agent>(ctx: JsValue, watch: js_sys::Function, lost_by: &str) -> ObjectCore {
    object::make::<A>(ctx, watch, lost_by)
}

/// A panic ends the instance, and all that runs in it. Before it does, JavaScript hears who it was: the nonce of a call, or `-`. So calls
/// that were lost with it can be told from the one that would end the next instance too.
fn blame() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Ok(global) = js_sys::global().dyn_into::<js_sys::Object>() {
            let culprit = crate::play::played_now();
            let culprit = JsValue::from_str(culprit.as_deref().unwrap_or("-"));
            // Without it, every call counts the loss.
            let _told = js_sys::Reflect::set(&global, &"mcpLostBy".into(), &culprit);
        }
        before(panic);
    }));
}
