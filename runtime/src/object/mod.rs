//! An object, whatever its host: the state of a key, a kept session, or the place where subscriptions of all sessions are known.

mod accepted;
mod elsewhere;
mod export;
mod fan;
mod hub;
mod listen;
mod playing;
mod request;
mod rounds;
mod schedules;
mod session;
mod signals;
mod sockets;
mod steps;
mod sync;
mod sync_call;
mod task;
mod task_play;
mod task_tell;
mod voice;

pub use hub::sweep_handles_later;
pub use listen::lines;
pub use playing::as_message;
pub use session::Answered;
pub use steps::FrontSteps;

use crate::Cx;
use crate::agent::Agent;
use crate::call::Live;
use crate::drive;
use crate::host::{Host, signal};
use crate::once::Task;
use crate::rounds::Rounds;
use crate::schedule::OneAlarm;
use crate::state::StateCell;
use crate::unwind;
use crate::websocket::Lines;
pub use mcp_agent_protocol::HUB;
use mcp_agent_protocol::{Change, ContentKind, Engine, Listener, Reply, Scope, Session};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How often somebody looks whether what is at work still is, in milliseconds. It keeps the object awake, and is how long it lies when
/// everything was lost.
const WATCH_MS: u64 = 10_000;

/// A call of this object's session that is being played.
struct Playing {
    live: Rc<Live>,
    /// Where, if not here.
    elsewhere: Option<String>,
}

/// One object of an agent.
pub struct Object<A: Agent> {
    engine: Rc<Engine>,
    state: Rc<StateCell<A>>,
    host: Rc<dyn Host>,
    /// Loaded when it is first asked for; dropped when the storage failed.
    session: RefCell<Option<Session>>,
    /// The calls of the session that are being played.
    playing: RefCell<BTreeMap<u32, Playing>>,
    /// The calls of other objects' sessions that are being played here, by their nonce.
    guests: RefCell<BTreeMap<String, elsewhere::Guest>>,
    /// The task that this object is, if it is one.
    task: RefCell<task_play::TaskSlot>,
    /// The rows of calls that were accepted in this life of the object.
    accepted: RefCell<BTreeSet<String>>,
    /// When rows that are over are looked for, as far as is known.
    sweep_ms: Cell<Option<u64>>,
    /// Rounds of calls that are being played here.
    rounds: Rc<Rounds>,
    /// What was told of resources lately.
    telling: RefCell<BTreeMap<String, fan::Telling>>,
    /// What an earlier life has not told is being told.
    resumed: Cell<bool>,
    /// Clients that listen, as far as they are loaded.
    listeners: RefCell<Option<BTreeMap<u32, Listener>>>,
    /// Schedules whose handlers run.
    running: schedules::Running,
    /// Connections of which something is being handled.
    lines: Lines,
    /// Clients that follow the state.
    following: sync::Following,
}

impl<A: Agent> Object<A> {
    /// An object over its host and its state, which checks what comes to it as the front does: by [`guarded`](crate::host::front::guarded).
    pub fn new(engine: Engine, host: Rc<dyn Host>, state: StateCell<A>) -> Rc<Self> {
        let host = match A::SCHEDULES {
            true => OneAlarm::over(host, || {
                A::EVENTS.schedules.iter().map(|it| it.name).collect()
            }),
            false => host,
        };
        let this = Rc::new(Self {
            engine: Rc::new(engine),
            state: Rc::new(state.in_object(host.clone())),
            host,
            session: RefCell::default(),
            playing: RefCell::default(),
            guests: RefCell::default(),
            task: RefCell::default(),
            accepted: RefCell::default(),
            sweep_ms: Cell::default(),
            rounds: Rc::default(),
            telling: RefCell::default(),
            resumed: Cell::default(),
            listeners: RefCell::default(),
            lines: Lines::default(),
            running: Default::default(),
            following: Default::default(),
        });
        if const { StateCell::<A>::HEARD } {
            let weak = Rc::downgrade(&this);
            this.state.hear(Box::new(move |before, after| {
                if let Some(this) = weak.upgrade() {
                    this.followed(&before, &after);
                    this.updated(before, after);
                }
            }));
        }
        this
    }

