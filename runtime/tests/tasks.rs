//! Tasks, in virtual time: what a client sees of them, what survives, and what is left.

#[path = "tasks/agent.rs"]
mod agent;
#[path = "tasks/client.rs"]
mod client;

use agent::{Jobs, done};
use client::{Client, TASKS, text};
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::json;

#[test]
fn a_call_is_answered_by_a_task_that_ends_with_its_result() {
    let client = Client::new(1);
    let task = client.create("slow", json!({ "ms": 5_000 }));
    let made = client.get(&task);
    assert_eq!(made["resultType"], "complete");
    assert_eq!(made["status"], "working");
    assert_eq!(made["createdAt"], "2027-01-15T08:00:00.000Z");
    assert_eq!(made["ttlMs"], 60_000);
    assert_eq!(made["pollIntervalMs"], 1_000);
    assert_eq!(
        made["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "jobs"
    );
    client.host.advance(5_000);
    let ended = client.get(&task);
    assert_eq!(ended["status"], "completed");
    assert_eq!(ended["lastUpdatedAt"], "2027-01-15T08:00:05.000Z");
    assert_eq!(ended["result"]["content"][0]["text"], "slow");
    assert_eq!(ended["result"]["resultType"], "complete");
    assert_eq!(done()["slow"], 1);
}

#[test]
fn only_who_knows_tasks_gets_one() {
    let client = Client::new(2);
    let called = |name: &str, caps| {
        let params = json!({ "name": name, "arguments": {} });
        client.send("tools/call", params, caps)
    };
    let (status, answer) = called("slow", json!({}));
    assert_eq!((status, text(&answer["result"])), (200, "slow"));
    assert_eq!(answer["result"]["resultType"], "complete");
    let (status, answer) = called("quick", json!({ "extensions": { TASKS: {} } }));
    assert_eq!((status, text(&answer["result"])), (200, "slow"));
    let (status, answer) = called("fail", json!({}));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32021)));
    let required = json!({ "requiredCapabilities": { "extensions": { TASKS: {} } } });
    assert_eq!(answer["error"]["data"], required);
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let params = json!({ "taskId": "x", "inputResponses": {} });
        let (status, answer) = client.send(method, params.clone(), json!({}));
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32021)));
        let (_, answer) = client.send(method, params, json!({ "extensions": { TASKS: {} } }));
        assert_eq!(answer["error"]["code"], -32602, "forged");
    }
    for method in ["tasks/result", "tasks/list"] {
        let params = json!({ "taskId": "x" });
        let (status, answer) = client.send(method, params, json!({ "extensions": { TASKS: {} } }));
        assert_eq!((status, &answer["error"]["code"]), (404, &json!(-32601)));
    }
    let (_, answer) = client.send("server/discover", json!({}), json!({}));
    let extensions = &answer["result"]["capabilities"]["extensions"];
    assert_eq!(*extensions, json!({ TASKS: {} }));
    assert!(
        client.host.stored().unwrap().is_empty() && client.host.awake().is_empty(),
        "nothing of that made an object"
    );
}

#[test]
fn what_went_wrong_is_told_as_it_went_wrong() {
    let client = Client::new(3);
    let bad = client.create("fail", json!({ "how": "tool" }));
    let broken = client.create("fail", json!({}));
    client.host.run();
    let bad = client.get(&bad);
    assert_eq!(bad["status"], "completed");
    assert_eq!(bad["result"]["isError"], true);
    let broken = client.get(&broken);
    assert_eq!(broken["status"], "failed");
    assert_eq!(broken["statusMessage"], "out of order");
    let error = json!({ "code": -32000, "message": "out of order" });
    assert_eq!(broken["error"], error);
    assert!(broken.get("result").is_none());
}

