//! The batches of 2025-03-26: what is wrong with one as a whole, and which of its messages are handled.

use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::{HttpRequest, Reply};
use crate::jsonrpc::{self, Message};
use crate::route::unsupported_version;
use crate::streamable::NoSession;
use crate::token::Keys;
use crate::version::Version;
use crate::wire::Text;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The most messages of a batch: each may become a request to an object, and those that a Worker may make are counted.
const MOST: usize = 50;
/// A client takes a request back.
pub(crate) const CANCELLED: &str = "notifications/cancelled";

/// Messages that came together. What one of them does, be it a panic, is nothing to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<'r> {
    /// How the answers go back: as one array, as the events of one stream, or as messages on a stream that somebody else holds.
    pub framing: Framing,
    /// What is to be answered, in the client's order; at least one is a [`Part::Message`].
    pub parts: Vec<Part<'r>>,
}

/// A part of a batch that is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'r> {
    /// Handle this as if it had come alone, with the same headers. It is no batch. In a kept session it may be a notification or a
    /// response too, whose answer has no body: it is left out, and where nothing else is left, the batch is answered by 202.
    Message(&'r str),
    /// Cannot be handled: this is its answer, a JSON-RPC error.
    Answer(String),
}

/// Whether a body can only be a batch, if it is JSON at all.
pub(crate) fn is_batch(body: &str) -> bool {
    body.trim_start().starts_with('[')
}

impl Engine {
    /// A batch over Streamable HTTP: it goes on with a session, and never begins one.
    pub(crate) fn streamable_batch<'r>(
        &self,
        req: &HttpRequest<'r>,
        framing: Framing,
        named: Option<(&str, Option<Version>)>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Output<'r> {
        let known = named.and_then(|(_, version)| version);
        let messages = match Messages::read(req.body) {
            Ok(messages) => messages,
            Err(error) => return refused(400, known.unwrap_or(Version::FIRST), &error),
        };
        match named {
            Some((name, None)) => return Output::Reply(unsupported_version(None, name)),
            Some((_, Some(version))) if version.is_stateless() => {
                return refused(400, version, &no_batches());
            }
            _ => {}
        }
        match self.session(req, keys, now_ms) {
            Ok(facts) => messages.judge(framing, facts.version, self.kept),
            Err(NoSession::NeedKeys) => Output::NeedKeys,
            Err(NoSession::Refused(status, text)) => refused(
                status,
                Version::LATEST_LEGACY,
                &RpcError::invalid_request(text),
            ),
        }
    }

    /// A batch of an HTTP+SSE client, in the object that owns its stream.
    pub(crate) fn sse_batch<'r>(&self, version: Version, body: &'r str) -> Output<'r> {
        match Messages::read(body) {
            Ok(messages) => messages.judge(Framing::Message, version, self.kept),
            Err(error) => refused(400, version, &error),
        }
    }
}

fn refused<'r>(status: u16, version: Version, error: &RpcError) -> Output<'r> {
    Output::Reply(Reply::json(status, jsonrpc::error(None, version, error)))
}

fn no_batches() -> RpcError {
    RpcError::invalid_request("this version has no batches: send one message a request")
}

/// The elements of a batch, unjudged.
#[derive(Default)]
struct Messages<'a> {
    /// The first [`MOST`].
    raw: Vec<&'a RawValue>,
    too_many: bool,
}

