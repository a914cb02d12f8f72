//! What a caller may do, in virtual time: `cargo test`. What GitHub says is for a Worker: `npm run dev`.

use github_mcp::GithubMcp;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};

fn ada(scopes: &[&str]) -> Value {
    json!({
        "iss": "http://localhost:8787", "sub": "583231", "client": "c", "scopes": scopes,
        "claims": { "sub": "583231", "login": "ada" },
    })
}

#[test]
fn whoever_signed_in_is_greeted_by_name() {
    let host = Host::<GithubMcp>::new(1);
    let params = json!({ "name": "whoami", "arguments": {} });
    let answer = host.request(&Request::rpc("/mcp", "tools/call", params).principal(&ada(&[])));
    let answer: Value = from_str(&answer.read()).expect("JSON");
    let text = answer["result"]["content"][0]["text"].as_str();
    assert_eq!(
        text,
        Some("ada, number 583231 of http://localhost:8787; this client may: read")
    );
}

#[test]
fn whose_repositories_they_are_is_no_question_for_a_client() {
    let host = Host::<GithubMcp>::new(1);
    let list = host.request(&Request::rpc("/mcp", "tools/list", json!({})).principal(&ada(&[])));
    let list: Value = from_str(&list.read()).expect("JSON");
    let tools = list["result"]["tools"].as_array().expect("tools");
    let repositories = tools.iter().find(|tool| tool["name"] == "repositories");
    let schema = &repositories.expect("the tool")["inputSchema"];
    assert!(schema["properties"]["count"].is_object(), "{schema}");
    assert!(schema["properties"]["owner"].is_null(), "{schema}");
}

#[test]
fn stars_are_given_only_by_clients_that_were_allowed_to() {
    let host = Host::<GithubMcp>::new(1);
    let params = json!({ "name": "star", "arguments": { "repository": "ada/engine" } });
    let answer = host.request(&Request::rpc("/mcp", "tools/call", params).principal(&ada(&[])));
    assert_eq!(answer.status, 403);
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(challenge.contains(r#"scope="repos:star""#), "{challenge}");
}
