//! A client at the other end of two pipes.

use mcp_agent::memory::{Ram, Storage};
use mcp_agent::serde_json::{Value, from_str, json};
use mcp_agent::stdio::{Failed, serve};
use std::io::{BufRead, BufReader, PipeWriter, Write, pipe};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Longer than anything takes.
const LIMIT: Duration = Duration::from_secs(20);
/// Long enough for what must not come.
const SHORT: Duration = Duration::from_millis(150);

/// The version without sessions.
pub const STATELESS: &str = "2026-07-28";

/// A client and its server.
pub struct Client {
    input: Option<PipeWriter>,
    lines: Receiver<String>,
    server: JoinHandle<Result<(), Failed>>,
}

impl Client {
    /// Of a server whose state lasts as long as it does.
    pub fn new<A: mcp_agent::__rt1::Agent>() -> Self {
        Self::over::<A>(|| Rc::new(Ram::default()))
    }

    /// Of a server over a storage.
    pub fn over<A: mcp_agent::__rt1::Agent>(
        storage: impl FnOnce() -> Rc<dyn Storage> + Send + 'static,
    ) -> Self {
        let (reader, input) = pipe().expect("a pipe");
        let (output, writer) = pipe().expect("a pipe");
        let server = thread::spawn(move || serve::<A>(storage(), reader, writer));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                if sender.send(line.expect("UTF-8")).is_err() {
                    break;
                }
            }
        });
        Self {
            input: Some(input),
            lines,
            server,
        }
    }

    pub fn write(&mut self, text: &str) {
        let input = self.input.as_mut().expect("an input");
        input.write_all(text.as_bytes()).expect("a reader");
    }

    pub fn send(&mut self, message: &Value) {
        self.write(&format!("{message}\n"));
    }

    /// The next message.
    pub fn next(&self) -> Value {
        let line = self.lines.recv_timeout(LIMIT).expect("a line");
        from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Nothing comes.
    pub fn hears_nothing(&self) {
        let heard = self.lines.recv_timeout(SHORT);
        assert_eq!(heard, Err(RecvTimeoutError::Timeout));
    }

    /// Sends a request and gives its response, which is what comes next.
    pub fn ask(&mut self, request: &Value) -> Value {
        self.send(request);
        let response = self.next();
        assert_eq!(response["id"], request["id"], "{response}");
        response
    }

    /// Begins a session; gives the version that was agreed upon.
    pub fn initialize(&mut self, version: &str) -> String {
        let params = json!({
            "protocolVersion": version,
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "desktop", "version": "1" },
        });
        let response = self.ask(&request("first", "initialize", params));
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        let agreed = response["result"]["protocolVersion"].as_str();
        agreed.unwrap_or_else(|| panic!("{response}")).to_owned()
    }

    /// There is nothing more to say. Gives what came after all, and how the server ended.
    pub fn end(mut self) -> (Vec<Value>, Result<(), Failed>) {
        self.input = None;
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => rest.push(from_str(&line).expect("JSON")),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the server does not end"),
            }
        }
        (rest, self.server.join().expect("no panic"))
    }
}

pub fn request(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

/// A call in a session.
pub fn call(id: u64, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": id } });
    request(id, "tools/call", params)
}

/// The same request standing for itself.
pub fn alone(mut request: Value) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientInfo": { "name": "desktop", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
    });
    match &mut request["params"]["_meta"] {
        Value::Object(members) => members.extend(meta.as_object().cloned().unwrap_or_default()),
        none => *none = meta,
    }
    request
}

/// The text that a call answered.
pub fn text(response: &Value) -> &str {
    let text = response["result"]["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{response}"))
}
