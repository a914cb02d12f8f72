//! A server with one kept session, its client, and what both know of each other.

mod client;
mod handler;
mod object;

use crate::common::memory::Memory;
use crate::common::talk::TALK;
use crate::common::{Counting, POLICY, initialize_as};
use mcp_agent_protocol::{Engine, Entropy, Policy, Session, SessionOutput};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const TTL_MS: u64 = POLICY.stream_ttl_ms;
/// After so long a client that was cut off is back.
const PATIENCE_MS: u64 = TTL_MS / 3;
const SESSION_MS: u64 = 1_000 * TTL_MS;
const BELL: &str = "hotel://bell";

/// A small generator (xorshift64*), so that a failure is the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<T: Clone>(&mut self, from: impl IntoIterator<Item = T>) -> Option<T> {
        let all: Vec<T> = from.into_iter().collect();
        (!all.is_empty()).then(|| all[self.roll(all.len())].clone())
    }
}

impl Entropy for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill_with(|| self.roll(256) as u8);
    }
}

/// What a handler does next.
#[derive(Clone, Debug)]
enum Step {
    Say,
    Close,
    Ask(Vec<String>),
}

/// A call as its handler and its client know it.
struct Called {
    request: u64,
    stream: u32,
    script: Vec<Step>,
    /// How much was said, over all plays.
    said: u32,
    asked: BTreeSet<String>,
    /// How often it was played since its client, or its handler, last said something new.
    plays: u32,
}

/// A handler that runs.
struct Play {
    next: usize,
    said: u32,
    answered: BTreeSet<String>,
}

/// A stream as its client knows it.
#[derive(Default)]
struct Stream {
    listens: bool,
    /// What was said on it.
    said: Vec<String>,
    got: Vec<String>,
    /// The number of the last event that arrived.
    last: u32,
    joined: bool,
    /// Nothing more comes.
    ended: bool,
    left_ms: u64,
}

pub struct World {
    dice: Dice,
    engine: Engine,
    memory: Memory,
    session: Option<Session>,
    id: String,
    now_ms: u64,
    entropy: Dice,
    token: String,
    sse: bool,
    /// A client of this version can be let go.
    polls: bool,
    calls: BTreeMap<u32, Called>,
    plays: BTreeMap<u32, Play>,
    streams: BTreeMap<u32, Stream>,
    /// Requests to the client that it saw and did not answer: the `id`.
    open: Vec<Value>,
    requests: u64,
    answers: BTreeMap<u64, u32>,
    /// Requests that the client took back.
    taken_back: BTreeSet<u64>,
    log: Vec<String>,
}

impl World {
    pub fn new(seed: u64) -> World {
        let mut dice = Dice(seed * 2 + 1);
        let policy = Policy {
            session_ttl_ms: SESSION_MS,
            ..POLICY
        };
        let engine = Engine::new(TALK, policy);
        let entropy = Dice(seed * 2 + 1_000_001);
        let sse = dice.one_in(3);
        let versions = ["2025-11-25", "2025-11-25", "2025-06-18", "2025-03-26"];
        let version = dice.pick(versions).expect("a version");
        let token = match sse {
            true => String::new(),
            false => initialize_as(
                &engine,
                version,
                r#"{"roots":{}}"#,
                1,
                &mut Counting::default(),
            ),
        };
        let mut world = World {
            dice,
            engine,
            memory: Memory::default(),
            session: None,
            id: String::new(),
            now_ms: 1,
            entropy,
            token,
            sse,
            polls: !sse && version == "2025-11-25",
            calls: BTreeMap::new(),
            plays: BTreeMap::new(),
            streams: BTreeMap::new(),
            open: Vec::new(),
            requests: 0,
            answers: BTreeMap::new(),
            taken_back: BTreeSet::new(),
            log: vec![format!("seed {seed}, {version}, sse {sse}")],
        };
        if sse {
            world.open_sse(version);
        }
        world.subscribe();
        world
    }

    fn note(&mut self, what: String) {
        self.log.push(what);
    }

    /// Some time, and the end.
    pub fn live(&mut self) {
        for _ in 0..20 + self.dice.roll(300) {
            self.anything();
        }
        self.end();
    }

