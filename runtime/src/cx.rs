//! What a handler may ask of the place it runs in.

use mcp_agent_protocol::{CallHead, Change, List, Trace};
use std::cell::RefCell;
use std::time::Duration;
use worker::Env;

/// The context of one call.
#[derive(Debug)]
pub struct Cx {
    version: &'static str,
    session: Option<String>,
    trace: Option<Box<Trace>>,
    changed: RefCell<Vec<Change>>,
}

impl Cx {
    pub(crate) fn new(head: &CallHead) -> Self {
        Self {
            version: head.version.as_str(),
            session: head.session.clone(),
            trace: head.trace.clone(),
            changed: RefCell::default(),
        }
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
