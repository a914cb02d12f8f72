//! JSON-RPC 2.0 messages: read once, borrowed from the body.

use crate::error::RpcError;
use crate::given::{Given, Key, Members};
use crate::version::Version;
use crate::wire::{Object, Text, quote, string};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How deep a message may nest; deeper ones are refused before anything is parsed.
pub(crate) const MAX_DEPTH: usize = 64;
/// The longest `id`, in bytes: it is kept while a handler runs.
const MAX_ID: usize = 1024;

/// A message from a client.
pub(crate) enum Message<'a> {
    /// With an `id`: it wants an answer.
    Request(Request<'a>),
    /// Without an `id`.
    Notification(Request<'a>),
    /// An answer to a request of ours.
    Response(Response<'a>),
}

/// An answer of the client's.
pub(crate) struct Response<'a> {
    /// The `id` of our request, raw JSON.
    pub id: &'a str,
    /// What it answers with; raw JSON.
    pub outcome: Result<&'a str, &'a str>,
}

/// A request, or a notification whose `id` is empty.
pub(crate) struct Request<'a> {
    /// Raw JSON, a string or an integer.
    pub id: &'a str,
    pub method: Cow<'a, str>,
    pub params: Params<'a>,
}

/// `params`: the members that some method of ours reads, as they were written.
#[derive(Default)]
pub(crate) struct Params<'a> {
    pub meta: Option<Object<'a>>,
    pub name: Option<&'a RawValue>,
    pub uri: Option<&'a RawValue>,
    pub cursor: Option<&'a RawValue>,
    pub arguments: Option<&'a RawValue>,
    pub protocol_version: Option<&'a RawValue>,
    pub capabilities: Option<&'a RawValue>,
    pub client_info: Option<&'a RawValue>,
    pub reference: Option<&'a RawValue>,
    pub argument: Option<&'a RawValue>,
    pub context: Option<&'a RawValue>,
    pub request_id: Option<&'a RawValue>,
    pub level: Option<&'a RawValue>,
    pub task_id: Option<&'a RawValue>,
    pub input_responses: Option<&'a RawValue>,
    pub request_state: Option<&'a RawValue>,
    pub notifications: Option<&'a RawValue>,
    /// Neither an object nor absent. (`null` counts as absent: clients of some languages send it.)
    pub malformed: bool,
}

/// Why a body is no message. The `id` is known where it could be read.
pub(crate) struct Unreadable<'a> {
    pub id: Option<&'a str>,
    pub error: RpcError,
}

impl<'a> Message<'a> {
    /// Reads a body.
    pub fn parse(body: &'a str) -> Result<Message<'a>, Unreadable<'a>> {
        let unreadable = |error| Unreadable { id: None, error };
        if !is_shallow(body) {
            return Err(unreadable(RpcError::invalid_request(
                "the message nests deeper than 64 levels",
            )));
        }
        match serde_json::from_str::<Envelope<'a>>(body) {
            Ok(envelope) => envelope.into_message(),
            Err(_) if serde_json::from_str::<IgnoredAny>(body).is_err() => {
                Err(unreadable(RpcError::parse()))
            }
            Err(_) => Err(unreadable(RpcError::invalid_request(
                "a message must be a JSON object with valid strings",
            ))),
        }
    }
}

impl Message<'_> {
    /// The `id` that a refusal repeats.
    pub fn id(&self) -> Option<&str> {
        match self {
            Message::Request(request) => Some(request.id),
            Message::Notification(_) | Message::Response(_) => None,
        }
    }
}

/// The members of a message, unjudged.
#[derive(Default)]
struct Envelope<'a> {
    jsonrpc: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    method: Option<&'a RawValue>,
    params: Option<Given<Params<'a>>>,
    result: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
    duplicate: bool,
}

impl<'a> Envelope<'a> {
    fn into_message(self) -> Result<Message<'a>, Unreadable<'a>> {
        let id = self.id.filter(|id| is_id(id)).map(RawValue::get);
        let invalid = |message: &str| Unreadable {
            id,
            error: RpcError::invalid_request(message),
        };
        if self.duplicate {
            return Err(invalid("a member of the message is there twice"));
        }
        if self.jsonrpc.map(RawValue::get) != Some("\"2.0\"") {
            return Err(invalid("`jsonrpc` must be \"2.0\""));
        }
        let outcome = match (self.result, self.error) {
            (Some(_), Some(_)) => {
                return Err(invalid("a response has a result or an error, not both"));
            }
            (None, Some(error)) => Some(Err(error.get())),
            (Some(result), None) => Some(Ok(result.get())),
            (None, None) => None,
        };
        if self.id.is_some() && id.is_none() && (outcome.is_none() || self.method.is_some()) {
            return Err(invalid(
                "`id` must be a string or an integer of at most 1024 bytes",
            ));
        }
        let Some(method) = self.method else {
            return match (outcome, self.id) {
                (Some(outcome), Some(id)) => Ok(Message::Response(Response {
                    id: id.get(),
                    outcome,
                })),
                _ => Err(invalid("`method` is missing")),
            };
        };
        if outcome.is_some() {
            return Err(invalid("a message cannot be both a request and a response"));
        }
        let Some(method) = string(method) else {
            return Err(invalid("`method` must be a string"));
        };
        let params = match self.params {
            None | Some(Given::Null) => Params::default(),
            Some(Given::Object(params)) => params,
            Some(Given::Other) => Params {
                malformed: true,
                ..Params::default()
            },
        };
        let request = |id| Request { id, method, params };
        Ok(match id {
            Some(id) => Message::Request(request(id)),
            None => Message::Notification(request("")),
        })
    }
}