    /// A response that is larger than a row may be is there for whoever comes back.
    pub fn large(&mut self) {
        while self.plays.is_empty() {
            self.call();
        }
        let (id, stream) = self
            .calls
            .iter()
            .map(|(id, call)| (*id, call.stream))
            .next()
            .expect("a call");
        let text = "ä€🦀".repeat(300_000);
        let large = format!(r#"{{"jsonrpc":"2.0","id":1,"result":"x{text}"}}"#);
        self.turn(|_, session, memory, now_ms, _| session.finish(memory, id, &large, now_ms));
        assert!(self.memory.largest() < 2_000_000);
        self.memory.cut(stream);
        self.session = None;
        let resumed = |world: &mut World, seq: u32| {
            let last = match world.sse {
                true => format!("{}-{seq}", world.token),
                false => format!("{stream}-{seq}"),
            };
            let head = world.head("GET", Some(&last), "");
            world.turn(|engine, session, memory, now_ms, _| {
                engine.join(session, memory, &head, now_ms)
            })
        };
        let all = resumed(self, 0).expect("a stream").first;
        assert!(all.ends_with(&format!("data: {large}\n\n")));
        assert_eq!(all.matches("🦀").count(), 300_000);
        let events = all.matches("event: message").count();
        match resumed(self, events as u32) {
            Ok(join) => assert!(self.sse && !join.first.contains("🦀")),
            Err(reply) => assert!(!self.sse && reply.status == 204),
        }
        if self.sse {
            self.wait(3 * TTL_MS);
        }
        self.wait(SESSION_MS);
        assert_eq!(self.memory.keys(), Vec::<String>::new());
    }

    fn anything(&mut self) {
        let stream = self.dice.pick(self.streams.keys().copied());
        let play = self.dice.pick(self.plays.keys().copied());
        let dice = self.dice.roll(20);
        self.note(format!(
            "{dice}: stream {stream:?}, play {play:?}, at {}",
            self.now_ms
        ));
        match (dice, stream, play) {
            (0..3, ..) if self.calls.len() < 8 => self.call(),
            (3..8, _, Some(id)) => self.step(id),
            (8..10, ..) => self.answer(),
            (10, ..) => self.cancel(),
            (11..13, Some(id), _) => self.read(id),
            (13, Some(id), _) => self.cut(id),
            (14..16, Some(id), _) => self.resume(id),
            (16, ..) => self.evict(),
            (17, ..) => self.update(),
            (18, ..) => self.listen(),
            (19, ..) => {
                let ms = self.dice.roll(PATIENCE_MS as usize / 2) as u64;
                self.wait(ms);
                self.hurry();
            }
            _ => {}
        }
    }

    /// Everything comes to its end.
    fn end(&mut self) {
        for _ in 0..1_000 {
            for id in self.streams.keys().copied().collect::<Vec<_>>() {
                self.resume(id);
                self.read(id);
            }
            for id in self.plays.keys().copied().collect::<Vec<_>>() {
                self.step(id);
            }
            self.answer();
            self.load();
            let done = |stream: &Stream| stream.last as usize == stream.said.len();
            if self.calls.is_empty() && self.streams.values().all(done) {
                break;
            }
        }
        assert!(
            self.calls.is_empty() && self.plays.is_empty(),
            "calls without an end"
        );
        for (id, stream) in &self.streams {
            assert_eq!(stream.got, stream.said, "stream {id}");
        }
        for (request, answers) in &self.answers {
            let expected = u32::from(!self.taken_back.contains(request));
            assert_eq!(*answers, expected, "answers to {request}");
        }
        // Everybody leaves.
        for id in self.streams.keys().copied().collect::<Vec<_>>() {
            self.cut(id);
        }
        self.wait(3 * TTL_MS);
        let keys = self.memory.keys();
        if self.sse {
            assert_eq!(keys, Vec::<String>::new());
            return;
        }
        let streams = |key: &&String| key.starts_with("stream/") || key.starts_with("event/");
        assert_eq!(keys.iter().find(streams), None, "{keys:?}");
        if self.dice.one_in(2) {
            let head = self.head("DELETE", None, "");
            let output = self.turn(|engine, session, memory, now_ms, chance| {
                engine.in_kept_session(session, memory, &head, "", now_ms, chance)
            });
            assert!(matches!(output, SessionOutput::End(reply) if reply.status == 204));
            assert_eq!(self.memory.keys(), ["alarm", "session"]);
        }
        self.wait(SESSION_MS);
        assert_eq!(self.memory.keys(), Vec::<String>::new());
    }
}

impl Drop for World {
    /// Of a world that failed, how it came to it.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log.join("\n"));
        }
    }
}
