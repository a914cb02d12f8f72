//! What clients write.

use super::agents::Board;
use super::client::{Client, HUB, board, error, set, state};
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};

const PATH: &str = "/agents/test-board/default";

fn add(host: &Host<Board>) {
    let call = json!({ "name": "add", "arguments": { "n": 1 } });
    host.request(&Request::rpc("/mcp", "tools/call", call));
}

/// Two clients that have long been connected, and are in step.
fn two(host: &Host<Board>) -> [Client<'_, Board>; 2] {
    let clients = [0, 1].map(|_| Client::open(host, PATH).0);
    host.advance(60_000);
    clients
}

/// The stored state, as somebody sees it who connects now.
fn stored(host: &Host<Board>) -> Value {
    let (_, got) = Client::open(host, PATH);
    got[1]["state"].clone()
}

#[test]
fn what_one_writes_all_others_hear() {
    let host = Host::<Board>::new(1);
    let [ada, bob] = two(&host);
    let first = board(json!({ "title": "a" }));
    let echo = "what it got when it connected may have crossed what it wrote";
    assert_eq!(ada.set(&first), [state(&first)], "{echo}");
    assert_eq!(bob.got(), [state(&first)]);
    let second = board(json!({ "title": "b" }));
    assert!(ada.set(&second).is_empty(), "it has what it wrote");
    assert_eq!(bob.got(), [state(&second)]);
    host.advance(900);
    assert!(ada.got().is_empty());
    host.advance(200);
    assert_eq!(ada.got(), [state(&second)], "when it has been silent");
    assert!(bob.got().is_empty());
    host.evict(HUB);
    assert_eq!(stored(&host), second);
}

#[test]
fn whoever_writes_all_of_them_hear() {
    let host = Host::<Board>::new(2);
    let clients = two(&host);
    add(&host);
    let told = [state(&board(json!({ "total": 1 })))];
    assert_eq!(clients.each_ref().map(Client::got), [told.clone(), told]);
    let fail = Request::rpc("/mcp", "tools/call", json!({ "name": "fail" }));
    host.request(&fail);
    let silent = clients.iter().all(|client| client.got().is_empty());
    assert!(silent, "nothing was committed");
}

#[test]
fn what_a_client_wrote_before_somebody_else_stands_if_it_is_of_another_field() {
    let host = Host::<Board>::new(3);
    let [ada, bob] = two(&host);
    ada.say(&set(&board(json!({ "title": "a" }))));
    bob.say(&set(&board(json!({ "color": "blue" }))));
    host.run();
    let both = board(json!({ "title": "a", "color": "blue" }));
    for client in [&ada, &bob] {
        assert_eq!(client.got().last(), Some(&state(&both)));
    }
    assert_eq!(stored(&host), both);
}

#[test]
fn of_two_who_write_one_field_the_last_is_right_and_both_know() {
    let host = Host::<Board>::new(4);
    let [ada, bob] = two(&host);
    ada.say(&set(&board(json!({ "title": "a" }))));
    bob.say(&set(&board(json!({ "title": "b" }))));
    host.run();
    let last = state(&board(json!({ "title": "b" })));
    for client in [&ada, &bob] {
        assert_eq!(client.got().last(), Some(&last));
    }
}

#[test]
fn who_writes_alone_may_take_all_of_it_back_at_once() {
    let host = Host::<Board>::new(13);
    let [ada, _bob] = two(&host);
    for changed in [
        json!({ "title": "a" }),
        json!({ "title": "a", "color": "blue" }),
        json!({}),
    ] {
        ada.set(&board(changed));
    }
    assert_eq!(stored(&host), board(json!({})));
}

#[test]
fn what_follows_at_once_on_what_was_late_is_late_too() {
    let host = Host::<Board>::new(14);
    let [ada, bob] = two(&host);
    bob.say(&set(&board(json!({ "color": "blue" }))));
    // Ada does not know of it yet, nor of what became of her first word when she says the second.
    ada.say(&set(&board(json!({ "title": "a" }))));
    ada.say(&set(&board(json!({ "title": "ab" }))));
    host.run();
    let both = board(json!({ "title": "ab", "color": "blue" }));
    assert_eq!(stored(&host), both);
    host.advance(5_000);
    for client in [&ada, &bob] {
        assert_eq!(client.got().last(), Some(&state(&both)));
    }
}

#[test]
fn who_saw_the_last_state_may_take_it_back() {
    let host = Host::<Board>::new(5);
    let [ada, bob] = two(&host);
    ada.set(&board(json!({ "title": "a" })));
    host.advance(10_000);
    bob.set(&board(json!({ "title": "a", "color": "blue" })));
    host.advance(10_000);
    // All of it at once, which is what there was at first.
    ada.set(&board(json!({})));
    assert_eq!(stored(&host), board(json!({})));
    host.advance(10_000);
    assert_eq!(bob.got().last(), Some(&state(&board(json!({})))));
}

