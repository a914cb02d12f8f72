//! An agent whose sessions are nothing but a token.

use crate::client::{Client, alone, call, text};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::json;

#[mcp_agent(config = "tests/ui/counter.toml")]
pub struct Counter;

impl counter::Handlers for Counter {
    async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
        self.counter += p.a;
        Ok(self.counter.to_string())
    }
}

#[test]
fn light_sessions_are_spoken_too() {
    let mut client = Client::new::<Counter>();
    assert_eq!(client.initialize("2025-06-18"), "2025-06-18");
    assert_eq!(text(&client.ask(&call(2, "add", json!({ "a": 1 })))), "2");
    assert_eq!(
        text(&client.ask(&alone(call(3, "add", json!({ "a": 1 }))))),
        "3"
    );
    let (rest, ended) = client.end();
    assert!(rest.is_empty(), "{rest:?}");
    ended.expect("it ends well");
}
