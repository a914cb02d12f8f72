//! A whole Worker in one thread of a native program: the front, the objects, their rows, and time. It is for tests: `cargo test` plays an
//! agent without a Worker, as fast as the machine can, and with the same result every time.
//!
//! ```
//! use mcp_agent::memory::{Host, Request};
//! use mcp_agent::prelude::*;
//! use mcp_agent::serde_json::{Value, from_str, json};
//!
//! #[mcp_agent(config = "tests/ui/counter.toml")]
//! pub struct Counter;
//!
//! impl counter::Handlers for Counter {
//!     async fn add(&mut self, cx: &Cx, p: counter::AddParams) -> Result<String> {
//!         cx.sleep(std::time::Duration::from_secs(20)).await;
//!         self.counter += p.a;
//!         Ok(self.counter.to_string())
//!     }
//! }
//!
//! # fn main() {
//! let host = Host::<Counter>::new(1);
//! let add = Request::rpc("/mcp", "tools/call", json!({ "name": "add", "arguments": { "a": 2 } }));
//! let text = |response: mcp_agent::memory::Response| -> Value {
//!     let answer: Value = from_str(&response.read()).unwrap();
//!     answer["result"]["content"][0]["text"].clone()
//! };
//! let before_ms = host.now_ms();
//! assert_eq!(text(host.request(&add)), "3");
//! assert_eq!(host.now_ms() - before_ms, 20_000, "time passes when nothing else is to be done");
//!
//! // Whatever was answered is stored.
//! let mut lost = host.send(&add);
//! host.kill();
//! assert!(lost.response().is_err());
//! assert_eq!(text(host.request(&add)), "5");
//! # }
//! ```
//!
//! Nothing moves by itself. [`Host::send`] puts a request on its way, [`Host::run`] does what can be done at this moment, and
//! [`Host::advance`] lets time pass, with its timers (`Cx::sleep`) and alarms. [`Host::request`] does all of that until there is a
//! response; that of a stream is there when the stream begins, and [`Response::read`] gives what has come of it. Dropping it cuts the
//! connection.
//!
//! What is unlikely in a Worker can be had here at any time: [`Host::evict`] loses an object, [`Host::kill`] everything but what is
//! stored, and [`Host::turn`] does one thing of all that could be done next, so that a test may throw dice for what happens first. A panic
//! of a handler is the panic of the test. There are no bindings: `Cx::env` panics.

mod beside;
mod chance;
mod clock;
mod entry;
mod http;
mod live;
mod objects;
mod place;
mod ram;
mod shared;
mod socket;
mod storage;
mod tasks;
mod websocket;

pub use crate::sql::Table;
pub use http::{Exchange, Lost, Request, Response};
pub use mcp_agent_protocol::RowsError;
pub use ram::Ram;
pub use storage::Storage;
pub use websocket::WebSocket;

pub(crate) use clock::{delay, now_ms};

use crate::agent::Agent;
use crate::host::front::{Front, FrontHost, guarded};
use chance::Chance;
use clock::Clock;
use entry::Entry;
use mcp_agent_protocol::Engine;
use objects::Objects;
use shared::Shared;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use tasks::Ready;
use tokio::sync::oneshot;

/// 2027-01-15, 08:00 UTC: as good as any.
const BEGINNING_MS: u64 = 1_800_000_000_000;

