//! What the bridge must know of a message. What is wrong with one, the front says.

use serde_json::{Value, json};

/// The member of `_meta` by which a request stands for itself.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// A line of the client.
#[derive(Debug, PartialEq)]
pub enum Message {
    /// It is answered.
    Request(Request),
    /// The client takes back the request of this id.
    Cancel(Value),
    /// A notification.
    Notice {
        /// It may ask for its stream now.
        initialized: bool,
    },
    /// It answers the question of this id.
    Answer(Value),
    /// Several; the ids of its requests.
    Batch(Vec<Value>),
    /// The front refuses it.
    Other,
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub id: Value,
    /// It is of a version without sessions.
    pub stateless: bool,
    /// It is `initialize` of the others.
    pub initialize: bool,
    /// It is answered when its client has gone: what it subscribes to is what it is for.
    pub listens: bool,
}

impl Message {
    pub fn read(text: &str) -> Message {
        match serde_json::from_str(text) {
            Ok(Value::Array(parts)) => {
                let ids = parts.iter().filter(|part| part["method"].is_string());
                Message::Batch(ids.filter_map(|part| part.get("id").cloned()).collect())
            }
            Ok(value) => read(&value),
            Err(_) => Message::Other,
        }
    }
}

fn read(message: &Value) -> Message {
    let id = message.get("id").cloned();
    let params = &message["params"];
    match (message["method"].as_str(), id) {
        (Some(method), Some(id)) => {
            let stateless = params["_meta"].get(VERSION).is_some();
            Message::Request(Request {
                id,
                stateless,
                initialize: !stateless && method == "initialize",
                listens: method == "subscriptions/listen",
            })
        }
        (Some("notifications/cancelled"), None) => Message::Cancel(params["requestId"].clone()),
        (Some(method), None) => Message::Notice {
            initialized: method == "notifications/initialized",
        },
        (None, Some(id)) if message.get("result").or(message.get("error")).is_some() => {
            Message::Answer(id)
        }
        (None, _) => Message::Other,
    }
}

/// What a message to the client is.
#[derive(Debug, PartialEq)]
pub enum Sent {
    /// It answers the request of this id.
    Response(Value),
    /// It asks for an answer with this id.
    Question(Value),
    /// It is all said with it.
    Notice,
}

impl Sent {
    pub fn read(text: &str) -> Sent {
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        match (message.get("id"), message["method"].is_string()) {
            (Some(id), false) => Sent::Response(id.clone()),
            (Some(id), true) => Sent::Question(id.clone()),
            (None, _) => Sent::Notice,
        }
    }
}

/// An error response to the request of this id, or to what has none.
pub fn error(id: &Value, code: i64, message: &str) -> String {
    let error = json!({ "code": code, "message": message });
    json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
}

/// The answer to a request that was lost by a panic.
pub fn lost(id: &Value) -> String {
    error(id, -32603, "internal error")
}
