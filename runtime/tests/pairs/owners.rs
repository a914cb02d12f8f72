//! Agents whose state is somebody's: whose it is, and what pages see of it, is said in a file and in Rust alike.

#[path = "board.rs"]
mod board;
#[path = "profile.rs"]
mod profile;

use super::{call, lists, same_model};
use mcp_agent::__rt1::{Agent, Scope};
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};

/// The fields that a page may write, and whether it may only read.
fn sync<A: Agent>() -> (&'static str, Vec<&'static str>, bool) {
    let sync = A::SYNC.expect("pages see the state");
    (sync.agent, sync.writable.to_vec(), sync.readonly)
}

/// What a caller is answered, one request after the other.
fn answers<A: Agent>(who: &Value) -> Vec<String> {
    let host = Host::<A>::new(1);
    let mut requests = lists();
    requests.extend([call("visit", json!({})), call("visit", json!({}))]);
    let ask = |(method, params): (&str, Value)| {
        let request = Request::rpc("/mcp", method, params).principal(who);
        host.request(&request).read()
    };
    requests.into_iter().map(ask).collect()
}

#[test]
fn profile() {
    same_model::<profile::rust::Profile>("profile.toml");
    let expected = ("profile", vec!["nick", "mood"], false);
    assert_eq!(sync::<profile::file::Profile>(), expected);
    assert_eq!(sync::<profile::rust::Profile>(), expected);
    for scope in [
        profile::file::Profile::CATALOG.scope,
        profile::rust::Profile::CATALOG.scope,
    ] {
        assert_eq!(scope, Some(Scope::User));
    }
    let ada = json!({ "iss": "bearer", "sub": "ada", "scopes": [], "claims": { "sub": "ada" } });
    let of_file = answers::<profile::file::Profile>(&ada);
    assert_eq!(of_file, answers::<profile::rust::Profile>(&ada));
    assert!(
        of_file.last().is_some_and(|it| it.contains(" 2")),
        "{of_file:?}"
    );
}

#[test]
fn board() {
    same_model::<board::rust::Board>("board.toml");
    let expected = ("team-board", Vec::new(), true);
    assert_eq!(sync::<board::file::Board>(), expected);
    assert_eq!(sync::<board::rust::Board>(), expected);
    for scope in [
        board::file::Board::CATALOG.scope,
        board::rust::Board::CATALOG.scope,
    ] {
        let claim = &["account", "org"];
        assert_eq!(scope, Some(Scope::Tenant { claim }));
    }
}
