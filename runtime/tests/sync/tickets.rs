//! Clients whose callers are asked who they are.

use super::agents::Desk;
use super::client::{Client, error, failure, result, state};
use mcp_agent::memory::{Host, Request, Response, WebSocket};
use mcp_agent::serde_json::{Value, from_str, json};

const PATH: &str = "/agents/desk/me";
const HOUR_MS: u64 = 3_600_000;

fn principal(sub: &str, org: &str) -> Value {
    json!({ "iss": "i", "sub": sub, "scopes": ["base"], "claims": { "sub": sub, "org": org } })
}

fn asked(who: &Value) -> Request {
    Request::new("POST", &format!("{PATH}/ticket")).principal(who)
}

fn ticket(host: &Host<Desk>, who: &Value) -> String {
    let response = host.request(&asked(who));
    assert_eq!(response.status, 200);
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let body: Value = from_str(&response.read()).unwrap();
    assert_eq!(body["expiresIn"], 30);
    body["ticket"].as_str().unwrap().to_owned()
}

fn with(ticket: &str) -> Request {
    Request::new("GET", &format!("{PATH}?_pk=1&ticket={ticket}"))
}

fn joins(host: &Host<Desk>, ticket: &str) -> Result<WebSocket, Response> {
    host.connect(&with(ticket))
}

fn open<'h>(host: &'h Host<Desk>, who: &Value) -> Client<'h, Desk> {
    let client = Client::join(host, &with(&ticket(host, who)));
    client.got();
    client
}

#[test]
fn a_ticket_lets_its_owner_in_once() {
    let host = Host::<Desk>::new(1);
    let ticket = ticket(&host, &principal("ada", "acme"));
    assert!(!ticket.contains("ada"));
    let ada = Client::join(&host, &with(&ticket));
    let got = ada.got();
    let identity =
        json!({ "type": "cf_agent_identity", "name": "me", "agent": "desk", "stateFollows": true });
    assert_eq!(got, [identity, state(&json!({ "note": "", "last": "" }))]);
    assert_eq!(ada.call("whoami", json!([])), [result(json!("ada"))]);
    let again = joins(&host, &ticket).unwrap_err();
    assert_eq!(
        (again.status, &*again.read()),
        (401, "this ticket was used already")
    );
    for object in host.awake() {
        host.evict(&object);
    }
    assert_eq!(joins(&host, &ticket).unwrap_err().status, 401, "nor ever");
}

#[test]
fn a_ticket_that_is_none_lets_nobody_in() {
    let host = Host::<Desk>::new(2);
    let sealed = ticket(&host, &principal("ada", "acme"));
    let mut forged = sealed.clone();
    forged.replace_range(40..41, if &sealed[40..41] == "A" { "B" } else { "A" });
    for broken in ["", "x", &forged, &sealed[1..], "%00"] {
        assert_eq!(joins(&host, broken).unwrap_err().status, 401, "{broken}");
    }
    let elsewhere = Host::<Desk>::new(3);
    assert_eq!(joins(&elsewhere, &sealed).unwrap_err().status, 401);
    // It makes no bad token good, and nobody reads it from anywhere else.
    let bad = with(&sealed).refused("the token has expired");
    assert_eq!(host.connect(&bad).unwrap_err().status, 401);
    let header = Request::new("GET", PATH).header("ticket", &sealed);
    assert_eq!(host.connect(&header).unwrap_err().status, 401);
    host.advance(30_000);
    let late = joins(&host, &sealed).unwrap_err();
    assert_eq!(late.status, 401, "it is over");
    assert!(host.awake().is_empty(), "no object has heard of any of it");
}

#[test]
fn who_may_not_come_in_gets_no_ticket_and_no_connection() {
    let host = Host::<Desk>::new(4);
    let lacks = json!({ "iss": "i", "sub": "eve", "scopes": [], "claims": { "org": "acme" } });
    let homeless = json!({ "iss": "i", "sub": "eve", "scopes": ["base"], "claims": {} });
    for (who, status, challenge) in [
        (None, 401, Some("Bearer")),
        (Some(&lacks), 403, Some("insufficient_scope")),
        (Some(&homeless), 403, None),
    ] {
        let plain = Request::new("POST", &format!("{PATH}/ticket"));
        let upgrade = Request::new("GET", PATH);
        let [plain, upgrade] = [plain, upgrade].map(|it| match who {
            Some(who) => it.principal(who),
            None => it,
        });
        for refused in [host.request(&plain), host.connect(&upgrade).unwrap_err()] {
            assert_eq!(refused.status, status);
            let told = refused.header("www-authenticate").unwrap_or_default();
            assert_eq!(told.contains(challenge.unwrap_or("?")), challenge.is_some());
        }
    }
    let bad = asked(&Value::Null).refused("the token has expired");
    let told = host.request(&bad);
    let challenge = told.header("www-authenticate").unwrap();
    assert!(challenge.contains("the token has expired"), "{challenge}");
    assert_eq!(
        host.request(&Request::new("GET", &format!("{PATH}/ticket")))
            .status,
        405
    );
}

#[test]
fn a_page_may_ask_for_one_where_it_may_ask_for_anything() {
    let host = Host::<Desk>::new(5);
    let ada = principal("ada", "acme");
    let from = |origin| host.request(&asked(&ada).header("origin", origin));
    assert_eq!(from("https://evil.example").status, 403);
    let given = from("https://app.example");
    assert_eq!(given.status, 200);
    let shared = given.header("access-control-allow-origin");
    assert_eq!(shared, Some("https://app.example"));
    let before = Request::new("OPTIONS", &format!("{PATH}/ticket"))
        .header("origin", "https://app.example")
        .header("access-control-request-headers", "authorization");
    let before = host.request(&before);
    assert_eq!(before.status, 204);
    let headers = before.header("access-control-allow-headers").unwrap();
    assert!(headers.contains("authorization"), "{headers}");
    // The page of a stranger gets nowhere with somebody else's ticket either.
    let ticket = ticket(&host, &ada);
    let evil = with(&ticket).header("origin", "https://evil.example");
    assert_eq!(host.connect(&evil).unwrap_err().status, 403);
    assert!(joins(&host, &ticket).is_ok(), "it was not used");
}

