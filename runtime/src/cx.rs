//! What a handler may ask of the place it runs in.

use crate::agent::Agent;
use crate::auth::{Auth, Upstream};
use crate::host::Host;
use crate::work::Work;
use crate::{Error, Result};
use mcp_agent_protocol::{CallHead, Change, List, Trace, Version};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use worker::Env;

/// The context of one call.
#[derive(Debug)]
pub struct Cx {
    version: &'static str,
    session: Option<String>,
    trace: Option<Box<Trace>>,
    auth: Option<Auth>,
    changed: RefCell<Vec<Change>>,
    /// The work in the object that it runs in, if it runs in one.
    work: Option<Rc<Work>>,
}

impl Cx {
    pub(crate) fn new<A: Agent>(head: &CallHead) -> Self {
        Self {
            version: head.version.as_str(),
            session: head.session.clone(),
            trace: head.trace.clone(),
            auth: head.who.as_deref().and_then(Auth::read::<A>),
            changed: RefCell::default(),
            work: None,
        }
    }

    /// Of an event: nobody asked.
    pub(crate) fn of_event() -> Self {
        Self {
            version: Version::LATEST.as_str(),
            session: None,
            trace: None,
            auth: None,
            changed: RefCell::default(),
            work: None,
        }
    }

    /// The same for an event that somebody is behind.
    pub(crate) fn with_auth(self, auth: Option<Auth>) -> Self {
        Self { auth, ..self }
    }

    /// The same in an object.
    pub(crate) fn in_object(self, host: Option<Rc<dyn Host>>, writes: bool, sql: bool) -> Self {
        Self {
            work: host.map(|host| Rc::new(Work::new(host, writes, sql))),
            ..self
        }
    }

    /// What it asks for in the object that it runs in.
    ///
    /// # Errors
    /// Where that is none.
    pub(crate) fn work(&self, what: &str) -> Result<&Rc<Work>> {
        self.work.as_ref().ok_or_else(|| {
            Error::tool(format!(
                "{what} is for handlers with `&self` or `&mut self`, which run where the state is"
            ))
        })
    }

    /// The same, where it does not matter that there may be none.
    pub(crate) fn any_work(&self) -> Option<&Work> {
        self.work.as_deref()
    }

    /// The protocol version of the client's request, such as `2025-11-25`.
    pub fn protocol_version(&self) -> &str {
        self.version
    }

    /// The random id of the client's session: 32 hex digits. `None` on 2026-07-28, which has no sessions.
    ///
    /// It is not the `Mcp-Session-Id` header, which is a secret between the client and the Worker.
    pub fn session_id(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// Where the request stands in a distributed trace, as its client says: for what the handler itself asks of others. `None` where it
    /// says nothing, or nothing that can be passed on.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_deref()
    }

    /// Who calls. `None` where nobody is asked who they are (no `[auth]`, or over stdio), and where nobody calls: in schedules and
    /// `#[on_state_update]`, and in plain requests without a token.
    pub fn auth(&self) -> Option<&Auth> {
        self.auth.as_ref()
    }

    /// An access token of the provider that the caller signed in with (`[auth.upstream]`), fresh: it is refreshed when it is about to
    /// end, by one at a time. It never leaves the Worker by itself.
    ///
    /// # Errors
    /// Where nobody signed in, and where the provider takes the sign-in back.
    pub async fn upstream(&self) -> Result<Upstream> {
        match &self.auth {
            Some(auth) => auth.upstream().await,
            None => Err(Error::tool("nobody has signed in")),
        }
    }

    /// The time, in milliseconds since the Unix epoch. In a Worker it stands still while a handler computes; on the memory host of tests it
    /// is virtual.
    pub fn now_ms(&self) -> u64 {
        crate::host::now_ms()
    }

    /// Waits, without keeping anybody else waiting but those who want to write the same state.
    pub async fn sleep(&self, duration: Duration) {
        crate::host::delay(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).await;
    }

    /// Says that the resource of this URI is another now: those who subscribe to it hear of it (`notifications/resources/updated`)
    /// when the handler has returned `Ok` and what it changed is committed. A resource that shows a field of the state (`field`) needs
    /// no word.
    pub fn resource_updated(&self, uri: &str) {
        self.note(Change::Resource(uri.to_owned()));
    }

    /// Says that a list is another now, for agents whose lists depend on more than their declaration: clients that listen hear of it
    /// (`notifications/tools/list_changed` and its like) when the handler has returned `Ok` and what it changed is committed. Of clients
    /// with a session, only the one that calls hears of it.
    pub fn list_changed(&self, list: List) {
        self.note(Change::List(list));
    }

    fn note(&self, change: Change) {
        let mut changed = self.changed.borrow_mut();
        if !changed.contains(&change) {
            changed.push(change);
        }
    }

    pub(crate) fn take_changed(&self) -> Vec<Change> {
        self.changed.take()
    }

    /// The Worker's bindings: variables, secrets, KV, D1, queues.
    ///
    /// # Panics
    /// Natively, under `cargo test` and over stdio, where there is no Worker: a call that needs bindings is answered with -32603 there.
    pub fn env(&self) -> Env {
        crate::host::workers::env()
    }
}