#[test]
fn a_task_that_asks_goes_on_with_the_answers() {
    let client = Client::new(4);
    let task = client.create("ask", json!({}));
    client.host.run();
    let asks = client.get(&task);
    assert_eq!(asks["status"], "input_required");
    assert_eq!(asks["statusMessage"], "asking");
    assert_eq!(asks["inputRequests"]["a"]["method"], "elicitation/create");
    assert_eq!(asks["inputRequests"]["b"]["params"]["message"], "Who?");
    client.update(&task, json!({ "a": accept("Ada"), "nobody": accept("X") }));
    let asks = client.get(&task);
    assert_eq!(asks["status"], "input_required");
    assert!(asks["inputRequests"].get("a").is_none());
    client.host.kill();
    client.update(&task, json!({ "a": accept("Eve"), "b": accept("Bob") }));
    client.host.run();
    let ended = client.get(&task);
    assert_eq!(text(&ended["result"]), "Ada and Bob");
    client.update(&task, json!({ "b": accept("Eve") }));
    assert_eq!(client.get(&task), ended);
}

#[test]
fn ten_seconds_survive_a_kill_and_end_once() {
    for killed_ms in (0..=10_500).step_by(500) {
        let client = Client::new(5);
        let task = client.create("walk", json!({}));
        client.host.advance(killed_ms);
        client.host.kill();
        // Nobody asks: the alarm alone plays it again.
        client.host.advance(25_000);
        let done = done();
        let ended = client.get(&task);
        assert_eq!(ended["status"], "completed", "{killed_ms}: {ended}");
        for at in 1..=10 {
            assert_eq!(done[&format!("step {at}")], 1, "{killed_ms}");
        }
        assert_eq!(done["walk"], 1, "{killed_ms}");
        assert_eq!(client.get(&task), ended);
    }
}

#[test]
fn progress_is_a_status() {
    let client = Client::new(6);
    let task = client.create("walk", json!({}));
    client.host.advance(3_500);
    assert_eq!(client.get(&task)["statusMessage"], "4 of 10");
    client.host.kill();
    let got = client.get(&task);
    assert_eq!(got["statusMessage"], "4 of 10");
    assert_eq!(got["lastUpdatedAt"], "2027-01-15T08:00:03.000Z");
    client.host.advance(20_000);
    assert!(client.get(&task).get("statusMessage").is_none());
    done();
}

#[test]
fn who_cancels_is_heard() {
    let client = Client::new(7);
    let task = client.create("wait", json!({}));
    client.host.advance(1_000);
    let ack = client.about("tasks/cancel", json!({ "taskId": task }));
    assert_eq!(ack["resultType"], "complete");
    assert!(ack.get("taskId").is_none());
    client.host.run();
    assert_eq!(done()["tidied up"], 1);
    let cancelled = client.get(&task);
    assert_eq!(cancelled["status"], "cancelled");
    let ack = client.about("tasks/cancel", json!({ "taskId": task }));
    assert_eq!(ack["resultType"], "complete", "again");
    client.host.kill();
    client.host.advance(30_000);
    assert_eq!(client.get(&task), cancelled);
}

#[test]
fn a_task_with_a_state_is_played_where_the_state_is() {
    for killed_ms in [0, 500, 1_999, 2_000, 2_500] {
        let client = Client::new(8);
        let task = client.create("put", json!({ "id": "x", "ask": true }));
        client.host.advance(killed_ms);
        if killed_ms % 1_000 == 500 {
            client.host.evict("state:server");
        } else {
            client.host.kill();
        }
        client.host.advance(15_000);
        let asks = client.get(&task);
        assert_eq!(asks["status"], "input_required", "{killed_ms}: {asks}");
        assert_eq!(asks["statusMessage"], "putting");
        let who = json!({ "action": "accept", "content": { "name": "Ada" } });
        client.update(&task, json!({ "who": who }));
        client.host.advance(2_000);
        assert_eq!(text(&client.get(&task)["result"]), "Ada,x", "{killed_ms}");
        assert_eq!(done()["x"], 1, "{killed_ms}");
        client.host.run();
        let rows = client.host.rows("state:server").unwrap();
        let left = rows.iter().filter(|(key, _)| key != "sweep");
        assert_eq!(left.count(), 0, "{killed_ms}: {rows:?}");
    }
}

