//! Plays of a task: begun, lost and begun again, ended.

use super::elsewhere::{invitation, read_wants};
use super::playing::as_message;
use super::steps::{FrontSteps, RowSteps, TaskSteps, steps};
use super::task::log;
use super::{Object, Playing};
use crate::agent::Agent;
use crate::call::{Live, Steps};
use crate::drive::Job;
use crate::once::Task;
use crate::play::{Played, play};
use mcp_agent_protocol::{
    Call, Emission, Journal, Route, RpcError, TaskRecord, TaskSupport, Want, notebook,
};
use std::rc::Rc;

/// A task of an object, and its play.
#[derive(Default)]
pub struct TaskSlot {
    /// Loaded when it is first asked for; dropped when the storage failed.
    pub record: Option<TaskRecord>,
    pub playing: Option<Playing>,
}

/// How a play ended.
enum Ended {
    /// With this response.
    Done(String),
    Waits(Vec<Want>),
    Cancelled,
    /// The object that played it is gone.
    Lost,
}

impl<A: Agent> Object<A> {
    /// Plays the task, which is stored.
    pub(super) fn play_task(self: &Rc<Self>, call: Call<'static>, journal: Journal) {
        let ttl_ms = self.engine.policy().task_ttl_ms;
        let rows = RowSteps {
            host: self.host.clone(),
            until_ms: self.host.now_ms().saturating_add(ttl_ms),
        };
        let steps = self.task_steps(&call, rows, &journal.nonce);
        let live = Rc::new(Live::new(journal, steps));
        let (elsewhere, rest) = match &call.route {
            Route::Here => (None, self.play_task_here(call, live.clone())),
            Route::Object(name) => (
                Some(name.clone()),
                self.play_task_in(name, &call, &live.journal),
            ),
        };
        self.task.borrow_mut().playing = Some(Playing {
            live: live.clone(),
            elsewhere,
        });
        self.watch_task();
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            let ended = rest.await;
            this.task_played(&live, ended);
        }));
    }

    fn task_steps(&self, call: &Call<'_>, own: RowSteps, nonce: &str) -> Box<dyn Steps> {
        let tool = A::CATALOG.tools.get(call.target.index);
        if tool.is_none_or(|tool| tool.task != TaskSupport::Deferred) {
            return Box::new(own);
        }
        let (host, notebook) = (self.host.clone(), notebook(nonce));
        let until_ms = own.until_ms;
        let ask = Rc::new(move |payload: &str| host.remote(&notebook, "step", payload));
        let before = FrontSteps { ask, until_ms };
        Box::new(TaskSteps { own, before })
    }

    fn play_task_here(self: &Rc<Self>, call: Call<'static>, live: Rc<Live>) -> Task<Ended> {
        let (this, job) = (self.clone(), Rc::new(Job::from(call)));
        Box::pin(async move {
            let told = {
                let this = this.clone();
                move |said| this.task_says(said)
            };
            match play(Some(this.state.clone()), job.clone(), live, told).await {
                Played::Done(ran) => {
                    if A::KEPT {
                        this.announce(job.head.who.as_deref(), &ran.changed);
                    }
                    let head = as_message(&job.head);
                    Ended::Done(this.engine.answer(&head, ran.result).body)
                }
                Played::Waits(wants) => Ended::Waits(wants),
                Played::Cancelled => Ended::Cancelled,
            }
        })
    }

    /// Has it played in the object of its state.
    fn play_task_in(&self, name: &str, call: &Call<'_>, journal: &Journal) -> Task<Ended> {
        let own = ["task:", &journal.nonce].concat();
        let payload = invitation(&own, 0, call, journal);
        let played = self.host.remote(name, "play", &payload);
        Box::pin(async move {
            let played = played.await;
            match played.as_deref().and_then(|text| text.split_at_checked(1)) {
                Some(("D", response)) => Ended::Done(response.to_owned()),
                Some(("W", wants)) => Ended::Waits(read_wants(wants)),
                Some(("C", _)) => Ended::Cancelled,
                _ => Ended::Lost,
            }
        })
    }

    /// A play has ended.
    fn task_played(self: &Rc<Self>, live: &Rc<Live>, ended: Ended) {
        let mut slot = self.task.borrow_mut();
        let of_this_play = |known: &mut Playing| Rc::ptr_eq(&known.live, live);
        if slot.playing.take_if(of_this_play).is_none() {
            // It was cancelled, or its time is over.
            return;
        }
        drop(slot);
        match ended {
            Ended::Done(response) => self.end_task(&response),
            Ended::Waits(wants) => {
                let now_ms = self.host.now_ms();
                let asked = self.with_task(|task, host| task.ask(host, &wants, now_ms));
                if log(asked) == Some(true) {
                    self.replay_task();
                }
            }
            Ended::Lost => self.replay_lost_task(),
            Ended::Cancelled => {}
        }
        self.task_changed();
    }

    fn end_task(self: &Rc<Self>, response: &str) {
        let now_ms = self.host.now_ms();
        let ended = self.with_task(|task, host| task.finish(host, response, now_ms));
        if log(ended).is_some() {
            // In the turn in which its end is stored: what the other object has of it is of no use any more.
            self.forget_task_steps("forget");
        }
    }

    /// Plays the task again that was lost, and not by its own fault if that is known.
    pub(super) fn replay_lost_task(self: &Rc<Self>) {
        if let Some(culprit) = self.host.lost_by() {
            log(self.with_task(|task, host| match task.nonce() == culprit {
                true => Ok(()),
                false => task.forgive(host),
            }));
        }
        self.replay_task();
    }

    /// Plays the task again, with all that its client has answered.
    pub(super) fn replay_task(self: &Rc<Self>) {
        if self.task.borrow().playing.is_some() {
            // It will look into the journal when it waits.
            return;
        }
        let again = self.with_task(|task, host| {
            if task.is_over() {
                return Ok(None);
            }
            let steps = host.list(&steps(task.nonce()), "")?.len();
            task.note_steps(host, u32::try_from(steps).unwrap_or(u32::MAX))?;
            Ok(Some(self.engine.replay_task(task, host)?))
        });
        match log(again) {
            Some(Some(Some((call, journal)))) => self.play_task(call, journal),
            Some(Some(None)) => {
                crate::host::log(
                    "a task was lost twice, or this release cannot play it: it is given up",
                );
                let head = self.with_task(|task, _| Ok(task.head().clone()));
                if let Some(head) = log(head) {
                    let lost = self
                        .engine
                        .answer(&as_message(&head), Err(RpcError::internal()));
                    self.end_task(&lost.body);
                }
                self.task_changed();
            }
            Some(None) | None => {}
        }
    }

    /// What its handler says, here or in the object of its state.
    pub(super) fn task_says(self: &Rc<Self>, said: Vec<(u32, Emission)>) {
        let now_ms = self.host.now_ms();
        let changed = self.with_task(|task, host| {
            let mut changed = false;
            for (at, emission) in &said {
                changed |= task.say(host, *at, emission, now_ms)?;
            }
            Ok(changed)
        });
        if log(changed) == Some(true) {
            self.tell_of_task();
        }
    }
}
