//! States that belong to somebody. Nobody sees a byte of another's, whatever they send and however they send it.

#[path = "scopes/agents.rs"]
mod agents;
#[path = "auth/client.rs"]
mod client;

use agents::{Diary, Notebook};
use client::{Client, ERAS, Era, told};
use mcp_agent::__rt1::Agent;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};
use std::rc::Rc;

const EXTENSIONS: &str = "io.modelcontextprotocol/clientCapabilities";

/// Somebody of a team.
fn person(issuer: &str, sub: &str, org: &str) -> Value {
    json!({ "iss": issuer, "sub": sub, "client": "c", "scopes": [], "claims": { "sub": sub, "org": org } })
}

/// What is a secret of one, and who may not see it.
struct Case {
    mine: Value,
    /// Those who have the same state.
    ours: Vec<Value>,
    others: Vec<Value>,
}

/// Of two people in each of two teams, and one of another issuer.
fn of_users() -> Case {
    Case {
        mine: person("i", "ada", "acme"),
        ours: vec![person("i", "ada", "other")],
        others: vec![
            person("i", "bob", "acme"),
            person("i", "Ada", "acme"),
            person("j", "ada", "acme"),
            person("i", "", "acme"),
        ],
    }
}

fn of_tenants() -> Case {
    Case {
        mine: person("i", "ada", "acme"),
        ours: vec![person("i", "bob", "acme")],
        others: vec![
            person("i", "ada", "other"),
            person("i", "carol", "Acme"),
            person("j", "ada", "acme"),
            person("i", "ada", ""),
        ],
    }
}

trait Kept: Agent {
    const URI: &'static str;
    fn case() -> Case;
}

impl Kept for Diary {
    const URI: &'static str = "diary://pages";
    fn case() -> Case {
        of_users()
    }
}

impl Kept for Notebook {
    const URI: &'static str = "notebook://pages";
    fn case() -> Case {
        of_tenants()
    }
}

const SECRET: &str = "the gold is under the tree";

/// The names of objects with a state.
fn homes<A: Agent>(host: &Host<A>) -> Vec<String> {
    host.states().expect("a storage")
}

/// Everything that a client can ask for without an id of somebody else's, and a few names that it makes up.
fn nosy<A: Kept>(client: &Client<A>, home: &str) -> String {
    let mut heard = String::new();
    let mut ask = |method: &str, params: Value| {
        let told = client.ask(method, params);
        heard.push_str(&format!("{} {}\n", told.status, told.body));
    };
    for name in ["read", "home"] {
        let arguments = match name {
            "home" => json!({ "home": home, "sub": "ada" }),
            _ => json!({}),
        };
        ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        );
    }
    for extra in ["sub", "org", "iss", "claims", "home"] {
        let arguments = json!({ extra: "ada" });
        ask(
            "tools/call",
            json!({ "name": "read", "arguments": arguments }),
        );
    }
    ask("resources/read", json!({ "uri": A::URI }));
    ask(
        "resources/read",
        json!({ "uri": format!("{}?home={home}", A::URI) }),
    );
    heard
}