#[test]
fn a_thousand_abandoned_tasks_leave_nothing() {
    let client = Client::new(9);
    for at in 0..1_000 {
        let name = ["ask", "wait", "walk", "slow", "fail", "put"][at % 6];
        client.create(name, json!({ "id": "x", "ask": true, "ms": 90_000 }));
        client.host.advance(1);
    }
    assert!(client.host.stored().unwrap().len() >= 1_000);
    client.host.advance(1_000);
    client.host.kill();
    client.host.advance(120_000);
    let stored = client.host.stored().unwrap();
    assert!(
        stored.iter().all(|object| !object.starts_with("task:")),
        "{stored:?}"
    );
    // What the state's object has of them goes with its sweep.
    client.host.advance(2 * 3_600_000);
    assert!(client.host.rows("state:server").unwrap().is_empty());
    assert!(!client.host.skip(), "no alarm is left");
    done();
}

#[test]
fn a_deferred_task_begins_where_its_handler_says_so() {
    for name in ["later", "later_put"] {
        for killed in [false, true] {
            let client = Client::new(12);
            let call = json!({ "name": name, "arguments": {} });
            let asked = client.about("tools/call", call.clone());
            assert_eq!(asked["resultType"], "input_required");
            assert!(asked.get("taskId").is_none());
            let mut again = call;
            again["requestState"] = asked["requestState"].clone();
            again["inputResponses"] = json!({ "first": accept("Ada") });
            let made = client.about("tools/call", again.clone());
            assert_eq!(made["resultType"], "task", "{made}");
            assert!(made.get("requestState").is_none() && made.get("inputRequests").is_none());
            let task = made["taskId"].as_str().unwrap();
            if killed {
                client.host.advance(1_000);
                client.host.kill();
            }
            client.host.advance(15_000);
            let asks = client.get(task);
            assert_eq!(asks["status"], "input_required", "{asks}");
            let asks = asks["inputRequests"].as_object().unwrap();
            assert_eq!(asks.keys().collect::<Vec<_>>(), ["second"]);
            // The last round once more: the same task.
            let same = client.about("tools/call", again);
            let same = same["taskId"].as_str().unwrap();
            client.update(same, json!({ "second": accept("Bob") }));
            client.host.advance(5_000);
            assert_eq!(text(&client.get(task)["result"]), "Ada and Bob");
            let done = done();
            assert_eq!((done["before"], done["after"]), (1, 1), "{name} {killed}");
        }
    }
}

#[test]
fn a_deferred_task_is_a_call_for_who_knows_no_tasks() {
    let client = Client::new(13);
    let caps = json!({ "elicitation": {} });
    let mut call = json!({ "name": "later", "arguments": {} });
    for key in ["first", "second"] {
        let (_, asked) = client.send("tools/call", call.clone(), caps.clone());
        assert_eq!(asked["result"]["resultType"], "input_required");
        call["requestState"] = asked["result"]["requestState"].clone();
        call["inputResponses"] = json!({ key: accept("Ada") });
    }
    let (_, ended) = client.send("tools/call", call, caps);
    assert_eq!(text(&ended["result"]), "Ada and Ada");
    done();
}

