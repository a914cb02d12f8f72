//! Handles: minted, used in every era, kept with the state or not at all, over after their time. And tools that ask before they run.

#[path = "handles/agents.rs"]
mod agents;
#[path = "handles/client.rs"]
mod client;
#[path = "handles/confirm.rs"]
mod confirm;

use agents::{Each, Light, Shop};
use client::{Client, text};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::json;

const HOUR_MS: u64 = 3_600_000;

/// How many handles an object has.
fn handles<A: mcp_agent::__rt1::Agent>(host: &Host<A>, object: &str) -> usize {
    let rows = host.rows(object).expect("rows");
    rows.iter()
        .filter(|(key, _)| key.starts_with("handle/"))
        .count()
}

#[test]
fn a_handle_is_shared_by_every_era() {
    let host = Host::<Shop>::new(1);
    let old = Client::begin(&host, json!({}));
    let new = Client::stateless();
    let cart = old.create(&host, "cart");
    let other = new.create(&host, "cart");
    assert_ne!(cart, other);
    assert_eq!(
        new.good(&host, "put", json!({ "cart": cart, "item": "a" })),
        "a"
    );
    assert_eq!(
        old.good(&host, "put", json!({ "cart": cart, "item": "b" })),
        "a,b"
    );
    assert_eq!(
        old.good(&host, "put", json!({ "cart": other, "item": "c" })),
        "c"
    );
    host.kill();
    let look = |cart: &str| new.good(&host, "look", json!({ "cart": cart }));
    assert_eq!(look(&cart), "a,b of 0, sold ");
    let sold = json!({ "cart": cart, "how": "well" });
    assert_eq!(old.good(&host, "sell", sold), "2");
    host.kill();
    assert_eq!(look(&cart), " of 0, sold a,b");
    assert_eq!(look(&other), "c of 0, sold a,b");
}

#[test]
fn what_fails_changes_neither_handle_nor_state() {
    let host = Host::<Shop>::new(2);
    let client = Client::stateless();
    let cart = client.create(&host, "cart");
    client.good(&host, "put", json!({ "cart": cart, "item": "a" }));
    let rows = host.rows("state:server").expect("rows");
    let sell = |how: &str| {
        client
            .send(&host, "sell", json!({ "cart": cart, "how": how }))
            .read()
    };
    for (how, said) in [
        ("fail", "not for sale"),
        ("nan", "internal error"),
        ("large", "the `cart` would be"),
        ("large_state", "the state would be"),
    ] {
        let answer = sell(how);
        assert!(answer.contains(said), "{how}: {answer}");
        assert_eq!(host.rows("state:server").expect("rows"), rows, "{how}");
        host.kill();
    }
    let look = client.good(&host, "look", json!({ "cart": cart }));
    assert_eq!(look, "a of 0, sold ");
}

#[test]
fn no_handle_is_told_from_another() {
    let host = Host::<Shop>::new(3);
    let client = Client::begin(&host, json!({}));
    let desk = client.create(&host, "desk");
    assert_eq!(client.good(&host, "seats", json!({ "desk": desk })), "4");
    let said = "there is no such `cart`, or its time is over: `create_cart` makes one";
    let upper = client.create(&host, "cart").to_uppercase();
    for id in [
        desk.as_str(),
        &upper,
        "",
        "../handle",
        &"0".repeat(32),
        &"0".repeat(10_000),
    ] {
        let put = json!({ "cart": id, "item": "a" });
        assert_eq!(client.bad(&host, "put", put), said, "{id}");
        assert_eq!(
            client.bad(&host, "close_cart", json!({ "cart": id })),
            said,
            "{id}"
        );
    }
    assert_eq!(client.good(&host, "seats", json!({ "desk": desk })), "4");
}

