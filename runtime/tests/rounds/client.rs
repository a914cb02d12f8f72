//! A client of 2026-07-28.

use super::agent::Pair;
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};

/// One request of a call.
#[derive(Clone)]
pub struct Ask {
    params: Value,
    id: u64,
}

impl Ask {
    pub fn new(tool: &str, arguments: Value) -> Self {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "rounds", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        });
        Self {
            params: json!({ "name": tool, "arguments": arguments, "_meta": meta }),
            id: 1,
        }
    }

    /// The same with more members.
    pub fn with(mut self, more: Value) -> Self {
        for (name, value) in more.as_object().unwrap() {
            self.params[name] = value.clone();
        }
        self
    }

    /// The same with more members of `_meta`.
    pub fn meta(mut self, more: Value) -> Self {
        for (name, value) in more.as_object().unwrap() {
            self.params["_meta"][name] = value.clone();
        }
        self
    }

    pub fn id(mut self, id: u64) -> Self {
        self.id = id;
        self
    }

    /// The next round, with these answers.
    pub fn after(self, result: &Value, answers: &[(&str, i64)]) -> Self {
        let answers = answers
            .iter()
            .map(|(key, n)| ((*key).to_owned(), answer(*n)));
        let answers: Value = answers.collect::<mcp_agent::serde_json::Map<_, _>>().into();
        let id = self.id + 1;
        self.with(json!({ "requestState": result["requestState"], "inputResponses": answers }))
            .id(id)
    }

    pub fn request(&self) -> Request {
        let body = json!({ "jsonrpc": "2.0", "id": self.id, "method": "tools/call", "params": self.params });
        Request::post("/mcp", body.to_string())
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", self.params["name"].as_str().unwrap())
    }
}

/// An answer to a form with one number.
pub fn answer(amount: i64) -> Value {
    json!({ "action": "accept", "content": { "amount": amount } })
}

/// What a client reads of a response: JSON, or the events of a stream that have come.
pub fn messages(body: &str) -> Vec<Value> {
    if body.starts_with('{') {
        return vec![from_str(body).unwrap()];
    }
    let data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| from_str(data).unwrap()).collect()
}

/// The last of them.
pub fn last(body: &str) -> Value {
    messages(body).pop().unwrap_or_default()
}

/// Reads a response to its end.
pub fn read(host: &Host<Pair>, response: &Response) -> Vec<Value> {
    let mut all = messages(&response.read());
    while all.last().is_none_or(|message| message["id"].is_null()) {
        assert!(host.skip(), "the response never comes: {all:?}");
        host.run();
        all.extend(messages(&response.read()));
    }
    all
}

/// The response to a request, whole.
pub fn response(host: &Host<Pair>, ask: &Ask) -> Value {
    let response = host.request(&ask.request());
    let last = read(host, &response).pop().unwrap();
    assert_eq!(last["id"], ask.id, "{last}");
    last
}

/// The result of a request.
pub fn result(host: &Host<Pair>, ask: &Ask) -> Value {
    let response = response(host, ask);
    assert!(response["result"].is_object(), "{response}");
    response["result"].clone()
}

/// The result of a call that asks nothing.
pub fn call(host: &Host<Pair>, tool: &str, arguments: Value) -> Value {
    result(host, &Ask::new(tool, arguments))
}

/// The text of a result.
pub fn text(result: &Value) -> String {
    assert_eq!(result["resultType"], "complete", "{result}");
    assert!(result["isError"].is_null(), "{result}");
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

/// The keys of what is asked for, in order.
pub fn asked(result: &Value) -> Vec<String> {
    let requests = result["inputRequests"].as_object();
    let requests = requests.unwrap_or_else(|| panic!("nothing is asked: {result}"));
    requests.keys().cloned().collect()
}
