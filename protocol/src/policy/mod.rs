//! Where the server listens and whom it talks to.

pub(crate) mod accept;
pub(crate) mod cors;
pub(crate) mod host;

/// The transport's settings, as generated code writes them down.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Path of Streamable HTTP.
    pub http: &'static str,
    /// Path of HTTP+SSE; messages are posted to `<path>/message`. `None` turns it off.
    pub sse: Option<&'static str>,
    /// Hosts beside loopback and `*.workers.dev`; with a port, only on that port.
    pub hosts: &'static [&'static str],
    /// Origins of pages that may call, beside loopback's, those of `hosts`, and the `workers.dev` name that a request asks for.
    pub origins: &'static [&'static str],
    /// Life of a session token, in milliseconds.
    pub session_ttl_ms: u64,
    /// Interval of heartbeat comments on streams, in milliseconds.
    pub keepalive_ms: u64,
    /// Largest request body, in bytes.
    pub max_body: u64,
}
