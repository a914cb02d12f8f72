//! A client that knows tasks.

use super::agent::Jobs;
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};

pub const TASKS: &str = "io.modelcontextprotocol/tasks";

pub struct Client {
    pub host: Host<Jobs>,
}

impl Client {
    pub fn new(seed: u64) -> Self {
        Self {
            host: Host::new(seed),
        }
    }

    /// A request with these capabilities: the status, and the answer.
    pub fn send(&self, method: &str, params: Value, caps: Value) -> (u16, Value) {
        send(&self.host, method, params, caps)
    }

    /// A request whose answer may be a stream.
    pub fn request(&self, method: &str, params: Value, caps: Value) -> Response {
        request(&self.host, method, params, caps)
    }

    /// A request that is answered by a result.
    pub fn about(&self, method: &str, params: Value) -> Value {
        let caps = json!({ "elicitation": {}, "extensions": { TASKS: {} } });
        let (status, mut answer) = self.send(method, params, caps);
        assert_eq!(status, 200, "{answer}");
        assert!(answer["result"].is_object(), "{answer}");
        answer["result"].take()
    }

    /// Calls a tool that becomes a task: its id.
    pub fn create(&self, name: &str, arguments: Value) -> String {
        let params = json!({ "name": name, "arguments": arguments });
        let made = self.about("tools/call", params);
        assert_eq!(made["resultType"], "task");
        assert_eq!(made["status"], "working");
        for member in ["result", "error", "inputRequests", "requestState"] {
            assert!(made.get(member).is_none(), "{made}");
        }
        made["taskId"].as_str().expect("an id").to_owned()
    }

    pub fn get(&self, task: &str) -> Value {
        let got = self.about("tasks/get", json!({ "taskId": task }));
        assert_eq!(got["taskId"], task);
        got
    }

    pub fn update(&self, task: &str, responses: Value) {
        let params = json!({ "taskId": task, "inputResponses": responses });
        let ack = self.about("tasks/update", params);
        assert_eq!(ack["resultType"], "complete");
        assert!(ack.get("taskId").is_none());
    }
}

/// The messages of a stream.
pub fn messages(text: &str) -> Vec<Value> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| from_str(data).expect("JSON")).collect()
}

fn request(host: &Host<Jobs>, method: &str, mut params: Value, caps: Value) -> Response {
    params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": caps });
    host.request(&Request::rpc("/mcp", method, params))
}

pub fn send(host: &Host<Jobs>, method: &str, params: Value, caps: Value) -> (u16, Value) {
    let response = request(host, method, params, caps);
    let answer = response.read();
    (
        response.status,
        from_str(&answer).unwrap_or_else(|_| panic!("{answer}")),
    )
}

/// The text of a tool's result.
pub fn text(result: &Value) -> &str {
    let text = result["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{result}"))
}
