//! Agents that ask who calls: who may come in, and who may use what, is said in a file and in Rust alike.

#[path = "doors.rs"]
mod doors;
#[path = "guard.rs"]
mod guard;

use super::{call, lists, same_model};
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, json};

#[test]
fn doors() {
    same_model::<doors::oauth::Doors>("doors_oauth.toml");
    same_model::<doors::password::Doors>("doors_password.toml");
    same_model::<doors::resource::Doors>("doors_resource.toml");
    same_model::<doors::access::Doors>("doors_access.toml");
}

#[test]
fn guard() {
    same_model::<guard::rust::Guard>("guard.toml");
    let mut requests = lists();
    requests.extend([
        call("mine", json!({})),
        call("mine", json!({ "owner": "eve" })),
        call("add", json!({ "n": 2 })),
        call("purge", json!({})),
        call("fire", json!({})),
        call("hidden", json!({})),
        ("resources/read", json!({ "uri": "guard://total" })),
        ("resources/read", json!({ "uri": "guard://notes/1" })),
        ("prompts/get", json!({ "name": "sum_up" })),
    ]);
    let (file, rust) = (
        Host::<guard::file::Guard>::new(1),
        Host::<guard::rust::Guard>::new(1),
    );
    let nobody = Value::Null;
    let who = |scopes: &[&str], claims: Value| json!({ "iss": "bearer", "sub": "ada", "scopes": scopes, "claims": claims });
    let callers = [
        nobody,
        who(&[], json!({ "sub": "ada" })),
        who(&["notes:read"], json!({ "sub": "ada" })),
        who(
            &["notes:read", "notes:write"],
            json!({ "sub": "ada", "groups": ["guests"], "level": 2 }),
        ),
        who(
            &["notes:read", "notes:write"],
            json!({ "sub": "ada", "groups": ["staff"], "level": 3 }),
        ),
    ];
    let mut statuses = Vec::new();
    for caller in &callers {
        for (method, params) in &requests {
            let request = Request::rpc("/mcp", method, params.clone());
            let request = match caller.is_null() {
                true => request,
                false => request.principal(caller),
            };
            let (a, b) = (file.request(&request), rust.request(&request));
            let told = |it: &Response| {
                let challenge = it.header("www-authenticate").map(str::to_owned);
                (it.status, challenge, it.read())
            };
            let answers = (told(&a), told(&b));
            assert_eq!(answers.0, answers.1, "{caller} {method} {params}");
            statuses.push(a.status);
        }
    }
    // There is something to tell apart: who nobody knows, who may not, and who may.
    for status in [401, 403, 200] {
        assert!(statuses.contains(&status), "{statuses:?}");
    }
}
