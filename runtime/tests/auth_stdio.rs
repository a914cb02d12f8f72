//! Over stdio nobody signs in: whoever runs the program may do whatever it does.

#[path = "auth/agents.rs"]
mod agents;

use agents::{Kept, Light};
use mcp_agent::__rt1::Agent;
use mcp_agent::memory::Ram;
use mcp_agent::serde_json::{Value, from_slice, json};
use mcp_agent::stdio::serve;
use std::io::Cursor;
use std::rc::Rc;

/// What these requests of a session are answered, in their order.
fn answers<A: Agent>(requests: &[(&str, Value)]) -> Vec<Value> {
    let info = json!({ "name": "c", "version": "1" });
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info });
    let mut input = String::new();
    for (id, (method, params)) in [("initialize", hello)].iter().chain(requests).enumerate() {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        input.push_str(&format!("{request}\n"));
    }
    let mut output = Vec::new();
    serve::<A>(Rc::new(Ram::default()), Cursor::new(input), &mut output).expect("served");
    let lines = output.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    let mut all: Vec<Value> = lines.map(|line| from_slice(line).expect("JSON")).collect();
    all.retain(|message| message["id"].is_u64());
    all.sort_by_key(|message| message["id"].as_u64());
    all.split_off(1)
}

fn everything_may_be_used<A: Agent>() {
    let tool = |name: &str, arguments| {
        (
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    };
    let told = answers::<A>(&[
        ("tools/list", json!({})),
        tool("add", json!({ "n": 2 })),
        tool("reset", json!({})),
        ("resources/read", json!({ "uri": "a://secret" })),
        tool("mine", json!({})),
    ]);
    assert!(
        told[0]["result"]["tools"]
            .as_array()
            .is_some_and(|all| all.len() > 3),
        "{told:?}"
    );
    assert_eq!(told[1]["result"]["content"][0]["text"], "2");
    assert_eq!(told[2]["result"]["content"][0]["text"], "0");
    assert_eq!(told[3]["result"]["contents"][0]["text"], "for admins");
    // But nobody has no claims.
    assert_eq!(told[4]["result"]["isError"], true);
}

#[test]
fn everything_may_be_used_in_light_sessions() {
    everything_may_be_used::<Light>();
}

#[test]
fn everything_may_be_used_in_kept_sessions() {
    everything_may_be_used::<Kept>();
}