#[test]
fn who_can_send_a_token_needs_no_ticket() {
    let host = Host::<Desk>::new(6);
    let request = Request::new("GET", PATH).principal(&principal("ada", "acme"));
    let ada = Client::join(&host, &request);
    ada.got();
    assert_eq!(ada.call("whoami", json!([])), [result(json!("ada"))]);
}

#[test]
fn those_of_one_tenant_share_a_state_and_no_others_see_it() {
    let host = Host::<Desk>::new(7);
    let ada = open(&host, &principal("ada", "acme"));
    let bob = open(&host, &principal("bob", "acme"));
    let eve = open(&host, &principal("eve", "evil"));
    let written = json!({ "note": "for acme", "last": "" });
    ada.set(&written);
    assert_eq!(bob.got(), [state(&written)]);
    assert!(eve.got().is_empty());
    let mine = bob.call("mine", json!([]));
    assert_eq!(mine.last(), Some(&result(json!("bob"))));
    assert_eq!(
        mine[0],
        state(&json!({ "note": "for acme", "last": "bob" }))
    );
    assert_eq!(eve.call("whoami", json!([])), [result(json!("eve"))]);
}

#[test]
fn a_call_may_do_what_its_caller_may_and_no_more() {
    let host = Host::<Desk>::new(8);
    let bob = open(&host, &principal("bob", "acme"));
    let words = "You may not use this tool.";
    assert_eq!(bob.call("reset", json!([])), [failure(words)]);
    let given = bob.call("mine", json!([{ "owner": "ada" }]));
    let words = "Invalid arguments for the tool `mine`:\n- /owner: is not a known property";
    assert_eq!(given, [failure(words)]);
    let mut admin = principal("root", "acme");
    admin["claims"]["groups"] = json!(["admins"]);
    let admin = open(&host, &admin);
    assert_eq!(admin.call("reset", json!([])), [result(json!("reset"))]);
}

#[test]
fn who_is_behind_a_connection_outlives_the_object() {
    let host = Host::<Desk>::new(9);
    let mut large = principal("bob", "acme");
    large["claims"]["group"] = json!("g".repeat(4_000));
    let clients = [principal("ada", "acme"), large].map(|who| open(&host, &who));
    let object = host.awake().pop().unwrap();
    let kept = |prefix: &str| {
        let rows = host.rows(&object).unwrap().into_iter();
        rows.filter(|(key, _)| key.starts_with(prefix)).count()
    };
    assert_eq!((kept("follower/"), kept("ticket/")), (1, 2));
    host.evict(&object);
    for (client, name) in clients.iter().zip(["ada", "bob"]) {
        assert_eq!(client.call("whoami", json!([])), [result(json!(name))]);
    }
    for client in &clients {
        client.socket.close(1000, "");
    }
    host.run();
    assert_eq!(kept("follower/"), 0);
    host.advance(2 * HOUR_MS);
    assert_eq!(kept("ticket/"), 0, "what is over is taken away");
}

#[test]
fn a_connection_lasts_an_hour() {
    let host = Host::<Desk>::new(10);
    let [ada, bob] = ["ada", "bob"].map(|name| open(&host, &principal(name, "acme")));
    host.advance(HOUR_MS - 1_000);
    let eve = open(&host, &principal("eve", "acme"));
    assert_eq!(bob.call("whoami", json!([])), [result(json!("bob"))]);
    host.advance(2_000);
    // One that is over is told when it speaks, or when something is told to all.
    ada.say(&json!({ "type": "rpc", "id": "1", "method": "mine", "args": [] }));
    host.run();
    assert_eq!(ada.socket.closed(), Some((3000, "expired".to_owned())));
    assert!(ada.got().is_empty());
    assert_eq!(bob.socket.closed(), None);
    let written = json!({ "note": "a", "last": "" });
    eve.set(&written);
    assert_eq!(bob.socket.closed(), Some((3000, "expired".to_owned())));
    assert!(bob.got().is_empty(), "nothing is told to it");
    assert_eq!(eve.socket.closed(), None);
}

#[test]
fn a_connection_ends_with_its_token_where_a_claim_says_when() {
    let host = Host::<Desk>::new(11);
    let mut who = principal("ada", "acme");
    who["claims"]["exp"] = json!((host.now_ms() + 60_000) / 1000);
    let ada = open(&host, &who);
    host.advance(59_000);
    assert_eq!(ada.call("whoami", json!([])), [result(json!("ada"))]);
    host.advance(2_000);
    ada.call("whoami", json!([]));
    assert_eq!(ada.socket.closed(), Some((3000, "expired".to_owned())));
}

#[test]
fn claims_that_fit_no_url_get_no_ticket() {
    let host = Host::<Desk>::new(12);
    let mut who = principal("ada", "acme");
    who["claims"]["group"] = json!("g".repeat(12_000));
    assert_eq!(host.request(&asked(&who)).status, 413);
    let ada = Client::join(&host, &Request::new("GET", PATH).principal(&who));
    ada.got();
    assert_eq!(ada.call("whoami", json!([])), [result(json!("ada"))]);
    let got = ada.set(&json!({ "note": "", "last": "x" }));
    assert_eq!(got[0], error("a client may not write /last"));
}
