//! What the class of `entry.mjs` is to a Worker: the objects, and what they are sent.

use super::entry::{failure, parts};
use super::http::event;
use super::place::{Place, STATES, StateRow, rows};
use super::shared::{Event, Shared};
use super::socket::Socket;
use crate::agent::Agent;
use crate::host::signal;
use crate::object::Object;
use crate::once::{self, Once, Task};
use crate::state::StateCell;
use mcp_agent_protocol::{Engine, RowsError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::ready;
use std::rc::Rc;
use tokio::sync::oneshot;

/// The objects that are awake.
pub struct Objects<A: Agent> {
    pub(super) shared: Rc<Shared>,
    engine: fn() -> Engine,
    awake: RefCell<BTreeMap<String, Rc<Object<A>>>>,
}

impl<A: Agent> Objects<A> {
    pub fn new(shared: Rc<Shared>, engine: fn() -> Engine) -> Self {
        Self {
            shared,
            engine,
            awake: RefCell::default(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Rc<Object<A>> {
        let mut awake = self.awake.borrow_mut();
        let object = awake.entry(name.to_owned()).or_insert_with(|| {
            let state = StateRow {
                shared: self.shared.clone(),
                object: name.to_owned(),
            };
            let place = Place::new(self.shared.clone(), name);
            Object::new(
                (self.engine)(),
                Rc::new(place),
                StateCell::new(Box::new(state)),
            )
        });
        object.clone()
    }

    /// The names of those that are awake.
    pub fn names(&self) -> Vec<String> {
        self.awake.borrow().keys().cloned().collect()
    }

    /// An object is lost with its tasks, and woken if it had something to do.
    pub fn evict(&self, name: &str) {
        let had_tasks = self.shared.tasks.lose(name);
        let lost = self.awake.borrow_mut().remove(name);
        drop(lost);
        if had_tasks {
            self.shared.send(name, Event::Wake);
        }
    }

    /// All objects are lost.
    pub fn clear(&self) {
        let lost = self.awake.take();
        drop(lost);
    }

    /// An object takes what it was sent.
    pub fn deliver(&self, name: &str) {
        let Some(event) = self.shared.receive(name) else {
            return;
        };
        match event {
            Event::Call { payload, reply } => {
                let answer = self.get(name).asked_to_call(&payload);
                self.reply(name, answer, reply);
            }
            Event::Session { head, body, reply } => {
                let answer = self.get(name).asked_in_session(&head, body.as_bytes());
                self.reply(name, answer, reply);
            }
            Event::Act {
                verb,
                payload,
                reply,
            } => {
                let Some(answer) = self.get(name).asked_to_act(verb, &payload) else {
                    return;
                };
                match verb {
                    "erase" => self.erase(name, answer, reply),
                    _ => self.reply(name, answer, reply),
                }
            }
            Event::Forget { told, reply } => match self.forget(name) {
                Ok(()) => drop(reply.send(told)),
                Err(error) => crate::host::log(&error.to_string()),
            },
            Event::Post { who, body, reply } => {
                let answer = match self.shared.joined(name, None).first() {
                    Some(socket) => accept(&self.shared, &self.get(name), socket, &who, &body),
                    None => Some(gone()),
                };
                let answer = answer.unwrap_or_else(|| "R202\n\n".to_owned());
                self.reply(name, Box::pin(ready(answer)), reply);
            }
            Event::Join { head, reply } => {
                let joined = self.join(name, &head);
                if let Err(Ok(socket)) = reply.send(joined)
                    && socket.cut()
                {
                    self.shared.left(socket);
                }
            }
            Event::Open { session, reply } => {
                let socket = self.shared.join(name, None, &session);
                if let Err(socket) = reply.send(socket) {
                    socket.close();
                }
            }
            Event::Left(socket) => {
                if socket.is_open() {
                    socket.close();
                    if let Some(stream) = socket.stream {
                        self.get(name).left(stream);
                    }
                }
            }
            Event::Plain { head, body, reply } => self.deliver_plain(name, &head, &body, reply),
            Event::Connect { head, reply } => self.deliver_connect(name, &head, reply),
            Event::Socket { wire, heard } => self.deliver_socket(name, wire, heard),
            Event::Alarm => {
                if self.shared.take_alarm(name)
                    && self.get(name).alarm()
                    && let Err(error) = self.forget(name)
                {
                    crate::host::log(&error.to_string());
                }
            }
            Event::Wake => self.get(name).wake(),
        }
    }

    fn reply(&self, name: &str, answer: Task<String>, reply: oneshot::Sender<String>) {
        match once::poll(answer) {
            // Nobody may wait for it any more.
            Once::Ready(answer) => drop(reply.send(answer)),
            Once::Later(rest) => {
                let rest = Box::pin(async move { drop(reply.send(rest.await)) });
                self.shared.tasks.spawn(name, false, rest);
            }
        }
    }

    /// The same, and then everything that is stored goes.
    fn erase(&self, name: &str, answer: Task<String>, reply: oneshot::Sender<String>) {
        let (shared, object) = (self.shared.clone(), name.to_owned());
        let erased = Box::pin(async move {
            let told = answer.await;
            shared.send(&object, Event::Forget { told, reply });
        });
        self.shared.tasks.spawn(name, false, erased);
    }

    fn join(&self, name: &str, head: &str) -> Result<Rc<Socket>, String> {
        let signal = self.get(name).asked_to_join(head);
        let joined = signal.strip_prefix('W').and_then(|joined| {
            let mut parts = joined.splitn(3, '\n');
            let stream: u32 = parts.next()?.parse().ok()?;
            Some((stream, parts.next()? == "1", parts.next()?))
        });
        let Some((stream, over, first)) = joined else {
            return Err(signal);
        };
        let socket = self.shared.join(name, Some(stream), "");
        socket.send(first);
        if over {
            socket.close();
        }
        Ok(socket)
    }

    /// Everything that an object has stored is deleted.
    fn forget(&self, name: &str) -> Result<(), RowsError> {
        self.awake.borrow_mut().remove(name);
        self.shared.storage.clear(&rows(name), "")?;
        self.shared.storage.drop_tables(name)?;
        self.shared.storage.delete(STATES, name)
    }
}

/// A message of a light session. Its answer is sent when it is there; what is returned refuses it.
fn accept<A: Agent>(
    shared: &Rc<Shared>,
    object: &Rc<Object<A>>,
    socket: &Rc<Socket>,
    who: &str,
    body: &str,
) -> Option<String> {
    let session = socket.session.borrow().clone();
    let asked = object.asked_to_post(who, &session, body.as_bytes());
    let promised: Task<String> = match once::poll(asked) {
        Once::Ready(signal) if signal.starts_with('R') => return Some(signal),
        Once::Ready(signal) if signal.starts_with('B') => {
            for (message, text) in parts(&signal) {
                if message {
                    // A refusal of one message of several is its answer.
                    let refused = accept(shared, object, socket, who, text);
                    let refused = refused.as_deref().and_then(signal::read_reply);
                    if let Some((_, _, body)) = refused.filter(|(_, _, body)| !body.is_empty()) {
                        socket.send(&event(body));
                    }
                } else {
                    socket.send(&event(text));
                }
            }
            return None;
        }
        Once::Ready(signal) => Box::pin(ready(signal)),
        Once::Later(rest) => rest,
    };
    let (shared, socket, body) = (shared.clone(), socket.clone(), body.to_owned());
    let owner = socket.object.clone();
    let to = shared.clone();
    let delivered = Box::pin(async move {
        let signal = promised.await;
        if deliver(&shared, &socket, &signal).await.is_none() {
            socket.send(&event(&failure(&body)));
        }
    });
    to.tasks.spawn(&owner, false, delivered);
    None
}

async fn deliver(shared: &Rc<Shared>, socket: &Socket, signal: &str) -> Option<()> {
    let (first, rest) = signal.split_at_checked(1)?;
    let (name, payload) = rest.split_once('\n')?;
    match first {
        "O" => {
            let payload = payload.to_owned();
            let asked = shared.ask(name, |reply| Event::Call { payload, reply });
            let answer = asked.await?;
            socket.send(&event(answer.strip_prefix('J')?));
        }
        "M" => {
            if !name.is_empty() {
                *socket.session.borrow_mut() = name.to_owned();
            }
            if !payload.is_empty() {
                socket.send(&event(payload));
            }
        }
        _ => return None,
    }
    Some(())
}

/// The stream of a light session has ended.
fn gone() -> String {
    let error =
        serde_json::json!({ "code": -32001, "message": "the stream of this session has ended" });
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": error });
    format!("R404\ncontent-type:application/json\n\n{body}")
}
