//! A POST and its answer over Streamable HTTP, which all versions since 2025-03-26 have: JSON, or a stream that ends with the answer.

use super::http::{Headers, Http};
use super::message::{self, Message, Said};
use super::reply::{Reply, Stream};
use crate::address::Address;
use anyhow::{Result, bail};
use serde_json::{Map, Value};
use std::io::ErrorKind;
use std::time::Duration;

/// How often a stream that was cut off is gone on with, for one answer.
const RESUMED: usize = 10;
/// The time before that where the server names none.
const RETRY: Duration = Duration::from_secs(1);

/// The MCP endpoint of a server.
pub struct Endpoint<'a> {
    pub http: &'a Http,
    pub at: Address,
    /// Whether the server may ask us, and go on with streams that were cut off: 2025-11-25 and before.
    pub legacy: bool,
    ids: u64,
}

/// What came back.
pub struct Heard {
    pub status: u16,
    /// `Mcp-Session-Id`.
    pub session: Option<String>,
    /// The answer, if there is one in it.
    pub said: Option<Said>,
    /// What there is instead, for people.
    pub shown: String,
}

impl<'a> Endpoint<'a> {
    pub fn new(http: &'a Http, at: &Address, legacy: bool) -> Self {
        Self {
            http,
            at: at.clone(),
            legacy,
            ids: 0,
        }
    }

    /// Sends a request.
    pub fn ask(
        &mut self,
        method: &str,
        params: Map<String, Value>,
        headers: &Headers,
    ) -> Result<Heard> {
        self.ids += 1;
        let body = message::request(self.ids, method, params).to_string();
        let reply = self.http.post(&self.at, headers, &body)?;
        // Where a redirect has led is where the server is.
        self.at = reply.at.clone();
        let (status, media) = (reply.status, reply.media());
        let session = reply.header("mcp-session-id").map(str::to_owned);
        let (said, shown) = if reply.is_stream() {
            let said = self.follow(reply.stream(), headers)?;
            (said, "a stream that ends without the answer".to_owned())
        } else {
            self.whole(reply, &media)?
        };
        Ok(Heard {
            status,
            session,
            said,
            shown,
        })
    }

    /// Sends what has no answer.
    pub fn tell(&self, message: &Value, headers: &Headers) -> Result<Reply> {
        self.http.post(&self.at, headers, &message.to_string())
    }

    /// The answer in a body. An error may come as whatever it says it is, a result is JSON.
    fn whole(&self, mut reply: Reply, media: &str) -> Result<(Option<Said>, String)> {
        let text = reply.text()?;
        let json = media == "application/json" || reply.status >= 400;
        let all = message::read(&text).filter(|_| json);
        let said = all.and_then(|all| self.answer(all));
        let media = match media {
            "" => "no content type".to_owned(),
            media => format!("`{}`", self.http.shown(media)),
        };
        let shown = match self.http.shown(&text) {
            nothing if nothing.is_empty() => format!("{}, {media}, nothing in it", reply.status),
            text => format!("{}, {media}: {text}", reply.status),
        };
        Ok((said, shown))
    }

    /// Our answer among messages.
    fn answer(&self, all: Vec<Message>) -> Option<Said> {
        all.into_iter().find_map(|it| match it {
            // What could not be read has no id.
            Message::Answer { id, said } if id == self.ids || (id.is_null() && said.is_err()) => {
                Some(said)
            }
            _ => None,
        })
    }

    /// The answer on a stream. A server of a version with sessions may end it before, and be asked for the rest (2025-11-25,
    /// "Resumability and Redelivery").
    fn follow(&self, mut stream: Stream, headers: &Headers) -> Result<Option<Said>> {
        let mut last = None;
        let mut wait = RETRY;
        for _ in 0..=RESUMED {
            if let Some(said) = self.hear(&mut stream, headers)? {
                return Ok(Some(said));
            }
            last = stream.last_id().map(str::to_owned).or(last);
            wait = stream.retry().unwrap_or(wait);
            let Some(id) = last.clone().filter(|_| self.legacy) else {
                return Ok(None);
            };
            std::thread::sleep(wait.min(self.http.patience()));
            let mut headers = headers.clone();
            headers.push(("last-event-id", id));
            let reply = self.http.get(&self.at, &headers)?;
            if !reply.is_stream() {
                return Ok(None);
            }
            stream = reply.stream();
        }
        Ok(None)
    }

    /// The answer on a stream, if it comes before the end. What is asked meanwhile is answered.
    fn hear(&self, stream: &mut Stream, headers: &Headers) -> Result<Option<Said>> {
        loop {
            let event = match stream.next() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(None),
                Err(error) => match error.kind() {
                    ErrorKind::TimedOut | ErrorKind::FileTooLarge => {
                        bail!("the stream of {} is read no further: {error}", self.at)
                    }
                    // A connection that is lost is an end like any other.
                    _ => return Ok(None),
                },
            };
            // An event without data is there for its id.
            if event.kind != "message" || event.data.is_empty() {
                continue;
            }
            let Some(all) = message::read(&event.data) else {
                bail!(
                    "{} sends what is no JSON-RPC message: {}",
                    self.at,
                    self.http.shown(&event.data)
                );
            };
            for it in &all {
                if let Message::Request { id, method } = it
                    && self.legacy
                {
                    // Whether it likes the answer is its own business.
                    let _ = self.tell(&message::answer(id, method), headers)?;
                }
            }
            if let Some(said) = self.answer(all) {
                return Ok(Some(said));
            }
        }
    }
}
