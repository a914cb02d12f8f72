//! A minimal client: it calls, answers what it is asked, and comes back to streams that were cut.

mod listen;

use crate::agent::Pair;
use crate::call::{Log, Outcome, TOOLS, Tool};
use crate::dice::Dice;
use crate::stream::Stream;
use mcp_agent::memory::{Exchange, Host, Request, Response};
use mcp_agent::serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    Http(&'static str),
    /// HTTP+SSE.
    Sse,
}

/// What was sent.
#[derive(Debug)]
enum Sent {
    Initialize,
    Open,
    Call(u64),
    Answer(String, Value),
    /// A stream that was cut.
    Resume(usize),
    Listen,
    Subscribe,
    Other,
}

/// A client.
pub struct Client {
    name: usize,
    speaks: Speaks,
    /// The session's id, or where to post.
    session: Option<String>,
    ready: bool,
    next: u64,
    pub calls: BTreeMap<u64, Log>,
    sent: Vec<(Sent, Exchange)>,
    streams: Vec<Stream>,
    /// What was asked and is not answered: the id of the request, and of the call.
    asked: Vec<(String, u64)>,
    /// Answers that may not have arrived.
    again: Vec<(String, Value)>,
    ever_asked: BTreeSet<String>,
    listens: bool,
    pub subscribed: bool,
    /// It has tried to, and may not know that it does.
    pub tried: bool,
    /// How often the subscribed resource was another.
    pub updated: usize,
}

const URI: &str = "pair://entries";

impl Client {
    pub fn new(name: usize, speaks: Speaks) -> Self {
        Self {
            name,
            speaks,
            session: None,
            ready: false,
            next: 1,
            calls: BTreeMap::new(),
            sent: Vec::new(),
            streams: Vec::new(),
            asked: Vec::new(),
            again: Vec::new(),
            ever_asked: BTreeSet::new(),
            listens: false,
            subscribed: false,
            tried: false,
            updated: 0,
        }
    }

    pub fn is_ready(&self) -> bool {
        self.ready
    }

    fn request(&self, method: &str, body: String) -> Request {
        let session = self.session.as_deref().unwrap_or_default();
        match self.speaks {
            Speaks::Sse if method == "POST" => Request::post(session, body),
            Speaks::Sse => Request::new(method, "/sse").header("accept", "text/event-stream"),
            Speaks::Http(version) => {
                let request = match method {
                    "POST" => Request::post("/mcp", body),
                    _ => Request::new(method, "/mcp").header("accept", "text/event-stream"),
                };
                match session {
                    "" => request,
                    session => request
                        .header("mcp-session-id", session)
                        .header("mcp-protocol-version", version),
                }
            }
        }
    }

