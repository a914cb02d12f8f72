//! A client of the clock, without a session or in one.

use super::agent::Clock;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};

/// When a host begins: 2027-01-15, 08:00 UTC.
pub const BEGIN_MS: u64 = 1_800_000_000_000;

/// The result of a tool.
pub fn call<const V: u8>(host: &Host<Clock<V>>, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let response = host.request(&Request::rpc("/mcp", "tools/call", params));
    let answer: Value = from_str(&response.read()).expect("JSON");
    answer["result"].clone()
}

fn text(result: &Value) -> String {
    let text = result["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{result}")).to_owned()
}

/// The text of a tool that succeeds.
pub fn good<const V: u8>(host: &Host<Clock<V>>, name: &str, arguments: Value) -> String {
    let result = call(host, name, arguments);
    assert_ne!(result["isError"], true, "{result}");
    text(&result)
}

/// The text of a tool that fails.
pub fn bad<const V: u8>(host: &Host<Clock<V>>, name: &str, arguments: Value) -> String {
    let result = call(host, name, arguments);
    assert_eq!(result["isError"], true, "{result}");
    text(&result)
}

/// Schedules something: its id.
pub fn plan<const V: u8>(host: &Host<Clock<V>>, what: Value) -> String {
    let id = good(host, "plan", json!({ "all": [what] }));
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
    id
}

fn look<const V: u8>(host: &Host<Clock<V>>) -> Value {
    from_str(&good(host, "look", json!({}))).expect("JSON")
}

/// What was noted.
pub fn notes<const V: u8>(host: &Host<Clock<V>>) -> Vec<String> {
    let look = look(host);
    let notes = look["notes"].as_array().expect("a list").iter();
    notes
        .map(|it| it.as_str().expect("text").to_owned())
        .collect()
}

/// What is scheduled.
pub fn schedules<const V: u8>(host: &Host<Clock<V>>) -> Vec<Value> {
    look(host)["schedules"].as_array().cloned().expect("a list")
}

/// The rows of schedules.
pub fn rows<const V: u8>(host: &Host<Clock<V>>) -> Vec<String> {
    let rows = host.rows("state:server").expect("rows");
    rows.into_iter().map(|(key, _)| key).collect()
}

/// A session of 2025-11-25.
pub struct Session(String);

impl Session {
    pub fn begin<const V: u8>(host: &Host<Clock<V>>) -> Self {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "clock", "version": "1" },
        });
        let begin = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        let begun = host.request(&Request::post("/mcp", begin.to_string()));
        let id = begun.header("mcp-session-id").expect("a session");
        Self(id.to_owned())
    }

    /// What a request is answered with, and its status.
    pub fn send<const V: u8>(
        &self,
        host: &Host<Clock<V>>,
        method: &str,
        params: Value,
    ) -> (u16, Value) {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = Request::post("/mcp", message.to_string())
            .header("mcp-session-id", &self.0)
            .header("mcp-protocol-version", "2025-11-25");
        let response = host.request(&request);
        let answer = from_str(&response.read()).unwrap_or_default();
        (response.status, answer)
    }

    /// The text of a tool.
    pub fn call<const V: u8>(&self, host: &Host<Clock<V>>, name: &str, arguments: Value) -> String {
        let params = json!({ "name": name, "arguments": arguments });
        let (_, answer) = self.send(host, "tools/call", params);
        text(&answer["result"])
    }
}