/// A string or an integer, of bounded length, that every parser reads: no half of a surrogate pair, no number out of range. The text
/// goes back as it came, so no number loses digits.
pub(crate) fn is_id(raw: &RawValue) -> bool {
    let text = raw.get();
    text.len() <= MAX_ID
        && match text.as_bytes()[0] {
            b'"' => string(raw).is_some(),
            b'-' | b'0'..=b'9' => serde_json::from_str(text).is_ok_and(|id: f64| id.fract() == 0.0),
            _ => false,
        }
}

/// Whether brackets nest at most [`MAX_DEPTH`] deep. Malformed JSON may pass; the parser refuses it afterwards.
pub(crate) fn is_shallow(body: &str) -> bool {
    nests_within(body, MAX_DEPTH)
}

/// Whether brackets nest at most so deep.
pub(crate) fn nests_within(text: &str, limit: usize) -> bool {
    // Most bodies do not have so many brackets, in strings or out of them, and to count without a branch is several times as fast.
    let opening = text.bytes().filter(|byte| byte | 0x20 == b'{').count();
    opening <= limit || counted_within(text, limit)
}

fn counted_within(text: &str, limit: usize) -> bool {
    let mut depth = 0_usize;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => {
                            bytes.next();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    true
}

/// Keeps the last value of a member, as JavaScript does, and says whether there was one already.
fn put<'a>(place: &mut Option<&'a RawValue>, value: &'a RawValue) -> bool {
    place.replace(value).is_some()
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Envelope<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut it = Envelope::default();
                while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                    let twice = match &*key {
                        "jsonrpc" => put(&mut it.jsonrpc, map.next_value()?),
                        "id" => put(&mut it.id, map.next_value()?),
                        "method" => put(&mut it.method, map.next_value()?),
                        "params" => it.params.replace(map.next_value()?).is_some(),
                        "result" => put(&mut it.result, map.next_value()?),
                        "error" => put(&mut it.error, map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            false
                        }
                    };
                    it.duplicate |= twice;
                }
                Ok(it)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> Members<'de> for Params<'de> {
    fn read<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut it = Params::default();
        let mut has_meta = false;
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let place = match &*key {
                b"_meta" => {
                    it.malformed |= std::mem::replace(&mut has_meta, true);
                    it.meta = match map.next_value()? {
                        Given::Object(meta) => Some(meta),
                        Given::Null | Given::Other => None,
                    };
                    continue;
                }
                b"name" => &mut it.name,
                b"uri" => &mut it.uri,
                b"cursor" => &mut it.cursor,
                b"arguments" => &mut it.arguments,
                b"protocolVersion" => &mut it.protocol_version,
                b"capabilities" => &mut it.capabilities,
                b"clientInfo" => &mut it.client_info,
                b"ref" => &mut it.reference,
                b"argument" => &mut it.argument,
                b"context" => &mut it.context,
                b"requestId" => &mut it.request_id,
                b"level" => &mut it.level,
                b"taskId" => &mut it.task_id,
                b"inputResponses" => &mut it.input_responses,
                b"requestState" => &mut it.request_state,
                b"notifications" => &mut it.notifications,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            it.malformed |= put(place, map.next_value()?);
        }
        Ok(it)
    }
}

/// A request of ours. `params` is a raw JSON object, empty for none.
pub(crate) fn request(id: &str, method: &str, params: &str) -> String {
    let mut out = String::from("{\"jsonrpc\":\"2.0\",\"id\":");
    quote(&mut out, id);
    out.push(',');
    method_and_params(&mut out, method, params);
    out
}

/// A notification. `params` is a raw JSON object, empty for none.
pub(crate) fn notification(method: &str, params: &str) -> String {
    let mut out = String::from("{\"jsonrpc\":\"2.0\",");
    method_and_params(&mut out, method, params);
    out
}

fn method_and_params(out: &mut String, method: &str, params: &str) {
    out.push_str("\"method\":");
    quote(out, method);
    if !params.is_empty() {
        out.push_str(",\"params\":");
        out.push_str(params);
    }
    out.push('}');
}

/// A response with a result, which is raw JSON in pieces.
pub(crate) fn result(id: &str, pieces: &[&str]) -> String {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    let mut out = open_result(id, length);
    for piece in pieces {
        out.push_str(piece);
    }
    out.push('}');
    out
}

/// The beginning of a response, where its result comes next, and a bracket behind it. There is room for so many bytes more, and for that.
pub(crate) fn open_result(id: &str, length: usize) -> String {
    let mut out = String::with_capacity(length + id.len() + 40);
    out.push_str("{\"jsonrpc\":\"2.0\",\"id\":");
    out.push_str(id);
    out.push_str(",\"result\":");
    out
}

/// A response with an error. Without an `id`, newer versions leave the member out and JSON-RPC itself wants `null`.
pub(crate) fn error(id: Option<&str>, version: Version, error: &RpcError) -> String {
    let mut out = String::with_capacity(128);
    out.push_str("{\"jsonrpc\":\"2.0\"");
    match id {
        Some(id) => {
            out.push_str(",\"id\":");
            out.push_str(id);
        }
        None if version.omits_unknown_id() => {}
        None => out.push_str(",\"id\":null"),
    }
    out.push_str(",\"error\":");
    error.write(&mut out);
    out.push('}');
    out
}