thread_local! {
    /// What is known of sign-ins.
    static SIGN_INS: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

/// What the vault of a Worker would answer.
pub(crate) fn upstream(grant: &str) -> Option<String> {
    SIGN_INS.with_borrow(|all| {
        let known = all.iter().rev().find(|(known, _)| known == grant);
        known.map(|(_, told)| told.clone())
    })
}

/// A host: clients send it requests, and nothing moves but when it is told to.
pub struct Host<A: Agent> {
    shared: Rc<Shared>,
    objects: Objects<A>,
    entry: Rc<Entry<A>>,
}

impl<A: Agent> Host<A> {
    /// A host with nothing in it. What would be random is drawn from `seed`.
    pub fn new(seed: u64) -> Self {
        Self::over(seed, Rc::new(Ram::default()))
    }

    /// A host over what a storage has.
    pub fn over(seed: u64, storage: Rc<dyn Storage>) -> Self {
        let chance = Chance::Seed(Cell::new(seed));
        let shared = Shared::new(chance, Clock::at(BEGINNING_MS), storage);
        Self::with(shared, Front::new, guarded::<A>)
    }

    /// `engine` makes those of the objects.
    fn with(
        shared: Rc<Shared>,
        front: fn(Rc<dyn FrontHost>) -> Front<A>,
        engine: fn() -> Engine,
    ) -> Self {
        Self {
            objects: Objects::new(shared.clone(), engine),
            entry: Entry::new(shared.clone(), front),
            shared,
        }
    }

    /// Milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> u64 {
        self.shared.clock.now_ms()
    }

    /// A request is on its way. [`Host::run`] brings it there.
    pub fn send(&self, request: &Request) -> Exchange {
        let (mut answer, response) = oneshot::channel();
        let mut serving = self.entry.serve(request);
        let served = Box::pin(async move {
            // When nobody waits for it any more, the client is gone.
            let served = poll_fn(|cx| match answer.poll_closed(cx) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => serving.as_mut().poll(cx).map(Some),
            });
            if let Some(response) = served.await {
                drop(answer.send(response));
            }
        });
        self.shared.tasks.spawn("", false, served);
        Exchange(response)
    }

    /// Sends a request and waits for its response, as long as it takes in virtual time. That of a stream is there when it begins.
    ///
    /// # Panics
    /// When it never comes: a handler waits for what is not of this host.
    pub fn request(&self, request: &Request) -> Response {
        let mut exchange = self.send(request);
        loop {
            self.run();
            match exchange.response() {
                Ok(Some(response)) => return response,
                Ok(None) => assert!(self.skip(), "nothing moves, and there is no response"),
                Err(Lost) => panic!("the front was lost with a request"),
            }
        }
    }

    /// Does what can be done without time passing.
    pub fn run(&self) {
        while self.turn(0) {}
    }

    /// Does one of the things that can be done, by its place among them, counted round and round; the first has waited the longest.
    /// False when there is none.
    pub fn turn(&self, pick: usize) -> bool {
        self.shared.clock.fire();
        self.shared.ring();
        let Some(ready) = self.shared.tasks.take(pick) else {
            return false;
        };
        self.act(ready);
        true
    }

    fn act(&self, ready: Ready) {
        self.shared.clock.lend(|| match ready {
            Ready::Poll(task) => self.shared.tasks.poll(task),
            Ready::Deliver(object) if object == entry::FRONT => self.deliver_front(),
            Ready::Deliver(object) => self.objects.deliver(&object),
        });
    }

    /// The front hears only of clients that are gone.
    fn deliver_front(&self) {
        if let Some(shared::Event::Left(socket)) = self.shared.receive(entry::FRONT)
            && let Some(stream) = socket.stream
        {
            socket.close();
            self.entry.left(stream);
        }
    }

    /// Time passes. What happens meanwhile happens at its time.
    pub fn advance(&self, ms: u64) {
        let end_ms = self.now_ms().saturating_add(ms);
        self.run();
        while self.shared.next_ms().is_some_and(|at_ms| at_ms <= end_ms) && self.skip() {
            self.run();
        }
        self.shared.clock.set(end_ms);
    }

    /// Time passes until a timer or an alarm goes off. False when there is none.
    pub fn skip(&self) -> bool {
        let next_ms = self.shared.next_ms();
        if let Some(at_ms) = next_ms {
            self.shared.clock.set(at_ms);
        }
        next_ms.is_some()
    }

    /// The `scheduled` event of a Worker, as one of its cron triggers sends it: what is declared to run at its times is known without
    /// anybody having asked for anything. [`Host::run`] brings it there.
    pub fn scheduled(&self) {
        let (reply, _) = oneshot::channel();
        let event = shared::Event::Act {
            verb: "arm",
            payload: String::new(),
            reply,
        };
        self.shared.send(crate::object::HUB, event);
    }

    /// An object is lost, with all that it was doing, as when the instance that it runs in is. Its rows are not, nor are its streams.
    /// It is made again when it is next needed: at once, if it had something to do.
    pub fn evict(&self, object: &str) {
        self.objects.evict(object);
    }

    /// From now on, `cx.upstream()` of callers whose principal ends in `"vault":["…","GRANT"]` gives this token, on this thread.
    pub fn sign_in(&self, grant: &str, token: &str) {
        let told = serde_json::json!({ "token": token, "type": "bearer" });
        SIGN_INS.with_borrow_mut(|all| all.push((grant.to_owned(), told.to_string())));
    }

    /// Everything stops and begins again with what is stored: requests are lost, streams are cut.
    pub fn kill(&self) {
        self.shared.kill();
        self.objects.clear();
        self.shared.kill();
    }

    /// The names of the objects that are awake.
    pub fn awake(&self) -> Vec<String> {
        self.objects.names()
    }

    /// The names of the objects that have rows of their own.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn stored(&self) -> Result<Vec<String>, RowsError> {
        let tables = self.shared.storage.tables()?;
        let objects = tables.iter().filter_map(|table| place::object_of(table));
        Ok(objects.map(str::to_owned).collect())
    }

    /// The names of the objects that have stored a state.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn states(&self) -> Result<Vec<String>, RowsError> {
        let states = self.shared.storage.list(place::STATES, "", "")?;
        Ok(states.into_iter().map(|(object, _)| object).collect())
    }

    /// The rows of an object, in the order of their keys.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn rows(&self, object: &str) -> Result<Vec<(String, String)>, RowsError> {
        self.shared.storage.list(&place::rows(object), "", "")
    }
}