#[test]
fn fields_that_only_the_agent_writes_stay() {
    let host = Host::<Board>::new(6);
    let [ada, bob] = two(&host);
    let total = ada.set(&board(json!({ "total": 7 })));
    let words = error("a client may not write /total");
    assert_eq!(total, [words, state(&board(json!({})))]);
    let more = ada.set(&board(json!({ "total": 7, "else": 1, "title": "a" })));
    let words = error("a client may not write /total and /else");
    assert_eq!(more, [words, state(&board(json!({})))]);
    let less = ada.set(&json!({ "title": "a" }));
    assert_eq!(less[0], error("a client may not write /total"));
    assert!(bob.got().is_empty());
    assert_eq!(stored(&host), board(json!({})));
}

#[test]
fn who_did_not_see_yet_what_the_agent_wrote_writes_all_the_same() {
    let host = Host::<Board>::new(7);
    let [ada, _bob] = two(&host);
    add(&host);
    add(&host);
    ada.got();
    let got = ada.set(&board(json!({ "title": "a", "total": 1 })));
    assert_eq!(got, [state(&board(json!({ "title": "a", "total": 2 })))]);
    // After a sleep, nobody knows any more what there was.
    host.evict(HUB);
    let got = ada.set(&board(json!({ "title": "b", "total": 1 })));
    assert_eq!(got[0], error("a client may not write /total"));
    assert!(
        ada.set(&board(json!({ "title": "b", "total": 2 })))
            .is_empty()
    );
    assert_eq!(stored(&host), board(json!({ "title": "b", "total": 2 })));
}

#[test]
fn what_is_no_state_is_refused_with_its_place() {
    let host = Host::<Board>::new(8);
    let [ada, bob] = two(&host);
    let truth = state(&board(json!({})));
    for (sent, words) in [
        (json!(7), "the state must be an object"),
        (json!(null), "the state must be an object"),
        (
            board(json!({ "title": 7 })),
            "/title: must be a string, but is an integer",
        ),
        (board(json!({ "size": -1 })), "/size: must be at least 0"),
        (
            board(json!({ "notes": [{ "text": "a" }, { "text": "x".repeat(21) }] })),
            "/notes/1/text: must have at most 20 characters",
        ),
        (
            board(json!({ "notes": [{}] })),
            "/notes/0/text: is required",
        ),
        (
            board(json!({ "color": null })),
            "/color: invalid type: null, expected a string",
        ),
        (
            board(json!({ "title": "t".repeat(500), "color": "c".repeat(600) })),
            "the state would be 1155 bytes and may be 1024; nothing was changed",
        ),
    ] {
        let got = ada.set(&sent);
        assert_eq!(got, [error(words), truth.clone()]);
    }
    assert!(bob.got().is_empty());
    assert_eq!(stored(&host), board(json!({})));
}

#[test]
fn what_javascript_makes_of_it_is_the_same() {
    let host = Host::<Board>::new(9);
    let [ada, bob] = two(&host);
    // 1.0 comes back as 1: that is no change of it.
    let got = ada.set(&board(json!({ "size": 1, "title": "a" })));
    assert_eq!(got, [state(&board(json!({ "title": "a" })))]);
    bob.got();
    assert!(bob.set(&board(json!({ "size": 1, "title": "a" }))).len() == 1);
    assert!(ada.got().is_empty(), "nothing is another");
}

#[test]
fn one_who_writes_while_others_do_is_not_left_with_something_else() {
    let host = Host::<Board>::new(10);
    let [ada, bob] = two(&host);
    ada.set(&board(json!({ "title": "a" })));
    ada.got();
    // Bob's word is on its way to Ada, who has said two things meanwhile.
    bob.set(&board(json!({ "title": "b" })));
    for title in ["c", "d"] {
        ada.set(&board(json!({ "title": title })));
    }
    host.advance(5_000);
    let last = state(&board(json!({ "title": "d" })));
    assert_eq!(
        ada.got().last(),
        Some(&last),
        "whatever crossed, this came last"
    );
    assert_eq!(bob.got().last(), Some(&last));
}

#[test]
fn writers_wait_for_each_other() {
    let host = Host::<Board>::new(11);
    let [ada, bob] = two(&host);
    ada.say(&super::client::call("1", "slow", json!([])));
    ada.say(&set(&board(json!({ "title": "a" }))));
    bob.say(&set(&board(json!({ "color": "blue" }))));
    host.run();
    assert!(ada.got().is_empty() && bob.got().is_empty());
    host.advance(5_000);
    let all = board(json!({ "total": 1, "title": "a", "color": "blue" }));
    assert_eq!(stored(&host), all);
    assert_eq!(bob.got().last(), Some(&state(&all)));
}

#[test]
fn clients_of_mcp_hear_of_it_too() {
    let host = Host::<Board>::new(12);
    let listen = json!({ "notifications": { "resourceSubscriptions": ["board://title"] } });
    let stream = host.request(&Request::rpc("/mcp", "subscriptions/listen", listen));
    stream.read();
    let (ada, _) = Client::open(&host, PATH);
    ada.set(&board(json!({ "title": "a" })));
    host.advance(1_000);
    let heard = stream.read();
    assert!(heard.contains("notifications/resources/updated"), "{heard}");
}
