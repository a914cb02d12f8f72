//! What the front and the objects of a host have in common.

use super::beside::Connecting;
use super::chance::Chance;
use super::clock::Clock;
use super::place::{STATES, object_of};
use super::socket::Socket;
use super::storage::Storage;
use super::tasks::Tasks;
use super::websocket::{Heard, Wire, Wires};
use crate::request::Response;
use mcp_agent_protocol::{Keys, RowsError};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use tokio::sync::oneshot;

/// Of when each object wants to be woken.
const ALARMS: &str = "alarms";
const KEYRING: &str = "keyring";
const SEALING_KEY: &str = "sealing-key";
const HOME_KEY: &str = "home-key";

/// What an object is sent. A reply that is dropped says that the object was lost.
pub enum Event {
    /// A call for its state.
    Call {
        payload: String,
        reply: oneshot::Sender<String>,
    },
    /// A request of its kept session.
    Session {
        head: String,
        body: String,
        reply: oneshot::Sender<String>,
    },
    /// A message for its light session.
    Post {
        who: String,
        body: String,
        reply: oneshot::Sender<String>,
    },
    /// Another object asks.
    Act {
        verb: &'static str,
        payload: String,
        reply: oneshot::Sender<String>,
    },
    /// What it has stored is deleted, and whoever asked for that is told.
    Forget {
        told: String,
        reply: oneshot::Sender<String>,
    },
    /// A client wants a stream of its kept session: the socket, or a refusal.
    Join {
        head: String,
        reply: oneshot::Sender<Result<Rc<Socket>, String>>,
    },
    /// A client opens a light session.
    Open {
        session: String,
        reply: oneshot::Sender<Rc<Socket>>,
    },
    /// The client of a stream is gone.
    Left(Rc<Socket>),
    /// A plain request.
    Plain {
        head: String,
        body: Vec<u8>,
        reply: oneshot::Sender<Response>,
    },
    /// A client wants a WebSocket of the agent's own.
    Connect { head: String, reply: Connecting },
    /// Something happened to one.
    Socket { wire: Rc<Wire>, heard: Heard },
    /// It is time.
    Alarm,
    /// What was going on was lost.
    Wake,
}

pub struct Shared {
    pub clock: Rc<Clock>,
    pub tasks: Tasks,
    pub storage: Rc<dyn Storage>,
    pub wires: Wires,
    inboxes: RefCell<BTreeMap<String, VecDeque<Event>>>,
    sockets: RefCell<BTreeMap<String, Vec<Rc<Socket>>>>,
    alarms: RefCell<BTreeMap<String, u64>>,
    chance: Chance,
    /// Who ended the object that is gone: the nonce of a call, or something else.
    culprits: RefCell<BTreeMap<String, String>>,
    /// As far as they are known.
    keys: RefCell<Option<Rc<Keys>>>,
}

impl Shared {
    pub fn new(chance: Chance, clock: Rc<Clock>, storage: Rc<dyn Storage>) -> Rc<Self> {
        let shared = Self {
            clock,
            tasks: Tasks::default(),
            storage,
            wires: Wires::default(),
            inboxes: RefCell::default(),
            sockets: RefCell::default(),
            alarms: RefCell::default(),
            chance,
            culprits: RefCell::default(),
            keys: RefCell::default(),
        };
        shared.read_alarms();
        Rc::new(shared)
    }

    fn read_alarms(&self) {
        let rows = self.storage.list(ALARMS, "", "");
        let rows = rows.unwrap_or_else(|error| {
            crate::host::log(&error.to_string());
            Vec::new()
        });
        let alarms = rows.into_iter();
        let alarms = alarms.filter_map(|(object, at_ms)| Some((object, at_ms.parse().ok()?)));
        *self.alarms.borrow_mut() = alarms.collect();
    }

    /// Sends something to an object. What is sent to one arrives in its order.
    pub fn send(&self, object: &str, event: Event) {
        let mut inboxes = self.inboxes.borrow_mut();
        let inbox = inboxes.entry(object.to_owned()).or_default();
        inbox.push_back(event);
        self.tasks.deliver(object);
    }

    /// What an object was sent first.
    pub fn receive(&self, object: &str) -> Option<Event> {
        self.inboxes.borrow_mut().get_mut(object)?.pop_front()
    }

    /// Asks an object. `None` when it was lost before it answered.
    pub async fn ask<T>(
        &self,
        object: &str,
        event: impl FnOnce(oneshot::Sender<T>) -> Event,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.send(object, event(reply));
        answer.await.ok()
    }

    /// A new socket of an object.
    pub fn join(&self, object: &str, stream: Option<u32>, session: &str) -> Rc<Socket> {
        let socket = Rc::new(Socket::new(object, stream, session));
        let mut sockets = self.sockets.borrow_mut();
        let known = sockets.entry(object.to_owned()).or_default();
        known.retain(|socket| socket.is_open());
        known.push(socket.clone());
        socket
    }

