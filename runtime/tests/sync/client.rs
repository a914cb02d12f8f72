//! A client, as `AgentClient` is one.

use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request, WebSocket};
use mcp_agent::serde_json::{Value, from_str, json};

pub const HUB: &str = "state:server";

/// What is connected, and what came over it in its order.
pub struct Client<'h, A: Agent> {
    pub host: &'h Host<A>,
    pub socket: WebSocket,
}

impl<'h, A: Agent> Client<'h, A> {
    /// One that is connected, with all that it gets when it is.
    pub fn open(host: &'h Host<A>, path: &str) -> (Self, Vec<Value>) {
        let client = Self::join(host, &Request::new("GET", path));
        let got = client.got();
        (client, got)
    }

    /// One that this request connects.
    pub fn join(host: &'h Host<A>, request: &Request) -> Self {
        let socket = host.connect(request).expect("it is let in");
        Self { host, socket }
    }

    /// What came since the last look.
    pub fn got(&self) -> Vec<Value> {
        let received = self.socket.received().into_iter();
        let texts = received.map(|it| it.text().expect("a text").to_owned());
        texts.map(|text| from_str(&text).expect("JSON")).collect()
    }

    /// Says something, which is not on its way before the host runs.
    pub fn say(&self, message: &Value) {
        self.socket.send(message.to_string());
    }

    /// Says something, and gets what comes of it at once.
    pub fn ask(&self, message: &Value) -> Vec<Value> {
        self.say(message);
        self.host.run();
        self.got()
    }

    /// `setState`.
    pub fn set(&self, state: &Value) -> Vec<Value> {
        self.ask(&set(state))
    }

    /// `call`, as far as it is answered at once.
    pub fn call(&self, method: &str, args: Value) -> Vec<Value> {
        self.ask(&call("1", method, args))
    }
}

pub fn set(state: &Value) -> Value {
    json!({ "type": "cf_agent_state", "state": state })
}

pub fn call(id: &str, method: &str, args: Value) -> Value {
    json!({ "type": "rpc", "id": id, "method": method, "args": args })
}

/// The frame that says the state.
pub fn state(state: &Value) -> Value {
    json!({ "type": "cf_agent_state", "state": state })
}

/// The frame that says why not.
pub fn error(words: &str) -> Value {
    json!({ "type": "cf_agent_state_error", "error": words })
}

/// The frame of what a call came to.
pub fn result(value: Value) -> Value {
    json!({ "type": "rpc", "id": "1", "success": true, "done": true, "result": value })
}

/// The frame of a call that came to nothing.
pub fn failure(words: &str) -> Value {
    json!({ "type": "rpc", "id": "1", "success": false, "error": words })
}

/// A state of the board, with these fields another than they are at first.
pub fn board(changed: Value) -> Value {
    let mut state = json!({ "title": "", "color": "red", "size": 1.0, "notes": [], "total": 0 });
    for (name, value) in changed.as_object().expect("fields") {
        state[name] = value.clone();
    }
    state
}
