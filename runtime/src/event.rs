//! What happens to an agent beside MCP: its schedules, its WebSockets, plain HTTP requests, and changes of its state.
//!
//! Each has a handler with a signature of its own; where it runs is said by its `self`, as everywhere.

use crate::agent::Agent;
use crate::request::{Request, Response};
use crate::results::Failure;
use crate::schedule::Due;
use crate::state::StateCell;
use crate::websocket::{Closed, Connected, Failed, Received};
use crate::{Cx, Error, Result, host, turn, unwind};
use std::future::Future;
use std::pin::Pin;

/// A handler's future, of what is no answer to MCP. It may borrow the state and the context.
pub type Done<'a, T = ()> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// A handler of an event, by where it runs.
pub enum On<A: 'static, E: 'static, T: 'static = ()> {
    /// No `self`: anywhere.
    Front(for<'a> fn(&'a Cx, E) -> Done<'a, T>),
    /// `&self`: on a committed snapshot.
    Read(for<'a> fn(&'a A, &'a Cx, E) -> Done<'a, T>),
    /// `&mut self`: on a copy, committed on `Ok`.
    Write(for<'a> fn(&'a mut A, &'a Cx, E) -> Done<'a, T>),
}

impl<A, E, T> Clone for On<A, E, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, E, T> Copy for On<A, E, T> {}

impl<A: 'static, E: 'static, T: 'static> On<A, E, T> {
    /// Whether the handler has `&mut self`.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Write(_))
    }
}

/// Runs a handler to its end. `state` is there in an object, and absent in the front Worker.
pub async fn run<A: Agent, E: 'static, T: 'static>(
    state: Option<&StateCell<A>>,
    on: On<A, E, T>,
    cx: &Cx,
    event: E,
) -> Result<T> {
    match (on, state) {
        (On::Front(handler), _) => unwind::caught(|| handler(cx, event)).await,
        (On::Read(handler), Some(state)) => {
            let snapshot = state.snapshot()?;
            unwind::caught(|| handler(&snapshot, cx, event)).await
        }
        (On::Write(handler), Some(state)) => {
            turn::write(state, cx, None, false, |copy, _| handler(copy, cx, event)).await
        }
        (_, None) => {
            host::log("an event reached a place that cannot run its handler");
            Err(Error::protocol(-32603, "internal error"))
        }
    }
}

/// What is told of a change of the state: the new one, and the one before.
pub type Updated<A> = for<'a> fn(&'a A, &'a Cx, &'a A) -> Done<'a>;

/// What makes a state of this version from one that was stored under an older one, whose version and JSON it is given.
pub type Migrate = fn(u32, serde_json::Value) -> Result<serde_json::Value>;

/// What happens to an agent beside MCP.
pub struct Events<A: 'static> {
    /// Makes a state of this version from an older one.
    pub migrate: Option<Migrate>,
    /// Hears of every change of the state, after its commit.
    pub updated: Option<Updated<A>>,
    /// `[schedules.*]`, in their order.
    pub schedules: &'static [Schedule<A>],
    /// `[websocket]`.
    pub websocket: Option<WebSocketEvents<A>>,
    /// `[request]`.
    pub request: Option<RequestEvent<A>>,
}

impl<A> Events<A> {
    /// Nothing happens.
    pub const NONE: Self = Self {
        migrate: None,
        updated: None,
        schedules: &[],
        websocket: None,
        request: None,
    };
}

impl<A> Events<A> {
    /// Whether anybody reads what clients send over WebSockets.
    pub const fn hears_messages(&self) -> bool {
        matches!(
            self.websocket,
            Some(WebSocketEvents {
                message: Some(_),
                ..
            })
        )
    }

    /// Whether what clients send over WebSockets changes no state.
    pub const fn sockets_only_read(&self) -> bool {
        matches!(
            self.websocket,
            Some(WebSocketEvents {
                message: Some(On::Read(_)),
                ..
            })
        )
    }
}

