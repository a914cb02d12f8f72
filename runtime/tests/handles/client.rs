//! A client that calls tools, in a session or without one, and answers what it is asked.

use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};

/// A client in one of the eras.
pub struct Client {
    /// `None` on 2026-07-28.
    session: Option<String>,
}

impl Client {
    /// Without a session.
    pub fn stateless() -> Self {
        Self { session: None }
    }

    /// In a session of 2025-11-25.
    pub fn begin<A: Agent>(host: &Host<A>, capabilities: Value) -> Self {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": capabilities,
            "clientInfo": { "name": "handles", "version": "1" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        let begun = host.request(&Request::post("/mcp", message.to_string()));
        let session = begun.header("mcp-session-id").map(str::to_owned);
        assert!(session.is_some(), "{}", begun.read());
        Self { session }
    }

    fn post<A: Agent>(&self, host: &Host<A>, message: &Value) -> Response {
        let session = self.session.as_deref().expect("a session");
        let request = Request::post("/mcp", message.to_string())
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-11-25");
        host.request(&request)
    }

    pub fn send<A: Agent>(&self, host: &Host<A>, name: &str, arguments: Value) -> Response {
        let params = json!({ "name": name, "arguments": arguments });
        if self.session.is_none() {
            return host.request(&Request::rpc("/mcp", "tools/call", params));
        }
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        self.post(host, &message)
    }

    /// Answers a question that stands on a stream.
    pub fn answer<A: Agent>(&self, host: &Host<A>, question: &Value, action: &str) {
        let answer =
            json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": action } });
        assert_eq!(self.post(host, &answer).status, 202);
        host.run();
    }

    /// The result of a call that asks nothing.
    pub fn call<A: Agent>(&self, host: &Host<A>, name: &str, arguments: Value) -> Value {
        let response = self.send(host, name, arguments);
        let text = response.read();
        let message: Value = match response.is_stream() {
            true => messages(&text).pop().unwrap_or_default(),
            false => from_str(&text).unwrap_or_default(),
        };
        assert!(message["result"].is_object(), "{text}");
        message["result"].clone()
    }

    /// The text of a call that succeeds.
    pub fn good<A: Agent>(&self, host: &Host<A>, name: &str, arguments: Value) -> String {
        let result = self.call(host, name, arguments);
        assert_ne!(result["isError"], true, "{result}");
        text(&result)
    }

    /// The text of a call that fails.
    pub fn bad<A: Agent>(&self, host: &Host<A>, name: &str, arguments: Value) -> String {
        let result = self.call(host, name, arguments);
        assert_eq!(result["isError"], true, "{result}");
        text(&result)
    }

    /// A new handle.
    pub fn create<A: Agent>(&self, host: &Host<A>, kind: &str) -> String {
        let result = self.call(host, &format!("create_{kind}"), json!({}));
        let id = result["structuredContent"][kind].as_str();
        let id = id.unwrap_or_else(|| panic!("{result}")).to_owned();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(
            text(&result).contains(&id),
            "those who read text have it too"
        );
        id
    }
}

/// The first text of a result.
pub fn text(result: &Value) -> String {
    let text = result["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{result}")).to_owned()
}

/// The messages of a stream.
pub fn messages(text: &str) -> Vec<Value> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let messages = data.filter(|data| data.starts_with('{'));
    messages.map(|data| from_str(data).expect("JSON")).collect()
}