fn nobody_sees_anothers_state<A: Kept>() {
    for era in ERAS {
        let host = Rc::new(Host::<A>::new(1));
        let Case { mine, ours, others } = A::case();
        let ada = Client::new(&host, era, mine);
        assert_eq!(
            ada.tool("write", json!({ "text": SECRET })).text(),
            "1",
            "{era:?}"
        );
        let [home] = &homes(&host)[..] else {
            panic!("{:?}", homes(&host));
        };
        for who in others {
            let stranger = match who["sub"] == "" || who["claims"]["org"] == "" {
                true => continue,
                false => Client::new(&host, era, who),
            };
            let heard = nosy(&stranger, home);
            assert!(!heard.contains(SECRET), "{era:?} {heard}");
            // What a client is told back is its own word; nothing else names an object.
            assert!(
                !heard.replace(home, "").contains("state:"),
                "{era:?} {heard}"
            );
            let own = stranger.tool("write", json!({ "text": "mine" }));
            assert_eq!(own.text(), "1", "{era:?}");
            assert_eq!(stranger.tool("read", json!({})).text(), "mine", "{era:?}");
            // Not in another's session either.
            let thief = ada.stolen_by(stranger.who.clone());
            let told = thief.tool("read", json!({}));
            assert!(!told.body.to_string().contains(SECRET), "{era:?} {told:?}");
            if era != Era::Stateless {
                assert_eq!(told.status, 404, "{era:?} {told:?}");
            }
        }
        for who in ours {
            let same = Client::new(&host, era, who);
            assert_eq!(same.tool("read", json!({})).text(), SECRET, "{era:?}");
        }
        host.kill();
        let ada = Client::new(&host, era, ada.who);
        assert_eq!(ada.tool("read", json!({})).text(), SECRET, "{era:?}");
        assert_eq!(homes(&host).len(), 4, "an object for each: {era:?}");
    }
}

#[test]
fn nobody_sees_another_users_state() {
    nobody_sees_anothers_state::<Diary>();
}

#[test]
fn nobody_sees_another_tenants_state() {
    nobody_sees_anothers_state::<Notebook>();
}

/// Names say nothing of people, and are others where the key is.
#[test]
fn names_are_not_to_be_guessed() {
    let named = |seed| {
        let host = Rc::new(Host::<Diary>::new(seed));
        let ada = Client::new(&host, Era::Stateless, person("i", "ada", "acme"));
        ada.tool("write", json!({ "text": "x" }));
        homes(&host)
    };
    let (one, other) = (named(1), named(2));
    assert_eq!((one.len(), other.len()), (1, 1));
    assert_ne!(one, other);
    assert!(
        one[0].starts_with("state:user:") && !one[0].contains("ada"),
        "{one:?}"
    );
}

/// A principal that the host did not make whole is none, and one that names its own home is none either.
#[test]
fn nobody_says_themselves_where_they_are_at_home() {
    let host = Rc::new(Host::<Diary>::new(3));
    let ada = Client::new(&host, Era::Stateless, person("i", "ada", "acme"));
    ada.tool("write", json!({ "text": SECRET }));
    let mut forged = person("i", "eve", "acme");
    forged["home"] = json!(homes(&host)[0]);
    let eve = Client::new(&host, Era::Stateless, forged);
    let told = eve.tool("read", json!({}));
    assert_eq!(told.status, 401, "{told:?}");
    assert!(!told.body.to_string().contains(SECRET));
}

/// Who has no tenant has no state, and is told what is missing.
#[test]
fn who_belongs_to_nobody_is_told_why() {
    let host = Rc::new(Host::<Notebook>::new(4));
    for claims in [
        json!({}),
        json!({ "org": "" }),
        json!({ "org": null }),
        json!({ "org": ["acme"] }),
    ] {
        let who = json!({ "iss": "i", "sub": "ada", "scopes": [], "claims": claims });
        for (method, path) in [("POST", "/mcp"), ("GET", "/sse")] {
            let request = Request::new(method, path).principal(&who);
            let refused = host.request(&request);
            assert_eq!(refused.status, 403, "{claims}");
            let body: Value = from_str(&refused.read()).unwrap();
            let words = body["error"]["message"].as_str().unwrap();
            assert!(words.contains("`org`"), "{words}");
        }
    }
    assert!(homes(&host).is_empty());
}

