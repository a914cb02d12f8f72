//! Who may do what, in virtual time: `cargo test`. The principals are those that the Worker makes of the issuer's tokens.

use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};
use team::Team;

const READ: &[&str] = &["tickets:read"];
const BOTH: &[&str] = &["tickets:read", "tickets:write"];

fn somebody(sub: &str, scopes: &[&str], groups: &[&str]) -> Value {
    json!({ "iss": "https://id.example.com/", "sub": sub, "scopes": scopes, "claims": { "sub": sub, "groups": groups } })
}

fn send(host: &Host<Team>, who: &Value, method: &str, params: Value) -> Response {
    host.request(&Request::rpc("/mcp", method, params).principal(who))
}

fn call(host: &Host<Team>, who: &Value, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let answer: Value = from_str(&send(host, who, "tools/call", params).read()).expect("JSON");
    answer["result"].clone()
}

fn listed(host: &Host<Team>, who: &Value, kind: &str) -> Vec<String> {
    let list = send(host, who, &format!("{kind}/list"), json!({})).read();
    let list: Value = from_str(&list).expect("JSON");
    let items = list["result"][kind].as_array().expect("a list");
    let names = items.iter().map(|item| item["name"].as_str());
    names.map(|name| name.expect("a name").to_owned()).collect()
}

#[test]
fn everybody_is_shown_what_they_may_use() {
    let host = Host::<Team>::new(1);
    let (reader, writer, lead) = (
        somebody("ada", READ, &[]),
        somebody("ada", BOTH, &[]),
        somebody("grace", BOTH, &["leads"]),
    );
    assert_eq!(listed(&host, &reader, "tools"), ["list_tickets"]);
    let two = ["list_tickets", "open_ticket", "close_ticket"];
    assert_eq!(listed(&host, &writer, "tools"), two);
    assert_eq!(listed(&host, &lead, "tools").last().unwrap(), "purge");
    assert_eq!(listed(&host, &writer, "prompts"), [""; 0]);
    assert_eq!(listed(&host, &lead, "prompts"), ["standup"]);
}

#[test]
fn without_the_scope_a_client_hears_which_to_ask_for() {
    let host = Host::<Team>::new(1);
    let params = json!({ "name": "open_ticket", "arguments": { "title": "It rains in" } });
    let answer = send(&host, &somebody("ada", READ, &[]), "tools/call", params);
    assert_eq!(answer.status, 403);
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    assert!(challenge.contains("tickets:write"), "{challenge}");
}

#[test]
fn a_token_without_what_everybody_needs_opens_nothing() {
    let host = Host::<Team>::new(1);
    let answer = send(&host, &somebody("ada", &[], &[]), "tools/list", json!({}));
    assert_eq!(answer.status, 403);
    let nobody = host.request(&Request::rpc("/mcp", "tools/list", json!({})));
    assert_eq!(nobody.status, 401);
}

#[test]
fn a_ticket_is_its_owners_and_the_leads() {
    let host = Host::<Team>::new(1);
    let (ada, grace) = (
        somebody("ada", BOTH, &[]),
        somebody("grace", BOTH, &["leads"]),
    );
    let alan = somebody("alan", BOTH, &[]);
    for (who, title) in [(&ada, "It rains in"), (&ada, "It is cold")] {
        call(&host, who, "open_ticket", json!({ "title": title }));
    }
    // Whose it is comes from the token alone.
    let forged = call(
        &host,
        &alan,
        "open_ticket",
        json!({ "title": "x", "me": "ada" }),
    );
    assert_eq!(forged["isError"], true, "{forged}");
    let close = |who, id: u64| call(&host, who, "close_ticket", json!({ "id": id }));
    assert_eq!(close(&alan, 1)["isError"], true);
    assert_eq!(close(&ada, 1)["isError"], Value::Null);
    assert_eq!(close(&grace, 2)["isError"], Value::Null);
    let mine = call(&host, &alan, "list_tickets", json!({ "mine": true }));
    assert_eq!(mine["structuredContent"]["tickets"], json!([]));
    let purged = call(&host, &grace, "purge", json!({}));
    assert_eq!(purged["content"][0]["text"], "2 gone");
    let refused = call(&host, &ada, "purge", json!({}));
    assert_eq!(refused["isError"], true, "{refused}");
}
