//! WebSockets of the agent's own: a client's end, and what an object has of it.

use super::place::Place;
use super::shared::{Event, Shared};
use crate::websocket::{Message, Sockets};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// Nobody said goodbye.
const GONE: u16 = 1006;

/// Both ends of a connection.
pub struct Wire {
    pub id: String,
    pub object: String,
    tags: RefCell<Vec<String>>,
    attachment: RefCell<Option<String>>,
    /// What the client has got and not yet looked at.
    unread: RefCell<Vec<Message>>,
    accepted: Cell<bool>,
    /// Until when it may follow the state, if it does.
    follows: Cell<Option<u64>>,
    /// How it ended, as its client sees it.
    end: RefCell<Option<(u16, String)>>,
}

/// What an object hears of a connection.
pub enum Heard {
    Message(Message),
    Closed(u16, String),
    Failed(String),
}

/// The connections of all objects. An object that is lost does not lose them.
#[derive(Default)]
pub struct Wires(RefCell<BTreeMap<String, Rc<Wire>>>);

impl Wires {
    /// One that waits to be accepted.
    pub fn wait(&self, object: &str, id: &str) -> Rc<Wire> {
        let wire = Rc::new(Wire {
            id: id.to_owned(),
            object: object.to_owned(),
            tags: RefCell::default(),
            attachment: RefCell::default(),
            unread: RefCell::default(),
            accepted: Cell::new(false),
            follows: Cell::new(None),
            end: RefCell::default(),
        });
        self.0.borrow_mut().insert(id.to_owned(), wire.clone());
        wire
    }

    /// It is over, and everybody has heard of it.
    pub fn forget(&self, id: &str) {
        self.0.borrow_mut().remove(id);
    }

    /// The machine is gone, and all connections with it.
    pub fn kill(&self) {
        for wire in self.0.take().into_values() {
            wire.over(GONE, "");
        }
    }

    fn get(&self, id: &str) -> Option<Rc<Wire>> {
        self.0.borrow().get(id).cloned()
    }

    fn of(&self, object: &str) -> Vec<Rc<Wire>> {
        let wires = self.0.borrow();
        let of = wires.values().filter(|wire| wire.object == object);
        of.filter(|wire| wire.is_open()).cloned().collect()
    }
}

impl Wire {
    fn is_open(&self) -> bool {
        self.accepted.get() && self.end.borrow().is_none()
    }

    /// True when it was not over before.
    fn over(&self, code: u16, reason: &str) -> bool {
        let mut end = self.end.borrow_mut();
        let first = end.is_none();
        end.get_or_insert_with(|| (code, reason.to_owned()));
        first
    }

    /// The object closes it, and hears of it when the client has agreed, whose close says the code alone.
    pub fn hang_up(self: &Rc<Self>, shared: &Shared, code: u16, reason: &str) {
        if self.is_open() && self.over(code, reason) {
            shared.hear(self, Heard::Closed(code, String::new()));
        }
    }

    /// The client is gone.
    pub fn leave(self: &Rc<Self>, shared: &Shared, code: u16, reason: &str) {
        if self.over(code, reason) && self.accepted.get() {
            shared.hear(self, Heard::Closed(code, reason.to_owned()));
        }
    }
}

/// While what a client sent is handled. Where the handler is lost, so is that, and the client is told: the connection is closed with 1011.
pub struct Handling {
    wire: Rc<Wire>,
    shared: Rc<Shared>,
    done: bool,
}

impl Handling {
    pub fn of(wire: Rc<Wire>, shared: Rc<Shared>) -> Self {
        Self {
            wire,
            shared,
            done: false,
        }
    }

    pub fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        if !self.done {
            self.wire.hang_up(&self.shared, 1011, "internal error");
        }
    }
}

impl Shared {
    /// An object is told of a connection.
    fn hear(&self, wire: &Rc<Wire>, heard: Heard) {
        let wire = wire.clone();
        self.send(&wire.object.clone(), Event::Socket { wire, heard });
    }
}