fn handles_are_of_who_has_the_state<A: Kept>() {
    let host = Rc::new(Host::<A>::new(5));
    let Case { mine, ours, others } = A::case();
    let ada = Client::new(&host, Era::Stateless, mine);
    let made = ada.tool("create_folder", json!({}));
    let folder = made.body["result"]["structuredContent"]["folder"].clone();
    assert!(folder.is_string(), "{made:?}");
    let bind =
        |client: &Client<A>| client.tool("bind", json!({ "folder": folder, "text": SECRET }));
    assert_eq!(bind(&ada).text(), SECRET);
    for who in others.into_iter().take(3) {
        let told = bind(&Client::new(&host, Era::Stateless, who));
        assert_eq!(told.body["result"]["isError"], true, "{told:?}");
        assert!(!told.text().contains(SECRET), "{told:?}");
    }
    for who in ours {
        let told = bind(&Client::new(&host, Era::Stateless, who));
        assert_eq!(told.text(), [SECRET, SECRET].join(","));
    }
}

#[test]
fn handles_are_a_users() {
    handles_are_of_who_has_the_state::<Diary>();
}

#[test]
fn handles_are_a_tenants() {
    handles_are_of_who_has_the_state::<Notebook>();
}

fn tasks_rounds_and_cursors_are_nobody_elses<A: Kept>() {
    let host = Rc::new(Host::<A>::new(6));
    let Case { mine, others, .. } = A::case();
    let capabilities = json!({ EXTENSIONS: { "elicitation": {}, "extensions": { "io.modelcontextprotocol/tasks": {} } } });
    let send = |who: &Value, method: &str, mut params: Value| {
        params["_meta"] = capabilities.clone();
        let request = Request::rpc("/mcp", method, params).principal(who);
        told(&host.request(&request), 1)
    };
    let call = json!({ "name": "job", "arguments": { "text": SECRET } });
    let made = send(&mine, "tools/call", call);
    let task = made.body["result"]["taskId"].clone();
    assert!(task.is_string(), "{made:?}");
    let asked = send(
        &mine,
        "tools/call",
        json!({ "name": "ask", "arguments": {} }),
    );
    let state = asked.body["result"]["requestState"].clone();
    assert!(state.is_string(), "{asked:?}");
    let again = |state: &Value| json!({ "name": "ask", "arguments": {}, "requestState": state, "inputResponses": { "text": { "action": "accept", "content": { "text": "x" } } } });
    let listed = send(&mine, "tools/list", json!({}));
    let cursor = listed.body["result"]["nextCursor"].clone();
    assert!(cursor.is_string(), "{listed:?}");
    host.kill();
    host.advance(60_000);
    for who in others.iter().take(3) {
        let refused = [
            send(who, "tasks/get", json!({ "taskId": task })),
            send(who, "tasks/cancel", json!({ "taskId": task })),
            send(who, "tools/call", again(&state)),
            send(who, "tools/list", json!({ "cursor": cursor })),
        ];
        for told in refused {
            assert!(told.body["error"].is_object(), "{who} {told:?}");
            assert!(!told.body.to_string().contains(SECRET), "{told:?}");
        }
    }
    // It went on in the object of who asked.
    let done = send(&mine, "tasks/get", json!({ "taskId": task }));
    assert_eq!(done.body["result"]["status"], "completed", "{done:?}");
    assert_eq!(
        send(&mine, "tools/call", again(&state)).text(),
        format!("{SECRET},x")
    );
    assert!(send(&mine, "tools/list", json!({ "cursor": cursor })).body["result"].is_object());
    assert_eq!(homes(&host).len(), 1, "nobody else has written anything");
}

#[test]
fn tasks_rounds_and_cursors_are_no_other_users() {
    tasks_rounds_and_cursors_are_nobody_elses::<Diary>();
}

#[test]
fn tasks_rounds_and_cursors_are_no_other_tenants() {
    tasks_rounds_and_cursors_are_nobody_elses::<Notebook>();
}