/// The events of parts as those of one agent: their schedules are joined already, and the struct says the path of its WebSockets. What is in two
/// of them has been refused.
pub const fn events<A>(
    parts: &[Events<A>],
    schedules: &'static [Schedule<A>],
    path: Option<&'static str>,
) -> Events<A> {
    let mut all = Events::NONE;
    all.schedules = schedules;
    let mut sockets = WebSocketEvents {
        path: "",
        connect: None,
        message: None,
        close: None,
        error: None,
    };
    let mut at = 0;
    while at < parts.len() {
        let part = parts[at];
        if part.migrate.is_some() {
            all.migrate = part.migrate;
        }
        if part.updated.is_some() {
            all.updated = part.updated;
        }
        if part.request.is_some() {
            all.request = part.request;
        }
        if let Some(theirs) = part.websocket {
            if theirs.connect.is_some() {
                sockets.connect = theirs.connect;
            }
            if theirs.message.is_some() {
                sockets.message = theirs.message;
            }
            if theirs.close.is_some() {
                sockets.close = theirs.close;
            }
            if theirs.error.is_some() {
                sockets.error = theirs.error;
            }
        }
        at += 1;
    }
    if let Some(path) = path {
        sockets.path = path;
        all.websocket = Some(sockets);
    }
    all
}

/// A schedule of nothing.
pub const fn no_schedule<A>() -> Schedule<A> {
    Schedule {
        name: "",
        cron: None,
        attempts: 1,
        on: On::Front(|_, _| {
            Box::pin(std::future::ready(Err(Error::protocol(
                -32603,
                "internal error",
            ))))
        }),
    }
}

/// What a method may return that something else than a client's call runs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that this method can return",
    label = "neither `{T}` nor a `Result` of it",
    note = "it returns `{T}`, or a `Result<{T}, E>` whose error implements `Display`"
)]
pub trait Returned<T> {
    /// What is expected, or why not.
    fn into_done(self) -> Result<T>;
}

impl Returned<()> for () {
    fn into_done(self) -> Result<()> {
        Ok(())
    }
}

impl Returned<Response> for Response {
    fn into_done(self) -> Result<Response> {
        Ok(self)
    }
}

impl Returned<serde_json::Value> for serde_json::Value {
    fn into_done(self) -> Result<serde_json::Value> {
        Ok(self)
    }
}

impl<T, U: Returned<T>, E: Failure> Returned<T> for Result<U, E> {
    fn into_done(self) -> Result<T> {
        self.map_err(Failure::into_error)?.into_done()
    }
}

/// What such a method returned.
pub fn done<T>(returned: impl Returned<T>) -> Result<T> {
    returned.into_done()
}

impl<A> Clone for Events<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Events<A> {}

/// A handler that runs when it is due.
pub struct Schedule<A: 'static> {
    /// Its name, by which handlers schedule it.
    pub name: &'static str,
    /// When it runs without anybody asking for it: five fields, in UTC.
    pub cron: Option<&'static str>,
    /// How often it is tried before it is given up, at least 1.
    pub attempts: u32,
    /// The handler.
    pub on: On<A, Due>,
}

impl<A> Clone for Schedule<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Schedule<A> {}

/// The events of WebSockets.
pub struct WebSocketEvents<A: 'static> {
    /// The path that clients connect to.
    pub path: &'static str,
    /// A client wants to connect; an error refuses it.
    pub connect: Option<On<A, Connected>>,
    /// A client sent something.
    pub message: Option<On<A, Received>>,
    /// A connection has ended.
    pub close: Option<On<A, Closed>>,
    /// A connection has failed.
    pub error: Option<On<A, Failed>>,
}

impl<A> Clone for WebSocketEvents<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for WebSocketEvents<A> {}

/// A plain HTTP request.
pub struct RequestEvent<A: 'static> {
    /// The path, or all paths that begin like it where it ends in `/*`.
    pub path: &'static str,
    /// The handler.
    pub on: On<A, Request, Response>,
}

impl<A> Clone for RequestEvent<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for RequestEvent<A> {}