impl Sockets for Place {
    fn accept(&self, id: &str, tags: &[String]) {
        if let Some(wire) = self.shared.wires.get(id) {
            *wire.tags.borrow_mut() = tags.to_vec();
            wire.accepted.set(true);
        }
    }

    fn connected(&self, tag: Option<&str>) -> Vec<String> {
        let all = self.shared.wires.of(&self.object).into_iter();
        let all = all.filter(|wire| wire.follows.get().is_none());
        let tagged =
            |wire: &Wire| tag.is_none_or(|tag| wire.tags.borrow().iter().any(|given| given == tag));
        all.filter(|wire| tagged(wire))
            .map(|wire| wire.id.clone())
            .collect()
    }

    fn tell(&self, id: &str, message: &Message) {
        if let Some(wire) = self.shared.wires.get(id).filter(|wire| wire.is_open()) {
            wire.unread.borrow_mut().push(message.clone());
        }
    }

    fn hang_up(&self, id: &str, code: u16, reason: &str) {
        if let Some(wire) = self.shared.wires.get(id) {
            wire.hang_up(&self.shared, code, reason);
        }
    }

    fn attach(&self, id: &str, json: &str) {
        if let Some(wire) = self.shared.wires.get(id) {
            *wire.attachment.borrow_mut() = Some(json.to_owned());
        }
    }

    fn attachment(&self, id: &str) -> Option<String> {
        let wire = self.shared.wires.get(id)?;
        wire.attachment.borrow().clone()
    }

    fn tags(&self, id: &str) -> Vec<String> {
        let wire = self.shared.wires.get(id);
        wire.map(|wire| wire.tags.borrow().clone())
            .unwrap_or_default()
    }

    fn accept_follower(&self, id: &str, until_ms: u64) {
        if let Some(wire) = self.shared.wires.get(id) {
            wire.follows.set(Some(until_ms));
            wire.accepted.set(true);
        }
    }

    fn follows_until(&self, id: &str) -> Option<u64> {
        self.shared.wires.get(id)?.follows.get()
    }

    fn has_followers(&self) -> bool {
        let all = self.shared.wires.of(&self.object);
        all.iter().any(|wire| wire.follows.get().is_some())
    }

    fn tell_followers(&self, text: &str, but: Option<&str>, now_ms: u64, over: (u16, &str)) {
        for wire in self.shared.wires.of(&self.object) {
            match wire.follows.get() {
                Some(_) if Some(&*wire.id) == but => {}
                Some(until_ms) if until_ms <= now_ms => wire.hang_up(&self.shared, over.0, over.1),
                Some(_) => wire.unread.borrow_mut().push(text.into()),
                None => {}
            }
        }
    }
}

/// A client's end of a connection ([`Host::connect`](super::Host::connect)). Dropping it is a client that is gone without a word.
pub struct WebSocket {
    pub(super) wire: Rc<Wire>,
    pub(super) shared: Rc<Shared>,
}

impl WebSocket {
    /// Sends something; [`Host::run`](super::Host::run) brings it there.
    pub fn send(&self, message: impl Into<Message>) {
        if self.wire.is_open() {
            let heard = Heard::Message(message.into());
            self.shared.hear(&self.wire, heard);
        }
    }

    /// What came since the last look.
    pub fn received(&self) -> Vec<Message> {
        self.wire.unread.take()
    }

    /// Says goodbye.
    pub fn close(&self, code: u16, reason: &str) {
        self.wire.leave(&self.shared, code, reason);
    }

    /// The connection fails.
    pub fn fail(&self, error: &str) {
        if self.wire.is_open() {
            let heard = Heard::Failed(error.to_owned());
            self.shared.hear(&self.wire, heard);
            self.wire.leave(&self.shared, GONE, "");
        }
    }

    /// How it was closed, by whichever end: the code and the reason. `None` while it is open.
    pub fn closed(&self) -> Option<(u16, String)> {
        self.wire.end.borrow().clone()
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        self.wire.leave(&self.shared, GONE, "");
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("id", &self.wire.id)
            .field("closed", &self.closed())
            .finish_non_exhaustive()
    }
}