fn nobody_hears_of_anothers_changes<A: Kept>() {
    let host = Rc::new(Host::<A>::new(7));
    let Case { mine, ours, others } = A::case();
    let subscribe = json!({ "uri": A::URI });
    let listen = |who: &Value| {
        let params = json!({ "notifications": { "resourceSubscriptions": [A::URI] } });
        let request = Request::rpc("/mcp", "subscriptions/listen", params).principal(who);
        let stream = host.request(&request);
        host.run();
        assert!(stream.read().contains("acknowledged"));
        stream
    };
    let everybody: Vec<Value> = [&mine]
        .into_iter()
        .chain(&ours)
        .chain(others.iter().take(3))
        .cloned()
        .collect();
    let streams: Vec<_> = everybody.iter().map(listen).collect();
    let sessions: Vec<_> = everybody
        .iter()
        .map(|who| {
            let client = Client::new(&host, Era::Sse, who.clone());
            let told = client.ask("resources/subscribe", subscribe.clone());
            assert!(told.body["result"].is_object(), "{told:?}");
            client
        })
        .collect();
    host.kill();
    let streams: Vec<_> = match streams.iter().all(|stream| stream.is_open()) {
        true => streams,
        false => everybody.iter().map(listen).collect(),
    };
    let writer = Client::new(&host, Era::Stateless, mine);
    writer.tool("write", json!({ "text": SECRET }));
    host.advance(1_000);
    let hear = 1 + ours.len();
    for (at, stream) in streams.iter().enumerate() {
        let heard = stream.read();
        assert_eq!(
            heard.contains("resources/updated"),
            at < hear,
            "{at}: {heard}"
        );
    }
    for (at, client) in sessions.iter().enumerate() {
        let heard = client.stream.as_ref().unwrap().read();
        if client.stream.as_ref().unwrap().is_open() {
            assert_eq!(
                heard.contains("resources/updated"),
                at < hear,
                "{at}: {heard}"
            );
        }
    }
}

#[test]
fn nobody_hears_of_another_users_changes() {
    nobody_hears_of_anothers_changes::<Diary>();
}

#[test]
fn nobody_hears_of_another_tenants_changes() {
    nobody_hears_of_anothers_changes::<Notebook>();
}

fn what_is_no_mcp_is_somebodys_too<A: Kept>() {
    let host = Rc::new(Host::<A>::new(8));
    let Case { mine, others, .. } = A::case();
    let ada = Client::new(&host, Era::Stateless, mine.clone());
    ada.tool("write", json!({ "text": SECRET }));
    let get = |path: &str| Request::new("GET", path);
    let nobody = host.request(&get("/pages"));
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert_eq!(host.connect(&get("/live")).unwrap_err().status, 401);
    assert_eq!(host.request(&get("/pages").principal(&mine)).read(), SECRET);
    let reads = |who: &Value| {
        let socket = host
            .connect(&get("/live").principal(who))
            .expect("a connection");
        socket.send("what");
        host.run();
        format!("{:?}", socket.received())
    };
    assert!(reads(&mine).contains(SECRET));
    for who in others.iter().take(3) {
        let home = &homes(&host)[0];
        for path in [
            "/pages",
            "/pages?sub=ada&home=x",
            &format!("/pages?home={home}"),
        ] {
            assert_eq!(host.request(&get(path).principal(who)).read(), "", "{path}");
        }
        assert!(!reads(who).contains(SECRET));
    }
}

#[test]
fn what_is_no_mcp_is_a_users() {
    what_is_no_mcp_is_somebodys_too::<Diary>();
}

#[test]
fn what_is_no_mcp_is_a_tenants() {
    what_is_no_mcp_is_somebodys_too::<Notebook>();
}

/// A person who moves to another team leaves everything behind that is of the one before, their sessions and tasks too.
#[test]
fn who_moves_leaves_everything_behind() {
    let host = Rc::new(Host::<Notebook>::new(9));
    for era in ERAS {
        if era == Era::Stateless {
            continue;
        }
        let mut ada = Client::new(&host, era, person("i", "ada", "acme"));
        ada.tool("write", json!({ "text": SECRET }));
        ada.who = person("i", "ada", "other");
        let told = ada.tool("read", json!({}));
        assert_eq!(told.status, 404, "{era:?} {told:?}");
    }
}
