//! Heads of requests that come again: read and judged once.
//!
//! A client sends nearly the same head with all its requests. What it says is found faster in one that is kept, and whether its host, its
//! path and its types are fine does not change.

use crate::again::Last;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::{Headers, HttpRequest};
use crate::policy::accept::{self, Accepts};
use crate::policy::host;
use crate::principal::Who;
use crate::token::{Entropy, Keys};
use crate::version::Version;
use std::ops::Range;

/// The head of a request, kept for the next one that has it.
///
/// It is the method, the target and the values of the headers, one a line, in the order of [`Catalog::header_names`](crate::Catalog::header_names).
#[derive(Clone, Debug)]
pub struct Head {
    text: String,
    method: Range<usize>,
    path: Range<usize>,
    query: Range<usize>,
    origin: Option<Range<usize>>,
    host: Option<Range<usize>>,
    content_type: Option<Range<usize>>,
    accept: Option<Range<usize>>,
    session_id: Option<Range<usize>>,
    protocol_version: Option<Range<usize>>,
    mcp_method: Option<Range<usize>>,
    mcp_name: Option<Range<usize>>,
    params: Range<usize>,
    last_event_id: Option<Range<usize>>,
    request_headers: Option<Range<usize>>,
    passed: Option<Passed>,
    /// What came with it last.
    last: Last,
}

/// What was found of the head of a message that may be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed {
    pub accepts: Accepts,
    /// The version in `MCP-Protocol-Version`; `None` where there is no header, or none that is known.
    pub version: Option<Version>,
}

impl Passed {
    /// Judges what a POST on the MCP path sends and takes.
    ///
    /// # Errors
    /// The status that refuses it, and why.
    pub fn of(headers: &Headers<'_>) -> Result<Passed, (u16, &'static str)> {
        if !accept::is_json(headers.content_type) {
            return Err((415, "Content-Type must be application/json"));
        }
        let accepts = accept::accepts(headers.accept);
        if !accepts.json && !accepts.stream {
            return Err((
                406,
                "Accept must name application/json or text/event-stream",
            ));
        }
        Ok(Passed {
            accepts,
            version: headers.protocol_version.and_then(Version::parse),
        })
    }
}

impl Engine {
    /// Reads the head of a request.
    pub fn head(&self, text: String) -> Head {
        let req = self.request(&text, Who::Anyone, "");
        let whole = text.as_ptr() as usize;
        // Each is a piece of the text.
        let span = |piece: &str| {
            let start = (piece.as_ptr() as usize).saturating_sub(whole);
            start..start + piece.len()
        };
        let headers = req.headers;
        let is_message = req.method == "POST"
            && req.path == self.policy.http
            && host::allows(&self.policy, headers.host, headers.origin);
        Head {
            method: span(req.method),
            path: span(req.path),
            query: span(req.query),
            origin: headers.origin.map(span),
            host: headers.host.map(span),
            content_type: headers.content_type.map(span),
            accept: headers.accept.map(span),
            session_id: headers.session_id.map(span),
            protocol_version: headers.protocol_version.map(span),
            mcp_method: headers.mcp_method.map(span),
            mcp_name: headers.mcp_name.map(span),
            params: span(headers.params),
            last_event_id: headers.last_event_id.map(span),
            request_headers: headers.request_headers.map(span),
            passed: Passed::of(&headers).ok().filter(|_| is_message),
            last: Last::default(),
            text,
        }
    }

    /// The request whose head is `head`, as [`Head`] has it.
    pub fn request<'a>(&self, head: &'a str, who: Who<'a>, body: &'a str) -> HttpRequest<'a> {
        let (method, rest) = head.split_once('\n').unwrap_or((head, &head[head.len()..]));
        let (target, headers) = rest.split_once('\n').unwrap_or((rest, &rest[rest.len()..]));
        let (path, query) = target
            .split_once('?')
            .unwrap_or((target, &target[target.len()..]));
        HttpRequest {
            method,
            path,
            query,
            headers: self.headers(headers),
            body,
            who,
        }
    }

    /// [`Engine::handle`], of a request whose head is kept.
    pub fn handle_with<'r>(
        &self,
        head: &'r Head,
        who: Who<'r>,
        body: &'r str,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        let Some(passed) = head.passed else {
            let req = head.request(who, body);
            return self.handle(&req, keys, now_ms, entropy);
        };
        if let Some(refused) = self.too_large(body) {
            return refused;
        }
        if let Some(reply) = self.turns_away(who) {
            return Output::Reply(reply);
        }
        if let Some(call) = self.again(&head.last, passed, who, body) {
            return call;
        }
        let req = head.request(who, body);
        self.message_of(&req, passed, Some(&head.last), keys, now_ms, entropy)
    }

    /// The answer to a body that is larger than allowed.
    pub(crate) fn too_large<'r>(&self, body: &str) -> Option<Output<'r>> {
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
        (size > self.policy.max_body).then(|| {
            let error = RpcError::invalid_request("the body is too large");
            Output::Reply(self.refuse(413, &error))
        })
    }
}

impl Head {
    /// The request with this head.
    fn request<'a>(&'a self, who: Who<'a>, body: &'a str) -> HttpRequest<'a> {
        let at = |span: &Range<usize>| self.text.get(span.clone()).unwrap_or_default();
        let value = |span: &Option<Range<usize>>| span.as_ref().map(at);
        HttpRequest {
            method: at(&self.method),
            path: at(&self.path),
            query: at(&self.query),
            headers: Headers {
                origin: value(&self.origin),
                host: value(&self.host),
                content_type: value(&self.content_type),
                accept: value(&self.accept),
                session_id: value(&self.session_id),
                protocol_version: value(&self.protocol_version),
                mcp_method: value(&self.mcp_method),
                mcp_name: value(&self.mcp_name),
                params: at(&self.params),
                last_event_id: value(&self.last_event_id),
                request_headers: value(&self.request_headers),
            },
            body,
            who,
        }
    }
}
