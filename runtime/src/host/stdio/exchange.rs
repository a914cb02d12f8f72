//! A message of the client that is under way, and what comes of it.

use super::events::Events;
use super::message::{Request, Sent, lost};
use crate::host::memory::{Exchange, Lost, Response};
use serde_json::Value;

/// Whose answers these are.
#[derive(Debug)]
pub enum Kind {
    /// Of a request.
    Request(Request),
    /// Of the requests with these ids.
    Batch(Vec<Value>),
    /// Of a message that has no answer.
    Notice,
    /// Of what is no message: its refusal.
    Other,
    /// Of nobody: what the server says by itself in a session.
    Listening,
}

/// A message that is under way.
pub struct Flow {
    kind: Kind,
    stage: Stage,
    /// The event that came last, to come back to.
    last: Option<String>,
    /// What was asked on it and is not answered yet.
    asked: Vec<Value>,
}

enum Stage {
    Sent(Exchange),
    Streams(Response, Events),
}

/// What is to be done with a flow.
pub enum Next {
    /// Look again.
    Wait,
    /// Forget it.
    End,
    /// The client has this session from now on; forget it.
    Session(String),
    /// Its stream was closed before its end. Come back to it behind this event.
    Resume(String),
}

impl Flow {
    pub fn new(kind: Kind, sent: Exchange) -> Self {
        Self {
            kind,
            stage: Stage::Sent(sent),
            last: None,
            asked: Vec::new(),
        }
    }

    /// Goes on with the answer to a request for the rest of its stream.
    pub fn resume(&mut self, sent: Exchange) {
        self.stage = Stage::Sent(sent);
    }

    /// Whether what comes next may depend on what this comes to.
    pub fn is_initialize(&self) -> bool {
        matches!(&self.kind, Kind::Request(request) if request.initialize)
    }

    /// Whether it is the request of this id, which can be taken back by dropping it.
    pub fn is_taken_back_by(&self, id: &Value) -> bool {
        matches!(&self.kind, Kind::Request(request) if request.stateless && request.id == *id)
    }

    /// Whether it is what the server says by itself.
    pub fn is_listening(&self) -> bool {
        matches!(self.kind, Kind::Listening)
    }

    /// Whether it can come to an end without another word of the client.
    pub fn ends_alone(&self) -> bool {
        match &self.kind {
            Kind::Request(request) => !request.listens && self.asked.is_empty(),
            Kind::Batch(_) => self.asked.is_empty(),
            Kind::Notice | Kind::Other => true,
            Kind::Listening => false,
        }
    }

    /// The client has answered this question.
    pub fn answered(&mut self, id: &Value) {
        self.asked.retain(|asked| asked != id);
    }

    /// Reads what has come. Messages for the client are added to `out`.
    pub fn read(&mut self, out: &mut Vec<String>) -> Next {
        if let Stage::Sent(exchange) = &mut self.stage {
            let response = match exchange.response() {
                Ok(None) => return Next::Wait,
                Ok(Some(response)) => response,
                Err(Lost) => {
                    self.lose(out);
                    return Next::End;
                }
            };
            if !response.is_stream() {
                return self.whole(&response, out);
            }
            self.stage = Stage::Streams(response, Events::default());
        }
        self.stream(out)
    }

    fn whole(&self, response: &Response, out: &mut Vec<String>) -> Next {
        if self.last.is_some() {
            // There is no more of its stream: it was taken back.
            return Next::End;
        }
        let body = response.read();
        match &self.kind {
            Kind::Request(_) if body.is_empty() => self.lose(out),
            Kind::Request(_) | Kind::Batch(_) | Kind::Other if !body.is_empty() => out.push(body),
            Kind::Notice if response.status >= 400 => {
                crate::host::log(&format!("a message of the client was refused: {body}"));
            }
            _ => {}
        }
        match response.header("mcp-session-id") {
            Some(token) => Next::Session(token.to_owned()),
            None => Next::End,
        }
    }

    fn stream(&mut self, out: &mut Vec<String>) -> Next {
        let Stage::Streams(response, events) = &mut self.stage else {
            return Next::Wait;
        };
        let is_open = response.is_open();
        let mut is_over = false;
        for event in events.read(&response.read()) {
            if event.id.is_some() {
                self.last = event.id;
            }
            if event.data.is_empty() {
                continue;
            }
            match (Sent::read(&event.data), &self.kind) {
                (Sent::Response(id), Kind::Request(request)) => is_over |= id == request.id,
                (Sent::Question(id), _) => self.asked.push(id),
                _ => {}
            }
            out.push(event.data);
        }
        match (&self.kind, &self.last) {
            _ if is_over => Next::End,
            _ if is_open => Next::Wait,
            (Kind::Request(request), _) if request.stateless => {
                out.push(lost(&request.id));
                Next::End
            }
            (Kind::Request(_) | Kind::Listening, Some(last)) => Next::Resume(last.clone()),
            _ => Next::End,
        }
    }

    /// Nobody will answer.
    fn lose(&self, out: &mut Vec<String>) {
        match &self.kind {
            Kind::Request(request) => out.push(lost(&request.id)),
            Kind::Batch(ids) if !ids.is_empty() => {
                let answers: Vec<String> = ids.iter().map(lost).collect();
                out.push(format!("[{}]", answers.join(",")));
            }
            _ => {}
        }
    }
}