#[test]
fn who_listens_hears_every_status() {
    let client = Client::new(14);
    let task = client.create("ask", json!({}));
    let other = client.create("slow", json!({ "ms": 1_000 }));
    let listen = |caps| {
        let filter = json!({ "taskIds": [task, other, "forged"] });
        client.request(
            "subscriptions/listen",
            json!({ "notifications": filter }),
            caps,
        )
    };
    assert_eq!(listen(json!({})).status, 400, "it must know tasks");
    let stream = listen(json!({ "extensions": { TASKS: {} } }));
    client.host.run();
    let said = client::messages(&stream.read());
    let ids = json!({ "taskIds": [task, other] });
    assert_eq!(said[0]["params"]["notifications"], ids);
    let statuses = |said: &[mcp_agent::serde_json::Value]| -> Vec<(bool, String)> {
        let news = said.iter().map(|message| {
            assert_eq!(message["method"], "notifications/tasks");
            let params = &message["params"];
            assert_eq!(params["_meta"]["io.modelcontextprotocol/subscriptionId"], 1);
            let status = params["status"].as_str().unwrap_or_default();
            (params["taskId"] == task.as_str(), status.to_owned())
        });
        news.collect()
    };
    let first = statuses(&said[1..]);
    assert!(first.contains(&(true, "input_required".to_owned())));
    assert!(first.contains(&(false, "working".to_owned())));
    client.update(&task, json!({ "a": accept("Ada"), "b": accept("Bob") }));
    client.host.evict("state:server");
    client.host.advance(1_000);
    let said = client::messages(&stream.read());
    let last = said.last().unwrap();
    assert_eq!(last["params"]["status"], "completed");
    let all = statuses(&said);
    assert!(all.contains(&(true, "completed".to_owned())), "{all:?}");
    assert!(all.contains(&(false, "completed".to_owned())), "{all:?}");
    let ended = said
        .iter()
        .find(|it| it["params"]["taskId"] == task.as_str());
    assert!(ended.is_some());
    drop(stream);
    client.host.advance(3 * 3_600_000);
    assert!(client.host.stored().unwrap().is_empty());
    done();
}

#[test]
fn what_a_task_leaves_where_its_state_is_goes_with_it_even_if_nobody_says_so() {
    let client = Client::new(15);
    let task = client.create("put", json!({ "id": "x", "ask": true }));
    client.host.advance(3_000);
    assert_eq!(client.get(&task)["status"], "input_required");
    let rows = client.host.rows("state:server").unwrap();
    let steps: Vec<_> = rows
        .iter()
        .filter(|(key, _)| key.starts_with("step/"))
        .collect();
    let [(_, step)] = &steps[..] else {
        panic!("{rows:?}");
    };
    let until_ms: u64 = step.split('\n').next().unwrap().parse().unwrap();
    let begun_ms = 1_800_000_000_000;
    assert_eq!(until_ms, begun_ms + 60_000, "no longer than a task is kept");
    client.host.advance(2 * 3_600_000);
    assert!(client.host.rows("state:server").unwrap().is_empty());
    done();
}

#[test]
fn a_task_that_is_called_off_while_it_asks_leaves_nothing_where_its_state_is() {
    for seed in 0..100 {
        let client = Client::new(seed);
        let task = client.create("put", json!({ "id": "x", "ask": true, "say": true }));
        client.host.advance(1_999);
        client.host.skip();
        let caps = json!({ "io.modelcontextprotocol/clientCapabilities": { "extensions": { TASKS: {} } } });
        let params = json!({ "taskId": task, "_meta": caps });
        let mut cancel = client
            .host
            .send(&Request::rpc("/mcp", "tasks/cancel", params));
        let mut pick = seed as usize;
        while client.host.turn(pick) {
            pick = pick.wrapping_mul(31).wrapping_add(7);
        }
        assert!(matches!(cancel.response(), Ok(Some(_))), "{seed}");
        let rows = client.host.rows("state:server").unwrap();
        let left = rows.iter().filter(|(key, _)| key != "sweep");
        assert_eq!(left.count(), 0, "{seed}: {rows:?}");
    }
    done();
}

fn accept(name: &str) -> mcp_agent::serde_json::Value {
    json!({ "action": "accept", "content": { "name": name } })
}

#[test]
fn an_id_that_is_over_is_of_no_task() {
    let client = Client::new(10);
    let task = client.create("slow", json!({}));
    client.host.advance(59_999);
    assert_eq!(client.get(&task)["status"], "completed");
    client.host.advance(1);
    let caps = json!({ "extensions": { TASKS: {} } });
    let (_, answer) = client.send("tasks/get", json!({ "taskId": task }), caps.clone());
    assert_eq!(answer["error"]["code"], -32602);
    assert!(client.host.stored().unwrap().is_empty());
    let other = Host::<Jobs>::new(11);
    let (_, answer) = client::send(&other, "tasks/get", json!({ "taskId": task }), caps);
    assert_eq!(answer["error"]["code"], -32602, "of another server");
    assert!(other.awake().is_empty());
    done();
}