#[test]
fn a_closed_handle_is_gone() {
    let host = Host::<Light>::new(4);
    let client = Client::stateless();
    let cart = client.create(&host, "cart");
    assert_eq!(
        client.good(&host, "close_cart", json!({ "cart": cart })),
        "the cart is closed"
    );
    client.bad(&host, "put", json!({ "cart": cart, "item": "a" }));
    client.bad(&host, "close_cart", json!({ "cart": cart }));
    assert_eq!(handles(&host, "state:server"), 0);
}

#[test]
fn a_handle_is_closed_behind_who_works_on_it() {
    let host = Host::<Shop>::new(5);
    let client = Client::stateless();
    let cart = client.create(&host, "cart");
    let request = |name: &str, arguments| {
        let params = json!({ "name": name, "arguments": arguments });
        mcp_agent::memory::Request::rpc("/mcp", "tools/call", params)
    };
    let put = json!({ "cart": cart, "item": "a", "ms": 1_000 });
    let mut put = host.send(&request("put", put));
    host.run();
    let closed = host.request(&request("close_cart", json!({ "cart": cart })));
    assert!(closed.read().contains("is closed"));
    let put = put.response().expect("not lost").expect("there before it");
    assert!(!put.read().contains("isError"));
    assert_eq!(handles(&host, "state:server"), 0, "and does not come back");
}

#[test]
fn a_handle_lasts_as_long_as_it_is_used_and_is_swept() {
    let host = Host::<Light>::new(6);
    let clients = [Client::begin(&host, json!({})), Client::stateless()];
    let [used, left, failing] = [(); 3].map(|()| clients[0].create(&host, "cart"));
    for round in 0..5 {
        host.advance(HOUR_MS);
        let put = json!({ "cart": used, "item": "a" });
        clients[round % 2].good(&host, "put", put);
        // A call whose arguments are wrong is no use.
        clients[1].bad(&host, "put", json!({ "cart": failing }));
    }
    for cart in [left, failing] {
        clients[1].bad(&host, "put", json!({ "cart": cart, "item": "a" }));
    }
    assert_eq!(handles(&host, "state:server"), 1);
    host.advance(4 * HOUR_MS);
    assert_eq!(
        host.rows("state:server").expect("rows"),
        [],
        "not even that it sweeps"
    );
    // And it begins again.
    clients[1].create(&host, "cart");
    host.advance(4 * HOUR_MS);
    assert_eq!(host.rows("state:server").expect("rows"), []);
}

#[test]
fn many_that_were_abandoned_leave_no_rows() {
    let host = Host::<Light>::new(7);
    let client = Client::stateless();
    for _ in 0..1_000 {
        client.create(&host, "cart");
    }
    assert_eq!(handles(&host, "state:server"), 1_000);
    host.advance(4 * HOUR_MS);
    assert_eq!(host.stored().expect("a storage"), [""; 0]);
}

#[test]
fn a_light_session_stays_light() {
    let host = Host::<Light>::new(8);
    let client = Client::begin(&host, json!({}));
    let cart = client.create(&host, "cart");
    assert_eq!(
        client.good(&host, "put", json!({ "cart": cart, "item": "a" })),
        "a"
    );
    assert_eq!(host.stored().expect("a storage"), ["state:server"]);
}

#[test]
fn handles_of_a_session_are_its_own() {
    let host = Host::<Each>::new(9);
    let [one, two] = [(); 2].map(|()| Client::begin(&host, json!({})));
    let cart = one.create(&host, "cart");
    let put = |item: &str| json!({ "cart": cart, "item": item });
    assert_eq!(one.good(&host, "put", put("a")), "a, 1");
    two.bad(&host, "put", put("b"));
    assert_eq!(one.good(&host, "put", put("b")), "a,b, 2");
    let stateless = Client::stateless().call(&host, "put", put("c"));
    assert_eq!(stateless["isError"], true);
    assert!(!text(&stateless).is_empty());
    host.advance(3 * HOUR_MS);
    one.bad(&host, "put", put("c"));
    host.advance(3 * HOUR_MS);
    assert_eq!(
        host.stored().expect("a storage"),
        [""; 0],
        "all of it went with the session"
    );
}