    /// The state is another, and its agent wants to hear of it: in a turn of its own, so that nothing that goes wrong there touches whoever
    /// changed it.
    fn updated(self: &Rc<Self>, before: Rc<A>, after: Rc<A>) {
        let Some(updated) = A::EVENTS.updated else {
            return;
        };
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            let cx = Cx::of_event().in_object(Some(this.host.clone()), false, A::SQL);
            match unwind::caught(|| updated(&after, &cx, &before)).await {
                Ok(()) if A::KEPT && Self::has_session_state() => {
                    this.announce(None, &cx.take_changed())
                }
                Ok(()) if A::KEPT => this.fan_out(&cx.take_changed()),
                Ok(()) => {}
                Err(error) => crate::host::log(&format!("on_state_update: {}", error.said())),
            }
        }));
    }

    /// A call that was routed here for the state. `None` where the payload is of another release.
    pub fn call(self: &Rc<Self>, payload: &str) -> Option<Task<Reply>> {
        let job = Rc::new(signal::read_call(payload)?);
        let this = self.clone();
        if A::KEPT {
            self.tell_untold();
        }
        Some(Box::pin(async move {
            let state = Some(this.state.clone());
            let mut ran = drive::run(state, job.clone(), Default::default()).await;
            let changed = std::mem::take(&mut ran.changed);
            if A::KEPT {
                this.fan_out(&changed);
            }
            ran.reply(&this.engine, &job.head)
        }))
    }

    /// Something that another object asks of this one. `None` where it is of another release.
    pub fn act(self: &Rc<Self>, verb: &str, payload: &str) -> Option<Task<String>> {
        match verb {
            "play" => self.play_guest(payload),
            "stop" => self.stop_guest(payload),
            "forget" if A::TASKS => self.forget_guest(payload),
            "hear" if A::TASKS => self.hear_task(),
            "task" if A::TASKS => self.task_is_another(payload),
            "emit" => self.emit_of_guest(payload),
            "export" if A::ADMIN.is_some() => self.export(payload),
            "erase" if A::ADMIN.is_some() => self.erase(),
            "arm" if A::SCHEDULES => Some(self.arm_after_deploy()),
            // Nobody of a light session subscribes to anything.
            _ if !A::KEPT => None,
            "watch" => {
                self.tell_untold();
                self.watch(payload)
            }
            "announce" => {
                self.tell_untold();
                self.fan_out(&listen::read_lines(payload));
                Some(Box::pin(std::future::ready(String::new())))
            }
            "heard" => {
                let heard = self.heard(&Change::decode(payload)?);
                let heard = if heard { "1" } else { "0" };
                Some(Box::pin(std::future::ready(heard.to_owned())))
            }
            "step" => self.step_of_front(payload),
            _ => None,
        }
    }

    /// The alarm. True when everything that is stored is to be deleted.
    pub fn alarm(self: &Rc<Self>) -> bool {
        if A::SCHEDULES && !self.alarm_of_schedules() {
            return false;
        }
        if A::TASKS
            && let Some(over) = self.alarm_of_task()
        {
            return over;
        }
        let now_ms = self.host.now_ms();
        let swept = match self.host.get("session") {
            Ok(Some(_)) if A::KEPT => {
                // Only now: a session has its own times, and at its end everything goes.
                if A::HANDLES
                    && let Err(error) = self.sweep_handles(now_ms)
                {
                    crate::host::log(&error.to_string());
                }
                self.with_session("", |session, host| {
                    session.sweep(host, self.engine.policy(), now_ms)
                })
            }
            Ok(_) => self.sweep_rows(now_ms).map(Some),
            Err(error) => Err(error),
        };
        match swept {
            Ok(Some(u64::MAX)) => false,
            Ok(Some(next)) => {
                self.host.wake_at(next);
                false
            }
            Ok(None) if !A::KEPT => true,
            Ok(None) => {
                self.unwatch();
                // What is still being played has nobody to answer to.
                let playing: Vec<u32> = self.playing.borrow().keys().copied().collect();
                for id in playing {
                    self.stop(id);
                }
                *self.session.borrow_mut() = None;
                true
            }
            Err(error) => {
                crate::host::log(&error.to_string());
                self.host.wake_at(now_ms.saturating_add(60_000));
                false
            }
        }
    }

    /// Whether the state lives in the object of its session.
    fn has_session_state() -> bool {
        A::CATALOG.scope == Some(Scope::Session)
    }
}

/// The object that knows who listens to what, of the caller of this line.
pub fn hub<A: Agent>(engine: &Engine, who: Option<&str>) -> String {
    // Where there is one for all, no line is read, nor is what reads one in the program.
    match A::SOMEONES {
        true => engine.hub(who),
        false => HUB.to_owned(),
    }
}

/// A reply of a status alone.
pub fn status(status: u16) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        content: ContentKind::None,
        body: String::new(),
    }
}
