//! The WebSockets of an object, which the platform keeps while it hibernates. The id of one is among its tags.

use super::place::Place;
use crate::host::log;
use crate::websocket::{Message, Sockets};
use js_sys::Uint8Array;
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::WebSocket as Raw;
use worker::{State, WebSocket};

/// The tag of all of them; the streams of MCP, which are the entry's, have others.
const OURS: &str = "ws";
/// The tag of those that follow the state instead.
const FOLLOWERS: &str = "sync";
/// Begins the tag that says until when one may.
const UNTIL: &str = "until:";
/// Begins the tag that has its id.
const ID: &str = "ws:";
/// Begins the tags that a handler gave.
const GIVEN: &str = "t:";

#[wasm_bindgen]
extern "C" {
    type Sends;
    /// `send` of a text that JavaScript has already.
    #[wasm_bindgen(method, catch)]
    fn send(this: &Sends, text: &JsValue) -> Result<(), JsValue>;
}

thread_local! {
    // An isolate has one thread, and ids are random, so objects do not get into each other's way.
    static WAITING: RefCell<BTreeMap<String, Raw>> = const { RefCell::new(BTreeMap::new()) };
}

/// A connection that waits to be accepted, for as long as this lives.
pub struct Waiting(String);

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.with_borrow_mut(|waiting| waiting.remove(&self.0));
    }
}

/// A connection waits under this id.
pub fn wait(id: &str, socket: Raw) -> Waiting {
    WAITING.with_borrow_mut(|waiting| waiting.insert(id.to_owned(), socket));
    Waiting(id.to_owned())
}

/// The connection, if it is not quite gone.
fn socket(state: &State, id: &str) -> Option<WebSocket> {
    let sockets = state.get_websockets_with_tag(&[ID, id].concat());
    sockets.into_iter().next()
}

fn is_open(socket: &WebSocket) -> bool {
    socket.as_ref().ready_state() == Raw::OPEN
}

fn open(state: &State, id: &str) -> Option<WebSocket> {
    socket(state, id).filter(is_open)
}

/// The connections of the object of this context.
pub struct Connections(pub State);

impl Connections {
    /// Accepts the connection that waits under this id.
    fn take_in(&self, id: &str, tags: &[String]) {
        let Some(raw) = WAITING.with_borrow_mut(|waiting| waiting.remove(id)) else {
            log("a connection was accepted that does not wait");
            return;
        };
        let all: Vec<&str> = tags.iter().map(String::as_str).collect();
        self.0
            .accept_websocket_with_tags(&WebSocket::from(raw), &all);
    }
}

impl Sockets for Connections {
    fn accept(&self, id: &str, tags: &[String]) {
        let given = tags.iter().map(|tag| [GIVEN, tag].concat());
        let ours = [OURS.to_owned(), [ID, id].concat()];
        self.take_in(id, &ours.into_iter().chain(given).collect::<Vec<_>>());
    }

    fn connected(&self, tag: Option<&str>) -> Vec<String> {
        let tag = tag.map(|tag| [GIVEN, tag].concat());
        let found = self
            .0
            .get_websockets_with_tag(tag.as_deref().unwrap_or(OURS));
        let open = found.iter().filter(|socket| is_open(socket));
        open.filter_map(|socket| id_of(&self.0.get_tags(socket)))
            .collect()
    }

    fn tell(&self, id: &str, message: &Message) {
        let Some(socket) = open(&self.0, id) else {
            return;
        };
        let sent = match message {
            Message::Text(text) => socket.send_with_str(text),
            Message::Binary(bytes) => socket.send_with_bytes(bytes),
        };
        if let Err(error) = sent {
            log(&format!("a WebSocket: {error}"));
        }
    }

    fn hang_up(&self, id: &str, code: u16, reason: &str) {
        if let Some(socket) = open(&self.0, id)
            && let Err(error) = socket.close(Some(code), Some(reason))
        {
            log(&format!("a WebSocket: {error}"));
        }
    }

    fn attach(&self, id: &str, json: &str) {
        // Bytes: of a text with one character beyond Latin-1, every character would count twice.
        let bytes = Uint8Array::from(json.as_bytes());
        if let Some(socket) = open(&self.0, id)
            && let Err(error) = worker::worker_sys::ext::WebSocketExt::serialize_attachment(
                socket.as_ref(),
                bytes.into(),
            )
        {
            log(&format!("a WebSocket's attachment: {error:?}"));
        }
    }

