//! Between lines and the front of a host.

use super::Failed;
use super::exchange::{Flow, Kind, Next};
use super::lines::Line;
use super::message::{Message, error};
use super::output;
use crate::agent::Agent;
use crate::host::memory::{Host, Request};
use serde_json::Value;
use std::io::{ErrorKind, Write};
use std::mem;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

/// How many things are done before the client is looked after again, however many there are.
const BURST: usize = 256;
/// How long what is being answered may take when the client has said its last word.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait when nothing is known to come.
const LONG: Duration = Duration::from_secs(3600);

/// A client and its host.
pub struct Bridge<A: Agent> {
    host: Host<A>,
    /// The token of the client's session, if it is of a version that has some.
    session: Option<String>,
    /// Who the client is, where that is asked and known.
    who: Option<Value>,
    flows: Vec<Flow>,
    /// Messages for the client.
    out: Vec<String>,
}

impl<A: Agent> Bridge<A> {
    pub fn new(host: Host<A>, who: Option<Value>) -> Self {
        Self {
            host,
            who,
            session: None,
            flows: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Serves until the lines end and what they asked is answered, or until nobody reads what is written.
    pub fn run(mut self, lines: &Receiver<Line>, mut output: impl Write) -> Result<(), Failed> {
        let mut last_word: Option<Instant> = None;
        loop {
            let mut is_quiet = true;
            // What is said after `initialize` needs its session.
            let holds = self.is_initializing();
            if last_word.is_none() && !holds {
                match lines.try_recv() {
                    Ok(line) => {
                        self.take(line);
                        is_quiet = false;
                    }
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Disconnected) => last_word = Some(Instant::now()),
                }
            }
            for _ in 0..BURST {
                if !self.host.live_turn() {
                    break;
                }
            }
            // Nobody sees what may yet be undone.
            self.host.commit()?;
            self.look();
            match self.write(&mut output) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            }
            let left = match last_word {
                Some(at) if !self.flows.iter().any(Flow::ends_alone) || at.elapsed() >= GRACE => {
                    return Ok(());
                }
                Some(at) => GRACE.saturating_sub(at.elapsed()),
                None => LONG,
            };
            if is_quiet && holds == self.is_initializing() {
                self.host.rest(left);
            }
        }
    }

    fn is_initializing(&self) -> bool {
        self.flows.iter().any(Flow::is_initialize)
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Text(text) => self.message(text),
            Line::NotUtf8 => {
                let refusal = error(&Value::Null, -32700, "the line is not UTF-8");
                self.out.push(refusal);
            }
            Line::TooLong => {
                let refusal = error(&Value::Null, -32600, "the line is too long");
                self.out.push(refusal);
            }
        }
    }

    fn message(&mut self, text: String) {
        let message = Message::read(&text);
        let initialized = message == Message::Notice { initialized: true };
        let kind = match message {
            Message::Request(request) => Kind::Request(request),
            Message::Batch(ids) => Kind::Batch(ids),
            Message::Other => Kind::Other,
            Message::Notice { .. } => Kind::Notice,
            Message::Answer(id) => {
                for flow in &mut self.flows {
                    flow.answered(&id);
                }
                Kind::Notice
            }
            Message::Cancel(id) => {
                // As a client does over HTTP: it hangs up.
                let before = self.flows.len();
                self.flows.retain(|flow| !flow.is_taken_back_by(&id));
                if self.flows.len() < before {
                    return;
                }
                Kind::Notice
            }
        };
        let sent = self
            .host
            .send(&self.of_session(Request::post(A::POLICY.http, text)));
        self.flows.push(Flow::new(kind, sent));
        if initialized && A::KEPT && self.session.is_some() {
            self.listen();
        }
    }

    /// What the server says by itself comes on a stream.
    fn listen(&mut self) {
        self.flows.retain(|flow| !flow.is_listening());
        let sent = self.host.send(&self.stream());
        self.flows.push(Flow::new(Kind::Listening, sent));
    }

    fn stream(&self) -> Request {
        let request = Request::new("GET", A::POLICY.http).header("accept", "text/event-stream");
        self.of_session(request)
    }

    fn of_session(&self, request: Request) -> Request {
        let request = match &self.who {
            Some(who) => request.principal(who),
            None => request,
        };
        match &self.session {
            Some(token) => request.header("mcp-session-id", token),
            None => request,
        }
    }

    /// Looks what has come of all that is under way.
    fn look(&mut self) {
        for mut flow in mem::take(&mut self.flows) {
            match flow.read(&mut self.out) {
                Next::Wait => self.flows.push(flow),
                Next::End => {}
                Next::Session(token) => self.session = Some(token),
                Next::Resume(last) => {
                    let request = self.stream().header("last-event-id", &last);
                    flow.resume(self.host.send(&request));
                    self.flows.push(flow);
                }
            }
        }
    }

    fn write(&mut self, output: &mut impl Write) -> std::io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        for message in self.out.drain(..) {
            output.write_all(output::line(&message).as_bytes())?;
        }
        output.flush()
    }
}