    /// The sockets of a stream that the object believes to be open.
    pub fn joined(&self, object: &str, stream: Option<u32>) -> Vec<Rc<Socket>> {
        let sockets = self.sockets.borrow();
        let all = sockets.get(object).into_iter().flatten();
        all.filter(|socket| socket.stream == stream && socket.is_open())
            .cloned()
            .collect()
    }

    /// The client of a stream is gone; its object hears of it when its turn comes.
    pub fn left(&self, socket: Rc<Socket>) {
        let object = socket.object.clone();
        self.send(&object, Event::Left(socket));
    }

    /// An object wants to be woken at this time, and not at any that it asked for before.
    pub fn wake_at(&self, object: &str, at_ms: u64) {
        self.alarms.borrow_mut().insert(object.to_owned(), at_ms);
        let stored = self.storage.put(ALARMS, object, &at_ms.to_string());
        if let Err(error) = stored {
            crate::host::log(&error.to_string());
        }
    }

    /// The time of an alarm has come: true for the one that it is.
    pub fn take_alarm(&self, object: &str) -> bool {
        let mut alarms = self.alarms.borrow_mut();
        let now_ms = self.clock.now_ms();
        if alarms.get(object).is_none_or(|at_ms| *at_ms > now_ms) {
            return false;
        }
        alarms.remove(object);
        if let Err(error) = self.storage.delete(ALARMS, object) {
            crate::host::log(&error.to_string());
        }
        true
    }

    /// Sends alarms whose time has come.
    pub fn ring(&self) {
        let now_ms = self.clock.now_ms();
        let alarms = self.alarms.borrow();
        let due = alarms.iter().filter(|(_, at_ms)| **at_ms <= now_ms);
        for (object, _) in due {
            let inboxes = self.inboxes.borrow();
            let inbox = inboxes.get(object).into_iter().flatten();
            let sent = inbox.into_iter().any(|event| matches!(event, Event::Alarm));
            drop(inboxes);
            if !sent {
                self.send(object, Event::Alarm);
            }
        }
    }

    /// When something happens that nobody has to do.
    pub fn next_ms(&self) -> Option<u64> {
        let alarms = self.alarms.borrow();
        let alarm = alarms.values().copied().min();
        alarm.into_iter().chain(self.clock.next_ms()).min()
    }

    /// Everything is gone but the rows.
    pub fn kill(&self) {
        self.wires.kill();
        self.tasks.clear();
        for socket in self.sockets.take().into_values().flatten() {
            socket.close();
        }
        // Whoever is told by what is dropped here is gone too.
        let inboxes = self.inboxes.take();
        drop(inboxes);
        self.inboxes.take();
        self.tasks.clear();
        self.read_alarms();
    }

    /// The sealing keys, made once.
    pub fn keys(&self) -> Result<Rc<Keys>, RowsError> {
        if let Some(keys) = &*self.keys.borrow() {
            return Ok(keys.clone());
        }
        let (sealing, homes) = (self.key(SEALING_KEY)?, self.key(HOME_KEY)?);
        let keys = Rc::new(Keys::new(sealing, Vec::new()).with_homes(homes));
        *self.keys.borrow_mut() = Some(keys.clone());
        Ok(keys)
    }

    fn key(&self, name: &str) -> Result<[u8; 32], RowsError> {
        let row = self.storage.get(KEYRING, name)?;
        if let Some(key) = row.as_deref().and_then(read_hex) {
            return Ok(key);
        }
        let mut key = [0; 32];
        self.entropy(&mut key);
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        self.storage.put(KEYRING, name, &hex)?;
        Ok(key)
    }

    /// Fills `out` by chance.
    pub fn entropy(&self, out: &mut [u8]) {
        self.chance.fill(out);
    }

    /// An object was lost by a panic of this call, or of something else.
    pub fn blame(&self, object: &str, culprit: String) {
        self.culprits
            .borrow_mut()
            .insert(object.to_owned(), culprit);
    }

    /// By what the object of this name was lost when it last was.
    pub fn culprit(&self, object: &str) -> Option<String> {
        self.culprits.borrow_mut().remove(object)
    }

    /// Sessions of a connection that is gone are forgotten: nobody can come back to them.
    pub fn forget_sessions(&self) -> Result<(), RowsError> {
        let is_session = |object: &str| object.starts_with("session:");
        for table in self.storage.tables()? {
            if object_of(&table).is_some_and(is_session) {
                self.storage.clear(&table, "")?;
            }
        }
        self.storage.clear(STATES, "session:")?;
        self.storage.clear(ALARMS, "session:")?;
        self.alarms
            .borrow_mut()
            .retain(|object, _| !is_session(object));
        Ok(())
    }
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(key)
}
