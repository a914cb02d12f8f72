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
    /// How long what was sent on a stream is kept for a client that comes back, in milliseconds, from the stream's end on.
    pub stream_ttl_ms: u64,
    /// How long a task is kept from its creation on, in milliseconds; one that has not ended by then is stopped.
    pub task_ttl_ms: u64,
    /// After how long a client should come back to a stream that was closed (`retry`), in milliseconds.
    pub retry_ms: u64,
    /// Largest request body, in bytes.
    pub max_body: u64,
    /// What pages of allowed origins may send and read.
    pub cors: Cors,
}

impl Policy {
    /// The defaults, for `..Policy::DEFAULT`.
    pub const DEFAULT: Policy = Policy {
        http: "/mcp",
        sse: Some("/sse"),
        hosts: &[],
        origins: &[],
        session_ttl_ms: 24 * 3_600_000,
        keepalive_ms: 25_000,
        stream_ttl_ms: 600_000,
        task_ttl_ms: 3_600_000,
        retry_ms: 1_000,
        max_body: 4 << 20,
        cors: Cors::DEFAULT,
    };
}

/// What a browser's page may do beyond what the protocol itself needs.
#[derive(Clone, Copy, Debug)]
pub struct Cors {
    /// Request headers that it may send, beside those of the protocol.
    pub allow_headers: &'static [&'static str],
    /// Response headers that it may read, beside those of the protocol.
    pub expose_headers: &'static [&'static str],
    /// How long a browser may remember the answer to its preflight, in seconds.
    pub max_age_s: u32,
}

impl Cors {
    /// Nothing more, for the two hours that every browser allows.
    pub const DEFAULT: Cors = Cors {
        allow_headers: &[],
        expose_headers: &[],
        max_age_s: 7_200,
    };
}
