//! What is kept of one person, exported and deleted for those who may.

#[path = "keep/agent.rs"]
mod agent;
#[path = "auth/client.rs"]
mod client;

use agent::Files;
use client::{Client, Era, principal, told};
use mcp_agent::memory::{Host, Request, Response};
use mcp_agent::serde_json::{Value, from_str, json};
use std::rc::Rc;

const PATH: &str = "/.mcp-agent/state";

fn office() -> Value {
    principal("office", &["files:admin"], &["office"])
}

fn ask(host: &Host<Files>, who: &Value, body: &Value) -> Response {
    host.request(&Request::post(PATH, body.to_string()).principal(who))
}

fn read(response: &Response) -> Value {
    from_str(&response.read()).unwrap()
}

/// All items, page by page, and how many pages there were.
fn export(host: &Host<Files>, subject: &str) -> (Vec<Value>, usize) {
    let (mut items, mut cursor, mut pages) = (Vec::new(), json!(""), 0);
    loop {
        let body = json!({ "action": "export", "subject": subject, "cursor": cursor });
        let response = ask(host, &office(), &body);
        assert_eq!(response.status, 200, "{}", response.read());
        assert_eq!(response.header("cache-control"), Some("no-store"));
        let page = read(&response);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        pages += 1;
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            return (items, pages);
        }
    }
}

fn ada(host: &Rc<Host<Files>>) -> Client<Files> {
    Client::new(host, Era::Stateless, principal("ada", &[], &[]))
}

/// Something in every place.
fn fill(host: &Rc<Host<Files>>, who: &Client<Files>, word: &str, count: u32) {
    who.tool("rename", json!({ "title": word }));
    assert_eq!(
        who.tool("add", json!({ "text": word, "count": count }))
            .text(),
        count.to_string()
    );
    who.tool("later", json!({ "text": format!("{word} later") }));
    let made = who.tool("create_folder", json!({}));
    let folder = &made.body["result"]["structuredContent"]["folder"];
    assert_eq!(
        who.tool("bind", json!({ "folder": folder, "text": word }))
            .text(),
        word
    );
    host.run();
}

#[test]
fn everything_of_one_person_is_exported() {
    let host = Rc::new(Host::<Files>::new(1));
    let ada = ada(&host);
    let word = format!("ada's {}", "x".repeat(600));
    fill(&host, &ada, &word, 450);
    fill(
        &host,
        &Client::new(&host, Era::Stateless, principal("bob", &[], &[])),
        "bob's",
        3,
    );
    let (items, pages) = export(&host, "ada");
    assert!(pages > 1, "a page does not take all of it");
    assert_eq!(
        items[0],
        json!({ "state": { "version": 3, "value": { "title": word } } })
    );
    let of = |key: &str| items.iter().filter(|item| !item[key].is_null()).count();
    assert_eq!(
        (of("state"), of("handle"), of("schedule"), of("row")),
        (1, 1, 1, 900)
    );
    let rows = |table: &str| {
        let rows = items.iter().filter(|item| item["table"] == table);
        rows.map(|item| item["row"].clone()).collect::<Vec<_>>()
    };
    let pages_of_ada = rows("page");
    assert_eq!(pages_of_ada.len(), 450);
    for (at, row) in pages_of_ada.iter().enumerate() {
        assert_eq!(
            row,
            &json!({ "id": at + 1, "text": format!("{word} {at}"), "seal": "AP8=" })
        );
    }
    assert_eq!(
        rows("page_words").len(),
        450,
        "the tables of a virtual one are not told twice"
    );
    let handle = items.iter().find(|item| !item["handle"].is_null()).unwrap();
    assert_eq!(handle["handle"]["value"], json!({ "pages": [word] }));
    let schedule = items
        .iter()
        .find(|item| !item["schedule"].is_null())
        .unwrap();
    assert_eq!(schedule["schedule"]["payload"], format!("{word} later"));
    assert!(!json!(items).to_string().contains("bob"));
}

#[test]
fn of_whom_nothing_is_kept_nothing_is_exported_and_nothing_is_made() {
    let host = Rc::new(Host::<Files>::new(2));
    assert_eq!(export(&host, "nobody"), (Vec::new(), 1));
    assert!(host.states().unwrap().is_empty() && host.stored().unwrap().is_empty());
}

