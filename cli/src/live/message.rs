//! JSON-RPC messages, as far as a client that only lists has to do with them.

use serde_json::{Map, Value, json};

/// JSON-RPC: there is no such method.
pub const METHOD_NOT_FOUND: i64 = -32601;

/// What a request came to.
pub type Said = Result<Value, RpcError>;

/// An error that the server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    pub code: i64,
    pub message: String,
    pub data: Value,
}

impl RpcError {
    /// Whether only servers of the stateless versions say this (2026-07-28, "Error Codes"): the header mismatch, the missing
    /// capability, the unsupported version.
    pub fn is_modern(&self) -> bool {
        (-32022..=-32020).contains(&self.code)
    }

    /// What the server speaks instead, where the version was the mistake.
    pub fn supported(&self) -> Vec<String> {
        let all = self.data["supported"].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// A message of a server.
#[derive(Debug)]
pub enum Message {
    /// The answer to a request, or to what was no readable request: then `id` is null.
    Answer { id: Value, said: Said },
    /// It asks us.
    Request { id: Value, method: String },
    /// It tells us.
    Notification,
}

/// The messages of a text: one, or those of a batch (2025-03-26). `None` if it is no JSON, or no message.
pub fn read(text: &str) -> Option<Vec<Message>> {
    match serde_json::from_str(text).ok()? {
        Value::Array(all) => all.into_iter().map(message).collect(),
        one => Some(vec![message(one)?]),
    }
}

fn message(value: Value) -> Option<Message> {
    let Value::Object(mut it) = value else {
        return None;
    };
    let id = it.remove("id");
    if let Some(method) = it.get("method") {
        let method = method.as_str()?.to_owned();
        return Some(match id {
            Some(id) => Message::Request { id, method },
            None => Message::Notification,
        });
    }
    let said = match (it.remove("result"), it.remove("error")) {
        (Some(result), None) => Ok(result),
        (None, Some(mut error)) => Err(RpcError {
            code: error["code"].as_i64()?,
            message: error["message"].as_str().unwrap_or_default().to_owned(),
            data: error.get_mut("data").map_or(Value::Null, Value::take),
        }),
        _ => return None,
    };
    let id = id.unwrap_or_default();
    Some(Message::Answer { id, said })
}

/// A request.
pub fn request(id: u64, method: &str, params: Map<String, Value>) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// The answer to what a server asks. Nothing was offered, so nothing but `ping` can be asked.
pub fn answer(id: &Value, method: &str) -> Value {
    if method == "ping" {
        return json!({ "jsonrpc": "2.0", "id": id, "result": {} });
    }
    let error = json!({ "code": METHOD_NOT_FOUND, "message": "this client only lists" });
    json!({ "jsonrpc": "2.0", "id": id, "error": error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_none() {
        for text in [
            "",
            "nonsense",
            "null",
            "7",
            "[7]",
            "{}",
            r#"{"id":1}"#,
            r#"{"id":1,"result":{},"error":{}}"#,
            r#"{"id":1,"error":7}"#,
            r#"{"id":1,"error":{"code":"x"}}"#,
            r#"{"id":1,"error":{"code":1e99}}"#,
            r#"{"method":7}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read(&"[".repeat(100_000)).is_none());
    }

    #[test]
    fn a_batch_is_its_messages() {
        let text = r#"[{"method":"a"},{"method":"ping","id":"x"},{"id":1,"result":{}},{"error":{"code":-32022,"data":{"supported":["x",7]}}}]"#;
        let all = read(text).expect("messages");
        assert!(matches!(&all[0], Message::Notification));
        assert!(matches!(&all[1], Message::Request { method, .. } if method == "ping"));
        assert!(matches!(&all[2], Message::Answer { id, said: Ok(_) } if id == 1));
        let Message::Answer {
            id: Value::Null,
            said: Err(error),
        } = &all[3]
        else {
            panic!("an error without an id: {all:?}");
        };
        assert!(error.is_modern());
        assert_eq!(error.supported(), ["x"]);
    }
}
