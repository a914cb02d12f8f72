//! The front, whatever its host: every request begins here, and most end here.

use crate::agent::Agent;
use crate::drive::{self, Job, Ran};
use crate::host::{signal, task_signal};
use crate::object::{FrontSteps, HUB, as_message, hub, lines, status};
use crate::once::Task;
use crate::rounds::{Begun, Deferring, Opening, Player, Push, Rounds, Sealer};
use mcp_agent_protocol::{
    Call, Change, ContentKind, Engine, Head, Headers, Keys, NeedKeys, Output, Reply, Round, Route,
    TaskOutput, TaskRequest, Who,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

/// What a request comes to: a signal ([`signal`]).
pub enum Told {
    /// At once.
    Now(String),
    /// When a handler has run.
    Later(Task<String>),
}

/// What a front's host lends to it.
pub trait FrontHost {
    /// The sealing keys, if they are known already.
    fn keys(&self) -> Option<Rc<Keys>>;
    /// Fills `out` with bytes that nobody can guess.
    fn entropy(&self, out: &mut [u8]);
    /// Asks an object of the same Worker. `None` when it failed, which is logged.
    fn ask(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>>;
}

/// So many heads of requests are kept for those that come with them again.
pub const HEADS: usize = 64;

/// A head, and the line that says who sends it.
struct Kept {
    who: String,
    head: Head,
}

/// The front of an agent.
pub struct Front<A> {
    pub(super) engine: Rc<Engine>,
    pub(super) host: Rc<dyn FrontHost>,
    heads: RefCell<Vec<Rc<Kept>>>,
    rounds: Rc<Rounds>,
    /// Plays whose clients have yet to come for their streams.
    rests: Rc<RefCell<BTreeMap<u32, Task<()>>>>,
    agent: PhantomData<A>,
}

impl<A: Agent> Front<A> {
    pub fn new(host: Rc<dyn FrontHost>) -> Self {
        Self {
            engine: Rc::new(engine::<A>()),
            host,
            heads: RefCell::default(),
            rounds: Rc::default(),
            rests: Rc::default(),
            agent: PhantomData,
        }
    }

    /// The same for clients that are not reached over HTTP ([`Engine::without_headers`]).
    #[cfg(not(target_arch = "wasm32"))]
    pub fn without_headers(host: Rc<dyn FrontHost>) -> Self {
        Self {
            engine: Rc::new(engine::<A>().without_headers()),
            ..Self::new(host)
        }
    }

    /// One request. `head` is the method, the path with its query, and the header values in the order of [`header_names`], one a line.
    /// Where callers are asked who they are, a line before them says it: nothing, `!` and why it cannot be told, or a principal.
    pub fn handle(&self, head: &str, body: &str, now_ms: u64) -> Told {
        self.handle_kept(&self.read(head), body, now_ms)
    }

    /// Keeps a head in a place of its own, for [`Front::handle_at`]. The places are counted from 0; beyond [`HEADS`] there are none.
    pub fn keep_head(&self, at: usize, head: &str) {
        let kept = Rc::new(self.read(head));
        let mut heads = self.heads.borrow_mut();
        match heads.len() {
            count if at < count => heads[at] = kept,
            count if at == count && count < HEADS => heads.push(kept),
            _ => {}
        }
    }

    /// One request, with the head that is kept in a place. `None` where there is none.
    pub fn handle_at(&self, at: usize, body: &str, now_ms: u64) -> Option<Told> {
        let kept = self.heads.borrow().get(at).cloned()?;
        Some(self.handle_kept(&kept, body, now_ms))
    }

    fn read(&self, head: &str) -> Kept {
        let (who, head) = match A::AUTH {
            true => head.split_once('\n').unwrap_or_default(),
            false => ("", head),
        };
        Kept {
            who: who.to_owned(),
            head: self.engine.head(head.to_owned()),
        }
    }

    fn handle_kept(&self, kept: &Kept, body: &str, now_ms: u64) -> Told {
        let who = &*kept.who;
        let keys = self.host.keys();
        let principal = match A::AUTH {
            true => match self.engine.caller(who, keys.as_deref()) {
                Ok(principal) => principal,
                Err(NeedKeys) => return Told::Now(signal::NEED_KEYS.to_owned()),
            },
            false => None,
        };
        let line = principal.as_ref().map(|principal| principal.line());
        let who = match &principal {
            Some(principal) => Who::Known(principal),
            None if A::AUTH => Who::Nobody(who.strip_prefix('!').unwrap_or_default()),
            None => Who::Anyone,
        };
        let (keys_now, mut entropy) = (keys.as_deref(), |out: &mut [u8]| self.host.entropy(out));
        let output = self
            .engine
            .handle_with(&kept.head, who, body, keys_now, now_ms, &mut entropy);
        Told::Now(match output {
            Output::Reply(reply) => signal::reply(reply),
            Output::Batch(batch) => signal::batch(&batch),
            Output::NeedKeys => signal::NEED_KEYS.to_owned(),
            Output::OpenSse(open) => signal::open_sse(&open),
            Output::Post { object, .. } => signal::post(&object, line.map_or("", |line| &**line)),
            Output::Session(head) => signal::session(&head),
            Output::Join(head) => signal::join(&head),
            Output::Listen(listener) if A::KEPT || A::TASKS => {
                let hub = principal.as_ref().and_then(|principal| principal.home());
                signal::listen(hub.unwrap_or(HUB), &listener)
            }
            Output::Task(task) if A::TASKS => {
                let owner = principal.as_ref().map(|principal| principal.key());
                self.task(task, owner, keys.as_deref(), now_ms)
            }
            Output::Call(call) => match &call.route {
                Route::Object(name) => signal::call(name, &call),
                Route::Here => return Told::Later(self.call(call)),
            },
            Output::Round(round) if A::ASKS => match (&round.call.route, keys) {
                (Route::Object(name), _) => signal::round(name, &round),
                (Route::Here, Some(keys)) => {
                    return Told::Later(self.round(&round, keys, now_ms));
                }
                (Route::Here, None) => signal::NEED_KEYS.to_owned(),
            },
            // The agent has none.
            Output::Round(_) | Output::Listen(_) | Output::Task(_) => signal::reply(status(500)),
        })
    }

    /// A call that becomes a task, or a request about one.
    fn task(
        &self,
        task: TaskRequest<'_>,
        principal: Option<&str>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> String {
        let mut entropy = |out: &mut [u8]| self.host.entropy(out);
        let engine = &self.engine;
        match engine.task(task, principal, keys, now_ms, &mut entropy) {
            TaskOutput::Reply(reply) => signal::reply(reply),
            TaskOutput::NeedKeys => signal::NEED_KEYS.to_owned(),
            TaskOutput::Create(new) => task_signal::new(&new),
            TaskOutput::Ask(ask) => task_signal::ask(&ask),
        }
    }

    fn call(&self, call: Call<'_>) -> Task<String> {
        let job = Rc::new(Job::from(call));
        let (engine, host) = (self.engine.clone(), self.host.clone());
        Box::pin(async move {
            let mut ran = drive::run::<A>(None, job.clone(), Default::default()).await;
            let changed = std::mem::take(&mut ran.changed);
            if A::KEPT && !changed.is_empty() {
                let hub = hub::<A>(&engine, job.head.who.as_deref());
                tell::<A>(&*host, &hub, changed).await;
            }
            signal::reply(ran.reply(&engine, &job.head))
        })
    }

    /// A round of a call without state.
    fn round(&self, round: &Round<'_>, keys: Rc<Keys>, now_ms: u64) -> Task<String> {
        let round = round.to_static();
        let host = self.host.clone();
        let (asked, notebook) = (self.host.clone(), round.notebook());
        let steps = FrontSteps {
            ask: Rc::new(move |payload| asked.ask(&notebook, "step", payload)),
            until_ms: round.until_ms,
        };
        let tasks = self.host.clone();
        let sealer = Sealer {
            engine: self.engine.clone(),
            keys,
            entropy: Rc::new(move |out| host.entropy(out)),
            defer: A::TASKS.then(|| Deferring {
                now_ms,
                ask: Rc::new(move |object, payload| tasks.ask(object, "call", payload)),
            }),
        };
        let (engine, host, head) = (
            self.engine.clone(),
            self.host.clone(),
            round.call.head.clone(),
        );
        let done = move |mut ran: Ran| -> Task<Reply> {
            Box::pin(async move {
                let hub = hub::<A>(&engine, head.who.as_deref());
                tell::<A>(&*host, &hub, std::mem::take(&mut ran.changed)).await;
                ran.reply(&engine, &as_message(&head))
            })
        };
        let play = |player: Player<A>| player.play(done);
        let opening = Opening::of(round, None, Box::new(steps), sealer, play);
        let (rounds, rests) = (self.rounds.clone(), self.rests.clone());
        Box::pin(async move {
            match opening.begin(rounds).await {
                Begun::Reply(reply) => signal::reply(reply),
                Begun::Stream(stream, rest) => {
                    rests.borrow_mut().insert(stream, rest);
                    signal::follow(stream)
                }
            }
        })
    }

    /// A client comes for the stream of its round. `push` gets what is said, whole events, and `None` at the end. The task is done then.
    pub fn follow(&self, stream: u32, push: Push) -> Task<()> {
        let rest = self.rests.borrow_mut().remove(&stream);
        let joined = self.rounds.join(stream, push.clone());
        let (first, over) = joined.unwrap_or((String::new(), true));
        if !first.is_empty() {
            push(Some(&first));
        }
        if over {
            push(None);
        }
        rest.unwrap_or_else(|| Box::pin(std::future::ready(())))
    }

    /// The client of a stream is gone.
    pub fn left(&self, stream: u32) {
        self.rounds.left(stream);
        self.rests.borrow_mut().remove(&stream);
    }

    /// The header lines that let a page of this origin read its answers; none for a page that is refused.
    pub fn sharing(&self, host: &str, origin: &str) -> String {
        let headers = self.engine.sharing(Some(host), origin);
        signal::header_lines(headers.iter().flatten())
    }
}

/// The engine of a front.
fn engine<A: Agent>() -> Engine {
    let mut engine = guarded::<A>();
    if const { A::CATALOG.mirrors() } {
        engine = engine.with_mirrors();
    }
    if A::ASKS {
        engine = engine.with_rounds();
    }
    if A::KEPT || A::TASKS {
        engine = engine.with_listeners();
    }
    if A::TASKS {
        engine = engine.with_tasks();
    }
    if A::SOMEONES {
        engine = engine.with_homes();
    }
    engine
}

/// The engine of an object: it checks and answers what comes to it.
pub fn guarded<A: Agent>() -> Engine {
    let mut engine = Engine::lean(A::catalog(), A::POLICY);
    if const { !A::CATALOG.aliases.is_empty() } {
        engine = engine.with_aliases();
    }
    match A::AUTH {
        true => engine.with_auth(),
        false => engine,
    }
}

/// A handler that ran in no object of the state changed these: the object is told that knows who listens.
pub(super) async fn tell<A: Agent>(host: &dyn FrontHost, hub: &str, changed: Vec<Change>) {
    if A::KEPT && !changed.is_empty() {
        host.ask(hub, "announce", &lines(&changed)).await;
    }
}

/// The request headers that an agent reads.
pub fn header_names<A: Agent>() -> Vec<&'static str> {
    match const { A::CATALOG.mirrors() } {
        true => A::CATALOG.header_names(),
        false => Headers::NAMES.to_vec(),
    }
}

pub fn not_utf8() -> Reply {
    Reply {
        status: 400,
        headers: Vec::new(),
        content: ContentKind::Json,
        body: r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"the body is not UTF-8"}}"#.into(),
    }
}
