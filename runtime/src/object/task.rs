//! A task in its object: made, asked, updated, cancelled, and forgotten when its time is over.

use super::steps::steps;
use super::{Object, WATCH_MS};
use crate::agent::Agent;
use crate::host::task_signal::{self, TaskTold};
use crate::host::{Host, signal};
use mcp_agent_protocol::{NewTask, Reply, RowsError, TaskAct, TaskAsk, TaskRecord};
use std::rc::Rc;

impl<A: Agent> Object<A> {
    /// What the front tells a task's object. Answers a signal.
    pub(super) fn asked_of_task(self: &Rc<Self>, payload: &str) -> String {
        let answered = match task_signal::read(payload) {
            Some(TaskTold::New(new)) => self.create_task(&new),
            Some(TaskTold::Ask(ask)) => self.ask_task(&ask),
            None => Err(RowsError(
                "a task was asked in a form that this release does not know".to_owned(),
            )),
        };
        signal::reply(answered.unwrap_or_else(|error| {
            crate::host::log(&error.to_string());
            super::status(500)
        }))
    }

    fn create_task(self: &Rc<Self>, new: &NewTask<'static>) -> Result<Reply, RowsError> {
        // A request that is sent twice makes one task.
        let made = self.with_task(|task, _| Ok(self.engine.task_created(new, task)))?;
        if let Some(reply) = made {
            return Ok(reply);
        }
        let tool = A::CATALOG.tools.get(new.call.target.index);
        let name = tool.map_or("", |tool| tool.name);
        let host = &*self.host;
        let created = TaskRecord::create(host, new, name, self.engine.policy().task_ttl_ms);
        let task = match created {
            Ok(task) => task,
            Err(error) => {
                // Half a task is none.
                host.clear("task")?;
                return Err(error);
            }
        };
        let reply = self.engine.task_created(new, &task);
        self.task.borrow_mut().record = Some(task);
        self.play_task(new.call.clone(), new.journal.clone());
        Ok(reply)
    }

    fn ask_task(self: &Rc<Self>, ask: &TaskAsk) -> Result<Reply, RowsError> {
        let now_ms = self.host.now_ms();
        let answered = match ask.act {
            TaskAct::Get => self.with_task(|task, host| self.engine.task_got(ask, task, host))?,
            TaskAct::Update => {
                let taken =
                    self.with_task(|task, host| task.answer(host, &ask.responses, now_ms))?;
                if taken == Some(true) {
                    self.replay_task();
                    self.task_changed();
                }
                taken.map(|_| self.engine.task_heard(ask))
            }
            TaskAct::Cancel => {
                let cancelled = self.with_task(|task, host| task.cancel(host, now_ms))?;
                if cancelled == Some(true) {
                    self.stop_task();
                    self.task_changed();
                }
                cancelled.map(|_| self.engine.task_heard(ask))
            }
        };
        Ok(answered.unwrap_or_else(|| self.engine.task_unknown(ask)))
    }

    /// Does something with the task, which is loaded if it is not there; `None` where there is none. When the storage fails, what is in
    /// memory is dropped: it may be ahead of what is stored.
    pub(super) fn with_task<T>(
        self: &Rc<Self>,
        act: impl FnOnce(&mut TaskRecord, &dyn Host) -> Result<T, RowsError>,
    ) -> Result<Option<T>, RowsError> {
        let host: &dyn Host = &*self.host;
        let mut slot = self.task.borrow_mut();
        let loaded = slot.record.is_none();
        let mut task = match slot.record.take() {
            Some(task) => task,
            None => match TaskRecord::load(host)? {
                Some(task) => task,
                None => return Ok(None),
            },
        };
        let done = act(&mut task, host)?;
        let lost = loaded && task.is_unfinished() && slot.playing.is_none();
        slot.record = Some(task);
        drop(slot);
        if lost {
            // Not now: whoever asks does so from inside of something.
            let this = self.clone();
            host.spawn(Box::pin(async move { this.replay_lost_task() }));
        }
        Ok(Some(done))
    }

    /// The status of the task is another now, or may be.
    pub(super) fn task_changed(self: &Rc<Self>) {
        self.watch_task();
        self.tell_of_task();
    }

    /// Has somebody look after the task again: soon if it is at work, else when it is over.
    pub(super) fn watch_task(self: &Rc<Self>) {
        let now_ms = self.host.now_ms();
        let watched = self.with_task(|task, host| {
            let at_ms = match task.is_unfinished() {
                true => task.expires_ms().min(now_ms + WATCH_MS),
                false => task.expires_ms(),
            };
            host.wake_at(at_ms);
            Ok(())
        });
        log(watched);
    }

    /// The alarm of a task: true when everything is to be deleted; `None` where there is no task.
    pub(super) fn alarm_of_task(self: &Rc<Self>) -> Option<bool> {
        let now_ms = self.host.now_ms();
        match self.with_task(|task, _| Ok(task.expires_ms())) {
            Ok(Some(expires_ms)) if expires_ms <= now_ms => {
                self.stop_task();
                self.task.borrow_mut().record = None;
                Some(true)
            }
            Ok(Some(_)) => {
                self.watch_task();
                Some(false)
            }
            Ok(None) => None,
            Err(error) => {
                crate::host::log(&error.to_string());
                self.host.wake_at(now_ms.saturating_add(WATCH_MS));
                Some(false)
            }
        }
    }

    /// Nobody wants the task any more: its handler is told, here or wherever it runs, and its steps go.
    fn stop_task(self: &Rc<Self>) {
        let playing = self.task.borrow_mut().playing.take();
        if let Some(playing) = &playing {
            playing.live.cancel();
        }
        self.forget_task_steps("stop");
    }

    /// The steps of the task go, here or in the object of its state, which is told so by this verb.
    pub(super) fn forget_task_steps(self: &Rc<Self>, verb: &'static str) {
        let known = self.with_task(|task, host| {
            let nonce = task.nonce().to_owned();
            host.clear(&steps(&nonce))?;
            Ok((nonce, task.state_object().map(str::to_owned)))
        });
        if let Some((nonce, Some(object))) = log(known) {
            let told = self.host.remote(&object, verb, &nonce);
            self.host.spawn(Box::pin(async move {
                told.await;
            }));
        }
    }
}

/// What there is, when the storage works.
pub(super) fn log<T>(done: Result<Option<T>, RowsError>) -> Option<T> {
    done.unwrap_or_else(|error| {
        crate::host::log(&error.to_string());
        None
    })
}
