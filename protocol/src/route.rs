//! Which transport, era and session a request belongs to.
//!
//! 1. A `_meta` version, or a stateless version in the header: each request for itself.
//! 2. `initialize`: a session begins, its token is minted.
//! 3. `Mcp-Session-Id`: a session goes on.
//! 4. GET on the SSE path, POST on its message path: HTTP+SSE. GET on the MCP path without a session is the fallback of clients
//!    that were given the wrong path.

use crate::ClientCaps;
use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::{RpcError, UNSUPPORTED_VERSION};
use crate::http::{ContentKind, HttpRequest, Reply};
use crate::jsonrpc;
use crate::list::versions;
use crate::policy::cors;
use crate::token::{Entropy, Facts, Keys};
use crate::version::Version;
use crate::wire::{event, quote};

impl Engine {
    /// Whether a path is one of MCP.
    pub(crate) fn serves(&self, path: &str) -> bool {
        let beneath = |sse: &str| matches!(path.strip_prefix(sse), Some("" | "/message"));
        path == self.policy.http || self.policy.sse.is_some_and(beneath)
    }

    /// A request whose host and size are fine.
    pub(crate) fn route<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        if req.path == self.policy.http {
            return match req.method {
                "POST" => self.streamable(req, keys, now_ms, entropy),
                "GET" if self.policy.sse.is_some() && self.is_fallback(req) => {
                    self.open_sse(req, keys, now_ms, entropy)
                }
                "OPTIONS" if req.headers.origin.is_some() => self.preflight(req),
                // Versions without sessions have neither, whatever else the request has. (Streamable HTTP, "Earlier Streamable HTTP Revisions")
                "GET" | "DELETE" if names_stateless(req) => self.not_allowed("POST"),
                "GET" if self.kept => self.get_stream(req, keys, now_ms),
                "DELETE" if self.kept => self.end(req, keys, now_ms),
                // Of a light session nothing is said between requests, and it is nothing but its token: there is nothing to listen to or
                // to end.
                _ => self.not_allowed(match (self.kept, self.policy.sse) {
                    (true, _) => "GET, POST, DELETE",
                    (false, Some(_)) => "GET, POST",
                    (false, None) => "POST",
                }),
            };
        }
        match self.policy.sse.and_then(|sse| req.path.strip_prefix(sse)) {
            Some("") if req.method == "GET" => self.open_sse(req, keys, now_ms, entropy),
            Some("" | "/message") if req.method == "OPTIONS" && req.headers.origin.is_some() => {
                self.preflight(req)
            }
            Some("") => self.not_allowed("GET"),
            Some("/message") if req.method == "POST" => self.post(req, keys, now_ms),
            Some("/message") => self.not_allowed("POST"),
            _ => Output::Reply(Reply::text(404, "not found")),
        }
    }

    /// A GET on the MCP path that can only be of an HTTP+SSE client: newer ones send a session or a version.
    fn is_fallback(&self, req: &HttpRequest<'_>) -> bool {
        req.headers.session_id.is_none() && req.headers.protocol_version.is_none()
    }

    /// What a browser asks before its page may send what needs more than a form can do.
    fn preflight<'r>(&self, req: &HttpRequest<'_>) -> Output<'r> {
        let asked = req.headers.request_headers;
        Output::Reply(cors::preflight(&self.policy.cors, asked))
    }

    fn not_allowed<'r>(&self, allow: &'static str) -> Output<'r> {
        Output::Reply(Reply::text(405, "method not allowed").with("allow", allow))
    }

    /// A refusal that no request's `id` belongs to.
    pub(crate) fn refuse(&self, status: u16, error: &RpcError) -> Reply {
        Reply::json(status, jsonrpc::error(None, Version::LATEST_LEGACY, error))
    }

    /// What a new session's token says.
    pub(crate) fn facts(
        &self,
        version: Version,
        client: ClientCaps,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Facts {
        let mut random = [0; 16];
        entropy.fill(&mut random);
        Facts {
            version,
            client,
            random,
            expires_ms: match self.has_headers {
                true => now_ms.saturating_add(self.policy.session_ttl_ms),
                false => u64::MAX,
            },
            lists: self.lists_mark(),
        }
    }
}

/// Whether the request's header names a version without sessions.
fn names_stateless(req: &HttpRequest<'_>) -> bool {
    let named = req.headers.protocol_version.and_then(Version::parse);
    named.is_some_and(Version::is_stateless)
}

/// A JSON-RPC message as the client wants it.
pub(crate) fn frame(framing: Framing, status: u16, body: String) -> Reply {
    match framing {
        Framing::Sse if status == 200 => Reply {
            status,
            headers: vec![
                ("cache-control", "no-cache".to_owned()),
                ("x-accel-buffering", "no".to_owned()),
            ],
            content: ContentKind::EventStream,
            body: event(&body),
        },
        // The body of an error status is read before anybody looks for a stream.
        _ => Reply::json(status, body),
    }
}

/// 400 with `-32022` and what we do speak: what `server/discover` lists. A version with sessions can only have been asked for without one,
/// which would go wrong again: then only those without.
pub(crate) fn unsupported_version(id: Option<&str>, requested: &str) -> Reply {
    let only_stateless = Version::parse(requested).is_some();
    let supported = versions(|version| version.is_stateless() || !only_stateless);
    let mut data = ["{\"supported\":", &supported, ",\"requested\":"].concat();
    quote(&mut data, &crate::error::clip(requested));
    data.push('}');
    let error = RpcError::new(UNSUPPORTED_VERSION, "unsupported protocol version").with_data(data);
    Reply::json(400, jsonrpc::error(id, Version::LATEST_LEGACY, &error))
}