#[test]
fn what_is_deleted_is_gone_and_comes_not_back() {
    let host = Rc::new(Host::<Files>::new(3));
    let ada = ada(&host);
    let bob = Client::new(&host, Era::Stateless, principal("bob", &[], &[]));
    fill(&host, &ada, "ada's", 3);
    fill(&host, &bob, "bob's", 3);
    // Somebody is at work when it goes.
    let late = Request::rpc(
        "/mcp",
        "tools/call",
        json!({ "name": "slowly", "arguments": { "title": "late" } }),
    );
    let mut late = host.send(&late.principal(&ada.who));
    let body = json!({ "action": "delete", "subject": "ada" });
    let mut deleted = host.send(&Request::post(PATH, body.to_string()).principal(&office()));
    host.advance(10_000);
    let deleted = deleted.response().unwrap().expect("an answer");
    assert_eq!(
        (deleted.status, read(&deleted)),
        (200, json!({ "deleted": true }))
    );
    let late = late.response().unwrap().expect("an answer");
    let late = told(&late, 1);
    assert!(
        late.body["result"]["isError"] == true || late.text() == "late",
        "{late:?}"
    );
    host.advance(24 * 3600 * 1000);
    assert_eq!(
        export(&host, "ada"),
        (Vec::new(), 1),
        "its schedule is gone too"
    );
    assert_eq!(ada.tool("count", json!({})).text(), "0", "it begins anew");
    assert_eq!(
        bob.tool("count", json!({})).text(),
        "4",
        "with the one of the schedule"
    );
    host.kill();
    assert_eq!(ada.tool("count", json!({})).text(), "0");
}

#[test]
fn only_those_may_who_are_declared_to() {
    let host = Rc::new(Host::<Files>::new(4));
    fill(&host, &ada(&host), "ada's", 1);
    let body = json!({ "action": "export", "subject": "ada" });
    for (who, scope) in [
        (principal("ada", &[], &[]), false),
        (principal("ada", &["files:admin"], &[]), false),
        (principal("eve", &[], &["office"]), true),
    ] {
        let refused = ask(&host, &who, &body);
        assert_eq!(refused.status, 403, "{who}");
        assert_eq!(refused.header("www-authenticate").is_some(), scope, "{who}");
        assert!(!refused.read().contains("ada's"));
    }
    let nobody = host.request(&Request::post(PATH, body.to_string()));
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    let page = Request::post(PATH, body.to_string())
        .principal(&office())
        .header("origin", "https://evil.example");
    assert_eq!(host.request(&page).status, 403);
    let get = host.request(&Request::new("GET", PATH).principal(&office()));
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
}

#[test]
fn what_cannot_be_meant_is_refused_with_words() {
    let host = Rc::new(Host::<Files>::new(5));
    for (body, words) in [
        (json!({ "action": "export" }), "`subject`"),
        (json!({ "action": "export", "tenant": "acme" }), "`subject`"),
        (
            json!({ "action": "export", "subject": "ada", "tenant": "acme" }),
            "`subject`",
        ),
        (json!({ "action": "drop", "subject": "ada" }), "export"),
        (
            json!({ "action": "export", "subject": "ada", "home": "x" }),
            "home",
        ),
        (json!({ "action": "export", "subject": "" }), "nobody"),
        (
            json!({ "action": "export", "subject": "ada", "cursor": "t 1" }),
            "cursor",
        ),
        (
            json!({ "action": "export", "subject": "ada", "cursor": "t 1 2 3" }),
            "cursor",
        ),
        (
            json!({ "action": "export", "subject": "ada", "cursor": "x" }),
            "cursor",
        ),
        (json!([]), "invalid"),
    ] {
        let refused = ask(&host, &office(), &body);
        let text = refused.read();
        assert_eq!(refused.status, 400, "{body} {text}");
        assert!(text.contains(words), "{body} {text}");
    }
    let other = json!({ "action": "export", "subject": "ada", "issuer": "j" });
    assert_eq!(read(&ask(&host, &office(), &other))["items"], json!([]));
}