impl<'a> Messages<'a> {
    fn read(body: &'a str) -> Result<Messages<'a>, RpcError> {
        serde_json::from_str(body).map_err(|_| RpcError::parse())
    }

    /// What is refused as a whole runs in no part. A bad element is an error in its place, and the rest still runs.
    /// `kept` sessions hear responses and cancellations too.
    fn judge(self, framing: Framing, version: Version, kept: bool) -> Output<'a> {
        if !version.has_batches() {
            return refused(400, version, &no_batches());
        }
        if self.raw.is_empty() {
            let error = RpcError::invalid_request("a batch must not be empty");
            return refused(400, version, &error);
        }
        if self.too_many {
            let error = RpcError::invalid_request("a batch has at most 50 messages");
            return refused(400, version, &error);
        }
        let elements = self.raw.into_iter();
        let elements: Vec<Element<'_>> = elements
            .filter_map(|raw| Element::read(raw, kept))
            .collect();
        if elements.is_empty() {
            return Output::Reply(Reply::empty(202));
        }
        let parts: Vec<Part<'_>> = elements
            .iter()
            .map(|element| element.part(&elements, version))
            .collect();
        let runs = |part: &Part<'_>| matches!(part, Part::Message(_));
        if parts.iter().any(runs) {
            return Output::Batch(Batch { framing, parts });
        }
        let answers: Vec<String> = parts
            .into_iter()
            .map(|part| match part {
                Part::Answer(answer) => answer,
                Part::Message(text) => text.to_owned(),
            })
            .collect();
        Output::Reply(Reply::json(400, ["[", &answers.join(","), "]"].concat()))
    }
}

impl<'de> Deserialize<'de> for Messages<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Messages<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a batch")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut it = Messages::default();
                while let Some(raw) = seq.next_element()? {
                    if it.raw.len() < MOST {
                        it.raw.push(raw);
                    } else {
                        it.too_many = true;
                    }
                }
                Ok(it)
            }
        }
        deserializer.deserialize_seq(Elements)
    }
}

/// An element that is to be answered.
struct Element<'a> {
    text: &'a str,
    id: Option<Id<'a>>,
    wrong: Option<RpcError>,
}

impl<'a> Element<'a> {
    /// `None` for what nobody answers and nobody hears: notifications and responses, but for those that mean something in a kept
    /// session.
    fn read(raw: &'a RawValue, kept: bool) -> Option<Element<'a>> {
        let text = raw.get();
        let (id, wrong) = match Message::parse(text) {
            Ok(Message::Request(request)) => {
                let wrong = (request.method == "initialize")
                    .then(|| RpcError::invalid_request("`initialize` must not be part of a batch"));
                (Some(request.id), wrong)
            }
            Ok(Message::Response(_)) if kept => (None, None),
            Ok(Message::Notification(note)) if kept && note.method == CANCELLED => (None, None),
            Ok(Message::Notification(_) | Message::Response(_)) => return None,
            Err(unreadable) => (unreadable.id, Some(unreadable.error)),
        };
        Some(Element {
            text,
            id: id.map(Id::read),
            wrong,
        })
    }

    fn part(&self, all: &[Element<'a>], version: Version) -> Part<'a> {
        let id = self.id.as_ref();
        let alike = |other: &&Element<'_>| id.is_some() && other.id.as_ref() == id;
        let error = match &self.wrong {
            Some(error) => error,
            // Of two answers with one `id`, a client cannot know which is whose: so none of their requests runs.
            None if all.iter().filter(alike).count() > 1 => {
                &RpcError::invalid_request("the `id` of this request is there twice in the batch")
            }
            None => return Part::Message(self.text),
        };
        Part::Answer(jsonrpc::error(id.map(|id| id.raw), version, error))
    }
}

/// An `id`, equal to every other spelling of it: `"a"` and `"\u0061"`, `1` and `1.0`.
pub(crate) struct Id<'a> {
    raw: &'a str,
    value: Value<'a>,
}

#[derive(PartialEq)]
enum Value<'a> {
    Text(Cow<'a, str>),
    /// As JavaScript reads it.
    Number(f64),
    Raw(&'a str),
}

impl<'a> Id<'a> {
    pub fn read(raw: &'a str) -> Id<'a> {
        let value = if raw.starts_with('"') {
            serde_json::from_str::<Text<'a>>(raw).map(|text| Value::Text(text.0))
        } else {
            serde_json::from_str(raw).map(Value::Number)
        };
        Id {
            raw,
            value: value.unwrap_or(Value::Raw(raw)),
        }
    }
}

impl PartialEq for Id<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
