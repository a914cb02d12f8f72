//! Engine, objects and clients against each other, over the host in memory: what a client sends, when a connection is cut, an object is
//! evicted or everything is killed, and in which order things happen, is thrown by dice. Whatever they show, no call may be lost, and
//! nothing may happen twice.
//!
//! A failure names its seed: `PAIR_SEED=17 cargo test -p mcp-agent --test pair` throws those dice alone, and `PAIR_WORLDS=5000` plays
//! more worlds than CI has time for.

#[path = "pair/agent.rs"]
mod agent;
#[path = "pair/call.rs"]
mod call;
#[path = "pair/client.rs"]
mod client;
#[path = "pair/dice.rs"]
mod dice;
#[path = "pair/stream.rs"]
mod stream;

use agent::{Pair, taken};
use client::{Client, Speaks};
use dice::Dice;
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What goes wrong in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// Connections are cut.
    Cuts,
    /// And objects are evicted.
    Evictions,
    /// And everything is killed.
    Kills,
}

struct World {
    host: Host<Pair>,
    dice: Dice,
    clients: Vec<Client>,
    acknowledged: BTreeSet<String>,
    wrong: Wrong,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let wrong = [Wrong::Cuts, Wrong::Evictions, Wrong::Kills][dice.below(3)];
        let speaks = [
            Speaks::Http("2025-11-25"),
            Speaks::Http("2025-06-18"),
            Speaks::Sse,
        ];
        let clients = 1 + dice.below(4);
        let clients = (0..clients).map(|name| Client::new(name, speaks[dice.below(3)]));
        Self {
            clients: clients.collect(),
            host: Host::new(seed),
            dice,
            acknowledged: BTreeSet::new(),
            wrong,
        }
    }

    /// Somebody does something.
    fn act(&mut self) {
        let (host, dice) = (&self.host, &mut self.dice);
        let who = dice.below(self.clients.len());
        let client = &mut self.clients[who];
        match dice.below(30) {
            0..=3 => client.call(host, dice, &self.acknowledged),
            4..=9 => client.answer(host, dice),
            10..=12 => client.resume(host),
            13 => client.cut(dice),
            14 => client.subscribe(host),
            15 if dice.one_in(3) => client.cancel(host, dice),
            16 => host.advance(dice.below(400) as u64),
            17 if self.wrong >= Wrong::Evictions && dice.one_in(2) => {
                if let Some(name) = dice.pick(&host.awake()) {
                    host.evict(name);
                }
            }
            18 if self.wrong >= Wrong::Kills && dice.one_in(6) => {
                host.kill();
            }
            _ => {
                for _ in 0..dice.below(6) {
                    let pick = dice.below(8);
                    host.turn(pick);
                }
            }
        }
    }

    fn look(&mut self) {
        for client in &mut self.clients {
            client.look();
            self.acknowledged.extend(client.acknowledged());
        }
    }

    fn everybody_is_ready(&mut self) {
        for _ in 0..100 {
            self.host.run();
            self.look();
            for client in &mut self.clients {
                client.begin(&self.host);
            }
            if self.clients.iter().all(Client::is_ready) {
                return;
            }
        }
        panic!("somebody is not ready");
    }

    /// Nothing goes wrong any more.
    fn come_to_rest(&mut self) {
        for _ in 0..400 {
            self.host.run();
            self.look();
            if self.clients.iter().all(Client::is_at_rest) {
                return;
            }
            for client in &mut self.clients {
                client.answer(&self.host, &mut self.dice);
                client.resume(&self.host);
            }
            self.host.advance(100);
        }
        for client in &self.clients {
            let open = client.calls.values().filter(|log| !log.is_over());
            for log in open {
                eprintln!("not over: {log:?}");
            }
        }
        panic!("the world does not come to rest");
    }

    /// A call of a client without a session.
    fn call(&self, tool: &str, arguments: Value) -> String {
        let params = json!({ "name": tool, "arguments": arguments });
        let response = self
            .host
            .request(&Request::rpc("/mcp", "tools/call", params))
            .read();
        let answer: Value = mcp_agent::serde_json::from_str(&response).expect("JSON");
        let text = answer["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("{response}")).to_owned()
    }

    /// Who subscribes hears of a change, once.
    fn check_subscriptions(&mut self) {
        // Calls that nobody waits for may still be under way, and ask.
        for _ in 0..5 {
            self.host.advance(60_000);
            self.come_to_rest();
        }
        let before: Vec<usize> = self.clients.iter().map(|client| client.updated).collect();
        self.call("put", json!({ "id": "last", "ms": 0 }));
        self.come_to_rest();
        for (client, before) in self.clients.iter().zip(before) {
            let heard = client.updated - before;
            assert!(heard <= usize::from(client.tried), "{}", client.told());
            if client.subscribed && client.is_listening() {
                assert_eq!(heard, 1, "{}", client.told());
            }
        }
    }

    fn entries(&self) -> Vec<String> {
        let text = self.call("get", json!({}));
        let entries = text.split(',').filter(|entry| !entry.is_empty());
        entries.map(str::to_owned).collect()
    }

    fn check(&self, steps: &BTreeMap<String, u32>) {
        let entries = self.entries();
        for log in self.clients.iter().flat_map(|client| client.calls.values()) {
            let taken = |at: i64| {
                let key = format!("{} {at}", log.id);
                steps.get(&key).copied().unwrap_or_default()
            };
            log.check(&entries, taken, self.wrong >= Wrong::Evictions);
        }
    }

    /// Sessions end, and what is left of them goes.
    fn end(&mut self) {
        for client in self.clients.iter_mut().filter(|client| client.is_http()) {
            if self.dice.one_in(2) {
                continue;
            }
            let ended = client.request_now(&self.host, "DELETE", String::new());
            assert_eq!(ended.status, 204);
            let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
            for (method, body) in [
                ("DELETE", String::new()),
                ("GET", String::new()),
                ("POST", ping.to_string()),
            ] {
                let gone = client.request_now(&self.host, method, body);
                assert_eq!(gone.status, 404, "{method} after DELETE");
            }
        }
        for client in &mut self.clients {
            client.leave();
        }
        self.host.advance(27 * 3_600_000);
        let left: Vec<_> = self.host.stored().expect("a storage");
        let rows = left.iter().map(|name| (name, self.host.rows(name)));
        assert!(left.is_empty(), "{:?}", rows.collect::<Vec<_>>());
    }
}

fn play(seed: u64) {
    taken();
    let mut world = World::new(seed);
    world.everybody_is_ready();
    for _ in 0..400 {
        world.act();
        world.look();
    }
    world.come_to_rest();
    world.check(&taken());
    world.check_subscriptions();
    world.end();
}

#[test]
fn no_call_is_lost_and_nothing_happens_twice() {
    if let Ok(seed) = std::env::var("PAIR_SEED") {
        play(seed.parse().expect("a number"));
        return;
    }
    let worlds = std::env::var("PAIR_WORLDS").map_or(200, |n| n.parse().expect("a number"));
    for seed in 0..worlds {
        if let Err(panic) = std::panic::catch_unwind(|| play(seed)) {
            eprintln!("the dice of PAIR_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