    fn attachment(&self, id: &str) -> Option<String> {
        let socket = socket(&self.0, id)?;
        let kept =
            worker::worker_sys::ext::WebSocketExt::deserialize_attachment(socket.as_ref()).ok()?;
        let bytes: Uint8Array = JsValue::dyn_into(kept).ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    }

    fn tags(&self, id: &str) -> Vec<String> {
        let Some(socket) = socket(&self.0, id) else {
            return Vec::new();
        };
        let all = self.0.get_tags(&socket);
        let given = all.iter().filter_map(|tag| tag.strip_prefix(GIVEN));
        given.map(str::to_owned).collect()
    }

    fn accept_follower(&self, id: &str, until_ms: u64) {
        let (id_tag, until) = ([ID, id].concat(), format!("{UNTIL}{until_ms}"));
        self.take_in(id, &[FOLLOWERS.to_owned(), id_tag, until]);
    }

    fn follows_until(&self, id: &str) -> Option<u64> {
        until(&self.0.get_tags(&socket(&self.0, id)?))
    }

    fn has_followers(&self) -> bool {
        !self.0.get_websockets_with_tag(FOLLOWERS).is_empty()
    }

    fn tell_followers(&self, text: &str, but: Option<&str>, now_ms: u64, over: (u16, &str)) {
        // One string of JavaScript's for all of them.
        let text = JsValue::from_str(text);
        let mut followers = self.0.get_websockets_with_tag(FOLLOWERS);
        followers.retain(is_open);
        for socket in followers {
            let tags = self.0.get_tags(&socket);
            if but.is_some() && id_of(&tags).as_deref() == but {
                continue;
            }
            let done = match until(&tags).is_some_and(|until_ms| until_ms <= now_ms) {
                true => socket.close(Some(over.0), Some(over.1)).map_err(said),
                false => {
                    let sends = socket.as_ref().unchecked_ref::<Sends>();
                    sends.send(&text).map_err(|error| format!("{error:?}"))
                }
            };
            if let Err(error) = done {
                log(&format!("a WebSocket: {error}"));
            }
        }
    }
}

fn said(error: worker::Error) -> String {
    error.to_string()
}

impl Sockets for Place {
    fn accept(&self, id: &str, tags: &[String]) {
        if let Some(sockets) = self.sockets() {
            sockets.accept(id, tags);
        }
    }

    fn connected(&self, tag: Option<&str>) -> Vec<String> {
        let sockets = self.sockets();
        sockets.map_or_else(Vec::new, |sockets| sockets.connected(tag))
    }

    fn tell(&self, id: &str, message: &Message) {
        if let Some(sockets) = self.sockets() {
            sockets.tell(id, message);
        }
    }

    fn hang_up(&self, id: &str, code: u16, reason: &str) {
        if let Some(sockets) = self.sockets() {
            sockets.hang_up(id, code, reason);
        }
    }

    fn attach(&self, id: &str, json: &str) {
        if let Some(sockets) = self.sockets() {
            sockets.attach(id, json);
        }
    }

    fn attachment(&self, id: &str) -> Option<String> {
        self.sockets()?.attachment(id)
    }

    fn tags(&self, id: &str) -> Vec<String> {
        let sockets = self.sockets();
        sockets.map_or_else(Vec::new, |sockets| sockets.tags(id))
    }

    fn accept_follower(&self, id: &str, until_ms: u64) {
        if let Some(sockets) = self.sockets() {
            sockets.accept_follower(id, until_ms);
        }
    }

    fn follows_until(&self, id: &str) -> Option<u64> {
        self.sockets()?.follows_until(id)
    }

    fn has_followers(&self) -> bool {
        self.sockets().is_some_and(Sockets::has_followers)
    }

    fn tell_followers(&self, text: &str, but: Option<&str>, now_ms: u64, over: (u16, &str)) {
        if let Some(sockets) = self.sockets() {
            sockets.tell_followers(text, but, now_ms, over);
        }
    }
}

fn id_of(tags: &[String]) -> Option<String> {
    tags.iter()
        .find_map(|tag| tag.strip_prefix(ID))
        .map(str::to_owned)
}

fn until(tags: &[String]) -> Option<u64> {
    let until = tags.iter().find_map(|tag| tag.strip_prefix(UNTIL));
    until?.parse().ok()
}