    fn post(&mut self, host: &Host<Pair>, sent: Sent, message: &Value) {
        let request = self.request("POST", message.to_string());
        self.sent.push((sent, host.send(&request)));
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Goes on with beginning, if there is nothing on its way.
    pub fn begin(&mut self, host: &Host<Pair>) {
        if self.ready || !self.sent.is_empty() {
            return;
        }
        if self.speaks == Speaks::Sse && self.session.is_none() {
            let exchange = host.send(&self.request("GET", String::new()));
            self.sent.push((Sent::Open, exchange));
            return;
        }
        let version = match self.speaks {
            Speaks::Http(version) => version,
            Speaks::Sse => "2025-11-25",
        };
        let id = self.number();
        let params = json!({
            "protocolVersion": version,
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "pair", "version": "1" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": id, "method": "initialize", "params": params });
        self.post(host, Sent::Initialize, &message);
    }

    /// Calls a tool.
    pub fn call(&mut self, host: &Host<Pair>, dice: &mut Dice, acknowledged: &BTreeSet<String>) {
        let tool = *dice.pick(&TOOLS).expect("tools");
        let number = self.number();
        let id = format!("c{}-{number}", self.name);
        let n = match tool.takes_steps() {
            true => 1 + dice.below(6) as i64,
            false => 0,
        };
        let pause = [0, 0, 50, 700][dice.below(4)];
        let arguments = match tool {
            Tool::Put => json!({ "id": id, "ms": pause }),
            Tool::Get => json!({}),
            Tool::Steps | Tool::StepsPut => json!({ "id": id, "n": n, "ms": pause }),
            _ => json!({ "id": id }),
        };
        let message = json!({
            "jsonrpc": "2.0",
            "id": number,
            "method": "tools/call",
            "params": {
                "name": tool.name(),
                "arguments": arguments,
                "_meta": { "progressToken": number },
            },
        });
        let log = Log {
            id,
            tool,
            n,
            after: acknowledged.iter().cloned().collect(),
            progress: Vec::new(),
            logs: Vec::new(),
            sum: 0,
            declined: false,
            outcomes: Vec::new(),
            forsaken: false,
            cancelled: false,
        };
        self.calls.insert(number, log);
        self.post(host, Sent::Call(number), &message);
    }

    /// Answers one of the questions, or says no.
    pub fn answer(&mut self, host: &Host<Pair>, dice: &mut Dice) {
        if let Some((id, message)) = self.again.pop() {
            self.post(host, Sent::Answer(id, message.clone()), &message);
            return;
        }
        if self.asked.is_empty() {
            return;
        }
        let (id, call) = self.asked.swap_remove(dice.below(self.asked.len()));
        let log = self.calls.get_mut(&call).expect("a question of a call");
        let result = if dice.one_in(8) {
            log.declined = true;
            json!({ "action": "decline" })
        } else {
            let amount = dice.below(100) as i64;
            log.sum += amount;
            json!({ "action": "accept", "content": { "amount": amount } })
        };
        let message = json!({ "jsonrpc": "2.0", "id": id, "result": result });
        self.post(host, Sent::Answer(id, message.clone()), &message);
    }

    /// Cancels a call.
    pub fn cancel(&mut self, host: &Host<Pair>, dice: &mut Dice) {
        let open = self.calls.iter().filter(|(_, log)| !log.is_over());
        let open: Vec<u64> = open.map(|(id, _)| *id).collect();
        let Some(id) = dice.pick(&open) else {
            return;
        };
        if let Some(log) = self.calls.get_mut(id) {
            log.cancelled = true;
        }
        let params = json!({ "requestId": id });
        let message =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        self.post(host, Sent::Other, &message);
    }

    /// Listens, and subscribes when it does.
    pub fn subscribe(&mut self, host: &Host<Pair>) {
        if self.speaks != Speaks::Sse && !self.listens {
            self.listens = true;
            let exchange = host.send(&self.request("GET", String::new()));
            self.sent.push((Sent::Listen, exchange));
            return;
        }
        if self.is_listening() && !self.subscribed {
            let id = self.number();
            let params = json!({ "uri": URI });
            let message = json!({
                "jsonrpc": "2.0", "id": id, "method": "resources/subscribe", "params": params,
            });
            self.tried = true;
            self.post(host, Sent::Subscribe, &message);
        }
    }

    /// A connection is lost: a stream's, or that of a request.
    pub fn cut(&mut self, dice: &mut Dice) {
        if dice.one_in(10) && !self.sent.is_empty() {
            let (sent, exchange) = self.sent.swap_remove(dice.below(self.sent.len()));
            drop(exchange);
            self.lost(sent);
            return;
        }
        if self.streams.is_empty() {
            return;
        }
        let at = dice.below(self.streams.len());
        // What it did not look at is lost with it.
        self.streams[at].response = None;
        self.forsake(at);
    }

    /// A stream that no event came on cannot be come back to.
    fn forsake(&mut self, at: usize) {
        let stream = &mut self.streams[at];
        if stream.response.is_some() || stream.last.is_some() || stream.coming {
            return;
        }
        match stream.call {
            Some(call) => self.calls.entry(call).and_modify(|log| log.forsaken = true),
            None if self.speaks == Speaks::Sse => panic!("an HTTP+SSE stream without an event"),
            None => {
                self.listens = false;
                stream.over = true;
                return;
            }
        };
        stream.over = true;
    }

    /// Comes back to a stream that was cut.
    pub fn resume(&mut self, host: &Host<Pair>) {
        let cut = |stream: &Stream| stream.response.is_none() && !stream.coming && !stream.over;
        let Some(at) = self.streams.iter().position(cut) else {
            return;
        };
        let last = self.streams[at].last.clone().expect("it had an event");
        self.streams[at].coming = true;
        let request = self
            .request("GET", String::new())
            .header("last-event-id", &last);
        self.sent.push((Sent::Resume(at), host.send(&request)));
    }

    /// Something that was sent was lost on the way, or its answer on the way back.
    fn lost(&mut self, sent: Sent) {
        match sent {
            Sent::Call(id) => {
                self.calls.entry(id).and_modify(|log| log.forsaken = true);
            }
            Sent::Answer(id, message) => self.again.push((id, message)),
            Sent::Resume(at) => self.streams[at].coming = false,
            Sent::Listen => self.listens = false,
            Sent::Initialize | Sent::Open | Sent::Subscribe | Sent::Other => {}
        }
    }

    /// Whether it has a stream for what belongs to no call, which is cut at most for a while.
    pub fn is_listening(&self) -> bool {
        let listens = |stream: &Stream| stream.call.is_none() && stream.last.is_some();
        self.streams.iter().any(listens)
    }

    /// Who it is.
    pub fn told(&self) -> String {
        let (name, speaks) = (self.name, self.speaks);
        format!("client {name}, {speaks:?}, subscribed: {}", self.subscribed)
    }

    /// Whether nothing is to be done any more.
    pub fn is_at_rest(&self) -> bool {
        let cut = |stream: &Stream| stream.response.is_none() && !stream.over;
        self.sent.is_empty()
            && self.asked.is_empty()
            && self.again.is_empty()
            && !self.streams.iter().any(cut)
            && self.calls.values().all(Log::is_over)
    }

    /// A request of this session, to the end.
    pub fn request_now(&self, host: &Host<Pair>, method: &str, body: String) -> Response {
        host.request(&self.request(method, body))
    }

    /// Closes all connections.
    pub fn leave(&mut self) {
        self.sent.clear();
        self.streams.clear();
    }

    pub fn is_http(&self) -> bool {
        self.speaks != Speaks::Sse
    }

    /// The writes that were acknowledged.
    pub fn acknowledged(&self) -> impl Iterator<Item = String> {
        let done = |log: &&Log| matches!(log.outcomes.first(), Some(Outcome::Text(_)));
        let writes = self.calls.values().filter(|log| log.tool.writes());
        writes.filter(done).map(|log| log.id.clone())
    }
}
