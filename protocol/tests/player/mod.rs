//! Who plays a dialogue: requests go to an engine, and what comes back is compared.

mod answers;
mod host;
mod object;
mod script;
mod stream;

use crate::common::{COUNTER, Counting, POLICY};
use mcp_agent_protocol::{CallHead, ContentKind, Engine, Framing, Reply, SseSession};
use object::Kept;
use std::collections::{BTreeMap, VecDeque};

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

/// A reply without a body.
fn bare(status: u16) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        content: ContentKind::None,
        body: String::new(),
    }
}

/// A request that owns its parts.
#[derive(Clone)]
struct Request {
    method: String,
    target: String,
    headers: String,
    body: String,
}

/// A batch, of which one message is handled at a time.
struct OpenBatch {
    framing: Framing,
    /// What its messages came with; `None` for those of an HTTP+SSE client.
    request: Option<Request>,
    /// Messages, and answers that are known.
    parts: VecDeque<Result<String, String>>,
    answers: Vec<String>,
}

pub struct Player {
    file: String,
    line: usize,
    engine: Engine,
    now_ms: u64,
    entropy: Counting,
    values: BTreeMap<String, String>,
    stream: Option<SseSession>,
    /// The objects of kept sessions.
    pub kept: Kept,
    /// Whether one of them speaks.
    inside: bool,
    request: Vec<String>,
    response: Vec<String>,
    called: Option<CallHead>,
    got: Option<Reply>,
    batch: Option<OpenBatch>,
    /// What the host adds to the answer.
    sharing: Vec<(&'static str, String)>,
    /// What the clients with sessions speak, and the method that was asked last.
    version: String,
    method: String,
}

impl Player {
    pub fn new(file: &str) -> Player {
        Player {
            file: file.to_owned(),
            line: 0,
            engine: Engine::new(COUNTER, POLICY),
            now_ms: 1_000_000,
            entropy: Counting::default(),
            values: BTreeMap::from([("META".to_owned(), META.to_owned())]),
            stream: None,
            kept: Kept::default(),
            inside: false,
            request: Vec::new(),
            response: Vec::new(),
            called: None,
            got: None,
            batch: None,
            sharing: Vec::new(),
            version: "2025-11-25".to_owned(),
            method: String::new(),
        }
    }

    fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    fn fill(&self, text: &str) -> String {
        self.values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("${name}"), value)
            })
    }
}
