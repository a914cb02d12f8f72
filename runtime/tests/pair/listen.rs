//! What a client makes of what comes.

use super::{Client, Sent, URI};
use crate::call::Outcome;
use crate::stream::{Event, Stream};
use mcp_agent::memory::{Lost, Response};
use mcp_agent::serde_json::{self, Value, json};

impl Client {
    /// Looks at all that has come.
    pub fn look(&mut self) {
        for (sent, mut exchange) in std::mem::take(&mut self.sent) {
            match exchange.response() {
                Ok(None) => self.sent.push((sent, exchange)),
                Ok(Some(response)) => self.answered(sent, response),
                Err(Lost) => self.lost(sent),
            }
        }
        for at in 0..self.streams.len() {
            for event in self.streams[at].read() {
                self.heard(&event);
            }
            let stream = &self.streams[at];
            let answered = |id: u64| !self.calls[&id].outcomes.is_empty();
            if stream.response.is_none() && stream.call.is_some_and(answered) {
                self.streams[at].over = true;
            }
            self.forsake(at);
        }
    }

    fn answered(&mut self, sent: Sent, response: Response) {
        if response.status == 500 {
            // The object was lost.
            return self.lost(sent);
        }
        let told = format!("{sent:?}: {response:?}");
        match sent {
            Sent::Initialize => {
                if let Some(session) = response.header("mcp-session-id") {
                    self.session = Some(session.to_owned());
                    self.ready = true;
                } else {
                    assert_eq!(response.status, 202, "{told}");
                }
            }
            Sent::Open | Sent::Listen => {
                assert_eq!(response.status, 200, "{told}");
                self.streams.push(Stream::new(None, response));
            }
            Sent::Call(id) if response.is_stream() => {
                self.streams.push(Stream::new(Some(id), response));
            }
            Sent::Resume(at) if response.status == 200 => {
                let stream = &mut self.streams[at];
                stream.coming = false;
                stream.response = Some(response);
            }
            Sent::Resume(at) => {
                assert_eq!(response.status, 204, "{told} {}", response.read());
                let stream = &mut self.streams[at];
                stream.coming = false;
                stream.over = true;
                let over = stream.call.is_some_and(|id| self.calls[&id].is_over());
                assert!(over, "a stream ended without a response: {told}");
            }
            Sent::Call(_) | Sent::Subscribe if response.status == 200 => {
                let message: Value = serde_json::from_str(&response.read()).expect("JSON");
                self.message(&message);
            }
            Sent::Call(_) | Sent::Subscribe | Sent::Answer(..) | Sent::Other => {
                assert_eq!(response.status, 202, "{told} {}", response.read());
            }
        }
    }

    fn heard(&mut self, event: &Event) {
        if event.name == "endpoint" {
            self.session = Some(event.data.clone());
        } else if !event.data.is_empty() {
            let message: Value = serde_json::from_str(&event.data).expect("JSON");
            self.message(&message);
        }
    }

    fn message(&mut self, message: &Value) {
        let params = &message["params"];
        let id = message["id"].as_u64().unwrap_or_default();
        match message["method"].as_str() {
            Some("elicitation/create") => {
                let id = message["id"].as_str().expect("an id").to_owned();
                let call = params["message"].as_str().and_then(|id| id.split_once('-'));
                let (_, call) = call.expect("the id of a call");
                let call = call.parse().expect("a number");
                assert!(self.ever_asked.insert(id.clone()), "asked twice: {message}");
                assert!(
                    self.calls[&call].outcomes.is_empty(),
                    "asked too late: {message}"
                );
                self.asked.push((id, call));
            }
            Some("notifications/progress") => {
                let token = params["progressToken"].as_u64().expect("a token");
                let log = self.calls.get_mut(&token).expect("a call");
                assert!(log.outcomes.is_empty(), "progress after the end: {message}");
                log.progress
                    .push(params["progress"].as_i64().expect("a number"));
            }
            Some("notifications/message") => {
                let data = params["data"].as_str().expect("a text");
                let (id, _) = data.split_once(' ').expect("the id of a call");
                let log = self.calls.values_mut().find(|log| log.id == id);
                let log = log.expect("a call");
                assert!(log.outcomes.is_empty(), "a log after the end: {message}");
                log.logs.push(data.to_owned());
            }
            Some("notifications/resources/updated") => {
                assert_eq!(params["uri"], URI);
                self.updated += 1;
            }
            Some(method) => panic!("{method}: {message}"),
            None => match self.calls.get_mut(&id) {
                Some(log) => log.outcomes.push(Outcome::read(message)),
                None if message["result"]["protocolVersion"].is_string() => self.ready = true,
                None => {
                    assert_eq!(message["result"], json!({}), "{message}");
                    self.subscribed = true;
                }
            },
        }
    }
}
