//! Calls in rounds while everything that can go wrong does, by dice: clients leave, send again, send old states; everything is killed.

use super::agent::{Pair, taken};
use super::client::{Ask, call, messages, text};
use mcp_agent::memory::{Exchange, Host, Response};
use mcp_agent::serde_json::{Value, json};
use std::collections::BTreeMap;

/// One client's call, and what it has of it.
struct Dialogue {
    tool: &'static str,
    /// How often its first request was sent: each is a call of its own.
    firsts: u32,
    ask: Ask,
    /// What it was asked, newest last.
    rounds: Vec<Value>,
    sent: Option<Exchange>,
    reading: Option<(Response, Vec<Value>)>,
    ended: Option<String>,
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

impl Dialogue {
    /// Its next request, or one that it has sent before.
    fn send(&mut self, host: &Host<Pair>, dice: &mut Dice) {
        let at = match self.rounds.len() {
            0 => None,
            n if dice.below(4) == 0 => Some(dice.below(n as u64) as usize),
            n => Some(n - 1),
        };
        let ask = match at.map(|at| &self.rounds[at]) {
            None => {
                self.firsts += 1;
                self.ask.clone()
            }
            Some(result) => {
                let asked = super::client::asked(result);
                let answers: Vec<(&str, i64)> = asked.iter().map(|key| (&**key, 1)).collect();
                self.ask.clone().after(result, &answers)
            }
        };
        self.reading = None;
        self.sent = Some(host.send(&ask.request()));
    }

    /// Looks whether something came. True when nothing is under way.
    fn look(&mut self) -> bool {
        if let Some(exchange) = &mut self.sent {
            match exchange.response() {
                Ok(Some(response)) => {
                    self.reading = Some((response, Vec::new()));
                    self.sent = None;
                }
                Ok(None) => return false,
                Err(_) => self.sent = None,
            }
        }
        if let Some((response, all)) = &mut self.reading {
            all.extend(messages(&response.read()));
            let Some(last) = all.last().filter(|last| !last["id"].is_null()) else {
                if !response.is_open() {
                    // The connection was lost.
                    self.reading = None;
                }
                return self.reading.is_none();
            };
            let last = last.clone();
            self.reading = None;
            match &last["result"]["resultType"] {
                Value::String(kind) if kind == "input_required" => {
                    self.rounds.push(last["result"].clone());
                }
                Value::String(_) => {
                    let text = text(&last["result"]);
                    // Without a question, a request that is sent again is another call.
                    let before = self.ended.replace(text.clone());
                    if let Some(before) = before.filter(|_| !self.rounds.is_empty()) {
                        assert_eq!(before, text, "a call has one end");
                    }
                }
                _ => assert_eq!(last["error"]["code"], -32603, "{last}"),
            }
        }
        true
    }
}

fn play(seed: u64) {
    let host = Host::<Pair>::new(seed);
    let mut dice = Dice(seed);
    let mut kills = 0;
    let tools = ["ask_put", "steps_put", "ask_put", "steps"];
    let mut all: Vec<Dialogue> = (0..6)
        .map(|at| {
            let tool = tools[dice.below(4) as usize];
            let (n, ms) = (dice.below(7), dice.below(3) * 5_000);
            let id = format!("{at}");
            let arguments = match tool {
                "ask_put" => json!({ "id": id }),
                _ => json!({ "id": id, "n": n, "ms": ms }),
            };
            let ask = Ask::new(tool, arguments).meta(json!({ "progressToken": at }));
            Dialogue {
                tool,
                firsts: 0,
                ask,
                rounds: Vec::new(),
                sent: None,
                reading: None,
                ended: None,
            }
        })
        .collect();
    for turn in 0..400 {
        let calm = turn > 200;
        let at = dice.below(6) as usize;
        let idle = all[at].look();
        if idle && (all[at].ended.is_none() || (!calm && dice.below(3) == 0)) {
            all[at].send(&host, &mut dice);
        }
        if !calm && dice.below(40) == 0 {
            host.kill();
            kills += 1;
        }
        if !calm && dice.below(30) == 0 {
            // A client leaves.
            all[at].sent = None;
            all[at].reading = None;
        }
        for _ in 0..dice.below(12) {
            if !host.turn(dice.below(64) as usize) {
                host.advance(1_000);
            }
        }
    }
    for _ in 0..200 {
        for dialogue in &mut all {
            if dialogue.look() && dialogue.ended.is_none() {
                dialogue.send(&host, &mut Dice(1));
            }
        }
        host.advance(10_000);
    }
    for (at, dialogue) in all.iter().enumerate() {
        assert!(
            dialogue.ended.is_some(),
            "seed {seed}: call {at} never ended: {:?}",
            dialogue.rounds.len()
        );
    }
    let entries = text(&call(&host, "get", json!({})));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in entries.split(',').filter(|entry| !entry.is_empty()) {
        *counts.entry(entry).or_default() += 1;
    }
    for (at, dialogue) in all.iter().enumerate() {
        let puts = dialogue.tool != "steps";
        // Without a question there is no state, and a request that is lost is simply another call.
        if puts && !dialogue.rounds.is_empty() {
            assert_eq!(
                counts.get(&*at.to_string()),
                Some(&1),
                "seed {seed}: call {at}: {entries}"
            );
        }
    }
    for (step, times) in taken() {
        let at: usize = step.split(' ').next().unwrap().parse().unwrap();
        if !all[at].rounds.is_empty() {
            // Each first request is a call of its own; a kill may fall between a step and its row in another object.
            let most = kills + all[at].firsts;
            assert!(times <= most, "seed {seed}: {step}: {times}");
        }
    }
}

#[test]
fn nothing_happens_twice() {
    for seed in 1..=60 {
        play(seed);
    }
}
