//! What a handler may ask of the place it runs in.

use mcp_agent_protocol::CallHead;
use worker::Env;

/// The context of one call.
#[derive(Debug)]
pub struct Cx {
    version: &'static str,
    session: Option<String>,
}

impl Cx {
    pub(crate) fn new(head: &CallHead) -> Self {
        Self {
            version: head.version.as_str(),
            session: head.session.clone(),
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

    /// The Worker's bindings: variables, secrets, KV, D1, queues.
    ///
    /// # Panics
    /// On the host, where there is no Worker.
    pub fn env(&self) -> Env {
        crate::host::workers::env()
    }
}
