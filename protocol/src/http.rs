//! HTTP as the engine sees it: plain strings in, plain strings out.

use crate::call::Framing;
use crate::principal::Who;
use crate::route::frame;

/// A request. The host has already bounded and decoded the body.
#[derive(Clone, Copy, Debug)]
pub struct HttpRequest<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Path of the URL, undecoded, without the query.
    pub path: &'a str,
    /// Query of the URL, undecoded, without the question mark; may be empty.
    pub query: &'a str,
    /// The headers that the engine reads.
    pub headers: Headers<'a>,
    /// The body, empty where there is none.
    pub body: &'a str,
    /// Who asks, as the host has made sure of.
    pub who: Who<'a>,
}

impl<'a> HttpRequest<'a> {
    /// Issuer and subject of who asks, where they are known: what tokens are sealed for.
    pub(crate) fn key(&self) -> Option<&'a str> {
        self.who.known().map(|who| who.key())
    }
}

/// The request headers that the engine reads; all others stay with the host.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// `Origin`.
    pub origin: Option<&'a str>,
    /// `Host`.
    pub host: Option<&'a str>,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Accept`.
    pub accept: Option<&'a str>,
    /// `Mcp-Session-Id`.
    pub session_id: Option<&'a str>,
    /// `MCP-Protocol-Version`.
    pub protocol_version: Option<&'a str>,
    /// `Mcp-Method`.
    pub mcp_method: Option<&'a str>,
    /// `Mcp-Name`.
    pub mcp_name: Option<&'a str>,
    /// The headers of arguments that tools want mirrored, one value a line, in the order of [`crate::Catalog::header_names`].
    pub params: &'a str,
    /// `Last-Event-ID`.
    pub last_event_id: Option<&'a str>,
    /// `Access-Control-Request-Headers`.
    pub request_headers: Option<&'a str>,
}

impl<'a> Headers<'a> {
    /// The headers' names, in the order in which [`Headers::from_lines`] expects their values. The first says whether a browser's page
    /// asks, and only then the last means anything; the one before it means something in a GET alone. The session's means nothing beside a
    /// version without sessions, and those behind the version's nothing beside any other: a host may leave them out.
    pub const NAMES: [&'static str; 10] = [
        "origin",
        "host",
        "content-type",
        "accept",
        "mcp-session-id",
        "mcp-protocol-version",
        "mcp-method",
        "mcp-name",
        "last-event-id",
        "access-control-request-headers",
    ];

    /// Reads one value a line, in the order of [`Headers::NAMES`], in which the entry of a Worker writes them. An empty or missing line is an absent header.
    /// HTTP forbids line breaks in values, so no value can pose as another header.
    pub fn from_lines(lines: &'a str) -> Headers<'a> {
        Headers::read(lines, 0)
    }

    /// The same with so many lines of [`Headers::params`] before the last two.
    pub(crate) fn read(lines: &'a str, params: usize) -> Headers<'a> {
        let mut lines = Lines(lines);
        Headers {
            origin: lines.value(),
            host: lines.value(),
            content_type: lines.value(),
            accept: lines.value(),
            session_id: lines.value(),
            protocol_version: lines.value(),
            mcp_method: lines.value(),
            mcp_name: lines.value(),
            params: lines.take(params),
            last_event_id: lines.value(),
            request_headers: lines.value(),
        }
    }
}

/// What is left of some lines.
struct Lines<'a>(&'a str);

impl<'a> Lines<'a> {
    /// The next line, without white space around it; `None` where it is empty or missing.
    fn value(&mut self) -> Option<&'a str> {
        let value = self.take(1).trim_matches([' ', '\t', '\r']);
        Some(value).filter(|value| !value.is_empty())
    }

    /// The next lines, as they are.
    fn take(&mut self, count: usize) -> &'a str {
        let all = self.0;
        let mut length = 0;
        for _ in 0..count {
            // Lines are short: a loop over their bytes is done before a search for a character has begun.
            let end = self.0.bytes().position(|byte| byte == b'\n');
            let line = end.unwrap_or(self.0.len());
            length = all.len() - self.0.len() + line;
            self.0 = self.0.get(line + 1..).unwrap_or_default();
        }
        &all[..length]
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, lower-case names; `content-type` is left to [`Reply::content`].
    pub headers: Vec<(&'static str, String)>,
    /// What the body is.
    pub content: ContentKind,
    /// The body; empty where `content` is [`ContentKind::None`].
    pub body: String,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    /// There is none.
    None,
    /// `application/json`.
    Json,
    /// `text/event-stream`.
    EventStream,
    /// `text/plain; charset=utf-8`.
    Text,
}

impl ContentKind {
    /// Value of the `content-type` header.
    pub const fn mime(self) -> Option<&'static str> {
        match self {
            ContentKind::None => None,
            ContentKind::Json => Some("application/json"),
            ContentKind::EventStream => Some("text/event-stream"),
            ContentKind::Text => Some("text/plain; charset=utf-8"),
        }
    }
}

impl Reply {
    /// A reply without a body.
    pub(crate) fn empty(status: u16) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            content: ContentKind::None,
            body: String::new(),
        }
    }

    /// A reply for people: wrong paths and methods, refused hosts.
    pub(crate) fn text(status: u16, body: &str) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            content: ContentKind::Text,
            body: body.to_owned(),
        }
    }

    /// A JSON reply.
    pub(crate) fn json(status: u16, body: String) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            content: ContentKind::Json,
            body,
        }
    }

    /// The same as the last event of a stream, behind other events.
    #[must_use]
    pub fn in_stream(self, before: &str) -> Reply {
        let mut reply = frame(Framing::Sse, 200, self.body);
        reply.body.insert_str(0, before);
        reply
    }

    /// The same with one header more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}
