//! Calls that ask, on 2026-07-28: what is known of one between two requests is in its client's hands.

#[path = "pair/agent.rs"]
mod agent;
#[path = "rounds/attacks.rs"]
mod attacks;
#[path = "rounds/client.rs"]
mod client;
#[path = "rounds/dice.rs"]
mod dice;
#[path = "rounds/hear.rs"]
mod hear;
#[path = "rounds/steps.rs"]
mod steps;

use agent::{Pair, taken};
use client::{Ask, answer, asked, call, result, text};
use mcp_agent::memory::Host;
use mcp_agent::serde_json::json;

#[test]
fn a_question_ends_the_request_and_its_answer_goes_on() {
    let host = Host::<Pair>::new(1);
    let first = result(&host, &Ask::new("ask_get", json!({ "id": "a" })));
    assert_eq!(first["resultType"], "input_required");
    assert_eq!(asked(&first), ["how much?"]);
    assert_eq!(
        first["inputRequests"]["how much?"]["method"],
        "elicitation/create"
    );
    let second = Ask::new("ask_get", json!({ "id": "a" })).after(&first, &[("how much?", 7)]);
    let second = result(&host, &second);
    assert_eq!(second["resultType"], "complete");
    assert_eq!(text(&second), "");
}

#[test]
fn two_questions_go_out_together_and_may_be_answered_one_by_one() {
    let host = Host::<Pair>::new(2);
    let ask = || Ask::new("both", json!({ "id": "a" }));
    let first = result(&host, &ask());
    assert_eq!(asked(&first), ["a", "b"]);
    let second = result(
        &host,
        &ask().after(&first, &[("b", 3), ("nobody asked", 9)]),
    );
    assert_eq!(asked(&second), ["a"], "what is answered is not asked again");
    let third = result(&host, &ask().after(&second, &[("a", 4)]));
    assert_eq!(text(&third), "7");
}

#[test]
fn an_answer_that_is_missing_is_asked_for_again() {
    let host = Host::<Pair>::new(3);
    let ask = || Ask::new("both", json!({ "id": "a" }));
    let first = result(&host, &ask());
    for answers in [&[][..], &[("else", 1)]] {
        assert_eq!(
            asked(&result(&host, &ask().after(&first, answers))),
            ["a", "b"]
        );
    }
    let stateless = ask().with(json!({ "inputResponses": { "else": answer(1) } }));
    assert_eq!(asked(&result(&host, &stateless)), ["a", "b"]);
    let known = ask().with(json!({ "inputResponses": { "a": answer(1), "b": answer(2) } }));
    assert_eq!(
        text(&result(&host, &known)),
        "3",
        "a client may know what will be asked"
    );
}

#[test]
fn steps_are_taken_once_over_all_rounds_and_all_hosts() {
    for (tool, ends) in [("steps", "11"), ("steps_put", "1")] {
        let host = Host::<Pair>::new(4);
        let ask = || Ask::new(tool, json!({ "id": "s", "n": 6, "ms": 5 }));
        let first = result(&host, &ask());
        assert_eq!(asked(&first), ["question 2"]);
        host.kill();
        let second = result(&host, &ask().after(&first, &[("question 2", 5)]));
        assert_eq!(asked(&second), ["question 5"]);
        // The same again, as a client does that lost the answer.
        let again = result(&host, &ask().after(&first, &[("question 2", 5)]));
        assert_eq!(asked(&again), ["question 5"]);
        host.kill();
        let third = result(&host, &ask().after(&second, &[("question 5", 6)]));
        assert_eq!(text(&third), ends);
        for (step, times) in taken() {
            assert_eq!(times, 1, "{tool}: {step}");
        }
    }
}

#[test]
fn what_is_sent_again_after_the_end_changes_nothing() {
    let host = Host::<Pair>::new(5);
    let ask = || Ask::new("ask_put", json!({ "id": "once" }));
    let first = result(&host, &ask());
    let last = || ask().after(&first, &[("how much?", 1)]);
    assert_eq!(text(&result(&host, &last())), "1");
    assert_eq!(text(&result(&host, &last().id(99))), "1");
    host.kill();
    assert_eq!(text(&result(&host, &last())), "1");
    assert_eq!(text(&call(&host, "get", json!({}))), "once");
    // Two at once.
    let first = result(&host, &ask());
    let last = || ask().after(&first, &[("how much?", 1)]).request();
    let mut both = [host.send(&last()), host.send(&last())];
    host.run();
    for exchange in &mut both {
        let response = exchange.response().unwrap().unwrap();
        assert_eq!(text(&client::last(&response.read())["result"]), "2");
    }
    assert_eq!(text(&call(&host, "get", json!({}))), "once,once");
}

#[test]
fn nothing_of_a_call_is_left_an_hour_after_it() {
    let host = Host::<Pair>::new(6);
    for at in 0..20 {
        let ask = || Ask::new("steps", json!({ "id": at.to_string(), "n": 2, "ms": 0 }));
        let first = result(&host, &ask());
        if at % 2 == 0 {
            result(&host, &ask().after(&first, &[("question 2", 1)]));
        }
        let ask = || Ask::new("ask_put", json!({ "id": at.to_string() }));
        let first = result(&host, &ask());
        result(&host, &ask().after(&first, &[("how much?", 1)]));
    }
    assert!(host.stored().unwrap().len() > 1);
    host.advance(3 * 3_600_000);
    assert_eq!(host.stored().unwrap(), [""; 0]);
    taken();
}
