//! Requests and responses as a client has them.

use super::shared::Shared;
use super::socket::Socket;
use crate::agent::Agent;
use crate::host::signal;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

/// The version without sessions.
const STATELESS: &str = "2026-07-28";

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    /// Who sends it, as a Worker's entry says it.
    who: String,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// A request of this method (`GET`) for this path and query, to `localhost`.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: vec![("host".to_owned(), "localhost".to_owned())],
            who: String::new(),
            body: Vec::new(),
        }
    }

    /// A POST of a JSON-RPC message, whose answer may be JSON or a stream.
    pub fn post(path: &str, body: impl Into<String>) -> Self {
        Self {
            body: body.into().into_bytes(),
            ..Self::new("POST", path)
        }
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
    }

    /// A request of protocol version 2026-07-28, which needs no session: `tools/call` with `{"name": …, "arguments": {…}}`. Its client can
    /// do nothing, unless `_meta` in `params` says otherwise.
    pub fn rpc(path: &str, method: &str, mut params: Value) -> Self {
        let name = [&params["name"], &params["uri"], &params["taskId"]];
        let name = name.into_iter().find_map(Value::as_str).map(str::to_owned);
        let mut meta = json!({
            "io.modelcontextprotocol/protocolVersion": STATELESS,
            "io.modelcontextprotocol/clientInfo": { "name": "memory", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        for (name, value) in params["_meta"].as_object().into_iter().flatten() {
            meta[name] = value.clone();
        }
        params["_meta"] = meta;
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = Self::post(path, message.to_string())
            .header("mcp-protocol-version", STATELESS)
            .header("mcp-method", method);
        match name {
            Some(name) => request.header("mcp-name", &name),
            None => request,
        }
    }

    /// The same with this header, which replaces one of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name.to_ascii_lowercase();
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same from this caller, whose token is good: `{"iss": …, "sub": …, "scopes": […], "claims": {…}}`. Where the agent asks nobody who
    /// they are, it does not hear of it.
    #[must_use]
    pub fn principal(mut self, principal: &Value) -> Self {
        self.who = principal.to_string();
        self
    }

    /// The same from somebody whose token is no good, for this reason.
    #[must_use]
    pub fn refused(mut self, why: &str) -> Self {
        self.who = format!("!{}", why.replace('\n', " "));
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn method(&self) -> &str {
        &self.method
    }

    /// Without its query.
    pub(super) fn path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// The line before a head that says who asks.
    fn who<A: Agent>(&self) -> String {
        match A::AUTH {
            true => format!("{}\n", self.who),
            false => String::new(),
        }
    }

    /// With all headers, for what is no MCP.
    pub(super) fn whole_head<A: Agent>(&self) -> String {
        let mut head = format!("{}{}\n{}", self.who::<A>(), self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("\n{name}:{}", value.replace('\n', " ")));
        }
        head
    }

    /// As the front reads it.
    pub(super) fn head<A: Agent>(&self, names: &[&str]) -> String {
        let mut head = format!("{}{}\n{}", self.who::<A>(), self.method, self.path);
        for name in names {
            head.push('\n');
            // HTTP has no line ends in values.
            head.push_str(&self.get(name).unwrap_or_default().replace('\n', " "));
        }
        head
    }
}

/// A request that is on its way.
#[derive(Debug)]
pub struct Exchange(pub(super) oneshot::Receiver<Response>);

/// The connection was lost before the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

impl Exchange {
    /// The response; `None` while it is not there.
    ///
    /// # Errors
    /// When it will never come, or was taken already.
    pub fn response(&mut self) -> Result<Option<Response>, Lost> {
        match self.0.try_recv() {
            Ok(response) => Ok(Some(response)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Closed) => Err(Lost),
        }
    }
}

/// A response. Dropping it closes the connection: the client of an open stream is gone then.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers, lower-case names.
    pub headers: Vec<(String, String)>,
    parts: RefCell<Vec<Part>>,
}

/// A part of a body.
enum Part {
    /// That is there.
    Text(String),
    /// That is there, and may be no text.
    Bytes(Vec<u8>),
    /// That comes.
    Stream(Rc<Socket>, Rc<Shared>),
}

/// The `content-type` of streams.
const STREAM: &str = "text/event-stream";

impl Response {
    pub(super) fn json(status: u16, body: String) -> Self {
        Self::whole(status, vec![mime("application/json")], body)
    }

    fn whole(status: u16, headers: Vec<(String, String)>, body: String) -> Self {
        Self {
            status,
            headers,
            parts: RefCell::new(vec![Part::Text(body)]),
        }
    }

    /// The answer to a plain request.
    pub(super) fn plain(response: crate::Response) -> Self {
        Self {
            status: response.status,
            headers: response.headers,
            parts: RefCell::new(vec![Part::Bytes(response.body)]),
        }
    }

    /// What a `J` or `R` signal says; `None` for any other.
    pub(super) fn read_signal(text: &str) -> Option<Self> {
        let (status, headers, body) = signal::read_reply(text)?;
        let headers = headers.lines().filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Self::whole(status, headers.collect(), body.to_owned()))
    }

    pub(super) fn stream(socket: Rc<Socket>, shared: Rc<Shared>) -> Self {
        Self::of_parts(vec![Part::Stream(socket, shared)])
    }

    fn of_parts(parts: Vec<Part>) -> Self {
        Self {
            status: 200,
            headers: vec![
                mime(STREAM),
                (
                    "cache-control".to_owned(),
                    "no-cache, no-transform".to_owned(),
                ),
            ],
            parts: RefCell::new(parts),
        }
    }

    /// The answers to the messages of a batch, as one.
    pub(super) fn batch(mut answers: Vec<Response>, as_stream: bool) -> Self {
        if answers.iter().all(|answer| answer.status == 404) && !answers.is_empty() {
            // The session has ended.
            return answers.swap_remove(0);
        }
        // A notification has no answer.
        answers.retain(|answer| answer.status != 202);
        if answers.is_empty() {
            return Self::whole(202, Vec::new(), String::new());
        }
        if !as_stream && !answers.iter().any(Self::is_stream) {
            let texts: Vec<String> = answers.iter().map(Self::read).collect();
            return Self::json(200, format!("[{}]", texts.join(",")));
        }
        let parts = answers.iter().flat_map(|answer| match answer.is_stream() {
            true => answer.parts.take(),
            false => vec![Part::Text(event(&answer.read()))],
        });
        Self::of_parts(parts.collect())
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// The body, as far as it has come since the last look. What is no UTF-8 becomes U+FFFD.
    pub fn read(&self) -> String {
        let bytes = self.bytes();
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// The same as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in &mut *self.parts.borrow_mut() {
            match part {
                Part::Text(part) => bytes.append(&mut std::mem::take(part).into_bytes()),
                Part::Bytes(part) => bytes.append(part),
                Part::Stream(socket, _) => bytes.append(&mut socket.read().into_bytes()),
            }
        }
        bytes
    }

    /// Whether it is an event stream.
    pub fn is_stream(&self) -> bool {
        self.header("content-type") == Some(STREAM)
    }

    /// Whether more may come.
    pub fn is_open(&self) -> bool {
        let open = |part: &Part| matches!(part, Part::Stream(socket, _) if socket.is_open());
        self.parts.borrow().iter().any(open)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        for part in self.parts.take() {
            if let Part::Stream(socket, shared) = part
                && socket.cut()
            {
                shared.left(socket);
            }
        }
    }
}

fn mime(mime: &str) -> (String, String) {
    ("content-type".to_owned(), mime.to_owned())
}

/// A message as an event.
pub(super) fn event(message: &str) -> String {
    let lines: Vec<&str> = message.lines().collect();
    format!("event: message\ndata: {}\n\n", lines.join("\ndata: "))
}
