//! What is due runs.
//!
//! An attempt is written down before it is made, with the time of the next one: whatever ends it without a word, a panic or a restart, it
//! was one. Writers run one after the other, so that a panic is the attempt of none but the one that ran.

use super::{Object, WATCH_MS};
use crate::agent::Agent;
use crate::event::{On, Schedule};
use crate::host;
use crate::once::Task;
use crate::schedule::{Due, Plan, Sweep, arm, payload_of, rows, sweep_now};
use crate::{Cx, Error, Result, turn, unwind};
use mcp_agent_protocol::{RowsError, Scope};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::ready;
use std::rc::Rc;

/// How many are begun before others have their turn.
const AT_ONCE: usize = 50;
/// How often a schedule is looked at whose handler is not declared any more: another release may bring it back.
const UNKNOWN_ATTEMPTS: u32 = 10;

/// What runs in this life of an object.
#[derive(Default)]
pub struct Running {
    /// Whether somebody goes through what is due.
    busy: Cell<bool>,
    ids: RefCell<BTreeSet<String>>,
}

/// An attempt.
struct Attempt<A: Agent> {
    schedule: &'static Schedule<A>,
    due: Due,
    /// As it was begun.
    plan: Plan,
}

impl<A: Agent> Object<A> {
    /// A new release is there: what it declares to run is known to the object of the state that all share. Others learn of it when they
    /// are used.
    pub(super) fn arm_after_deploy(&self) -> Task<String> {
        if matches!(A::CATALOG.scope, Some(Scope::Server) | None) {
            arm::<A>(&*self.host);
        }
        Box::pin(ready(String::new()))
    }

    /// The alarm, of the schedules' side. False when it was not for anybody else.
    pub(super) fn alarm_of_schedules(self: &Rc<Self>) -> bool {
        match self.look_at_schedules() {
            Ok(sweep) => sweep == Sweep::Now,
            Err(error) => {
                host::log(&error.to_string());
                // What it sets for a storage in trouble is soon enough.
                self.host.wake_for_schedules(0);
                false
            }
        }
    }

    fn look_at_schedules(self: &Rc<Self>) -> Result<Sweep, RowsError> {
        let host = &*self.host;
        if rows::first(host)?.is_some() {
            // This may be another release than the one that went to sleep.
            arm::<A>(host);
        }
        let first = rows::first(host)?;
        let due = first.is_some_and(|(at_ms, _)| at_ms <= host.now_ms());
        if due {
            self.run_due();
        }
        let sweep = sweep_now(host, due)?;
        self.wake_for_schedules();
        Ok(sweep)
    }

    /// The object, or the instance that it ran in, was lost, perhaps with runs.
    pub(super) fn wake_for_schedules(&self) {
        // Who goes through what is due needs no alarm, but if it is lost there must be one; and it keeps the object awake.
        let not_before_ms = match self.running.busy.get() {
            true => self.host.now_ms().saturating_add(WATCH_MS),
            false => 0,
        };
        self.host.wake_for_schedules(not_before_ms);
    }

    fn run_due(self: &Rc<Self>) {
        if self.running.busy.replace(true) {
            return;
        }
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            if let Err(error) = this.run_some().await {
                host::log(&error.to_string());
            }
            this.running.busy.set(false);
            this.wake_for_schedules();
        }));
    }

    async fn run_some(self: &Rc<Self>) -> Result<(), RowsError> {
        for _ in 0..AT_ONCE {
            let Some(attempt) = self.begin_next()? else {
                break;
            };
            self.wake_for_schedules();
            if let On::Write(_) = attempt.schedule.on {
                self.run(attempt).await;
            } else {
                // These may take as long as they like.
                let this = self.clone();
                let run = Box::pin(async move { this.run(attempt).await });
                self.host.spawn(run);
            }
        }
        Ok(())
    }

    /// Begins an attempt at what is due first.
    fn begin_next(&self) -> Result<Option<Attempt<A>>, RowsError> {
        let host = &*self.host;
        loop {
            let now_ms = host.now_ms();
            let Some((_, id)) = rows::first(host)?.filter(|(at_ms, _)| *at_ms <= now_ms) else {
                return Ok(None);
            };
            let Some(mut plan) = rows::get(host, &id)? else {
                return Err(RowsError(format!("the schedule {id} is not there")));
            };
            if self.running.ids.borrow().contains(&id) {
                plan.next_ms = now_ms.saturating_add(WATCH_MS);
                rows::put(host, &id, &plan)?;
                continue;
            }
            if plan.failed {
                rows::remove(host, &id)?;
                continue;
            }
            let all = A::EVENTS.schedules.iter();
            let schedule = all.into_iter().find(|it| it.name == plan.handler);
            let limit = schedule.map_or(UNKNOWN_ATTEMPTS, |it| it.attempts.max(1));
            if plan.attempts >= limit {
                // The last one ended without a word, or there were more before.
                let name = plan.handler.clone();
                if plan.error.is_none() {
                    plan.note("the Worker stopped before the handler had come to its end");
                }
                host::log(&format!("the schedule `{name}` is given up"));
                rows::put(host, &id, &plan.give_up(now_ms))?;
                continue;
            }
            plan.begin(now_ms);
            let Some(schedule) = schedule else {
                plan.note("there is no handler of this name");
                rows::put(host, &id, &plan)?;
                continue;
            };
            rows::put(host, &id, &plan)?;
            self.running.ids.borrow_mut().insert(id.clone());
            let due = Due {
                key: format!("{id}@{}", plan.due_ms),
                payload: payload_of(host, &id)?,
                attempt: plan.attempts,
                due_ms: plan.due_ms,
                id,
            };
            return Ok(Some(Attempt {
                schedule,
                due,
                plan,
            }));
        }
    }

    async fn run(self: &Rc<Self>, attempt: Attempt<A>) {
        let Attempt {
            schedule,
            due,
            plan,
        } = attempt;
        let cx = Cx::of_event();
        let host = Some(self.host.clone());
        let (result, changed) = match schedule.on {
            On::Front(handler) => {
                let result = unwind::caught(|| handler(&cx, due.clone())).await;
                (result, cx.take_changed())
            }
            On::Read(handler) => {
                let cx = cx.in_object(host, false, A::SQL);
                let result = match self.state.snapshot() {
                    Ok(state) => unwind::caught(|| handler(&state, &cx, due.clone())).await,
                    Err(error) => Err(error.into()),
                };
                (result, cx.take_changed())
            }
            On::Write(handler) => {
                let cx = cx.in_object(host, true, A::SQL);
                let result = turn::write(&self.state, &cx, None, false, |copy, _| {
                    match self.finish_with_commit(&cx, &due) {
                        Ok(true) => handler(copy, &cx, due.clone()),
                        Ok(false) => Box::pin(ready(Ok(()))),
                        Err(error) => Box::pin(ready(Err(error))),
                    }
                });
                (result.await, cx.take_changed())
            }
        };
        let writes = matches!(schedule.on, On::Write(_));
        let ended = match result {
            Ok(()) => {
                if A::KEPT && Self::has_session_state() {
                    self.announce(None, &changed);
                } else if A::KEPT {
                    self.fan_out(&changed);
                }
                match writes {
                    true => Ok(()),
                    false => rows::finish(&*self.host, &due.id, due.due_ms, self.host.now_ms()),
                }
            }
            Err(error) => {
                let plan = Some(plan).filter(|_| writes);
                self.note_failure(schedule, &due, error, plan)
            }
        };
        if let Err(error) = ended {
            host::log(&error.to_string());
        }
        self.running.ids.borrow_mut().remove(&due.id);
        self.wake_for_schedules();
    }

    /// What a writer changes, and that it is done, is one commit. False when somebody has cancelled it while it waited for its turn.
    fn finish_with_commit(&self, cx: &Cx, due: &Due) -> Result<bool> {
        let planned = rows::get(&*self.host, &due.id).map_err(internal)?;
        if planned.is_none_or(|plan| plan.due_ms != due.due_ms) {
            return Ok(false);
        }
        let (id, due_ms) = (due.id.clone(), due.due_ms);
        let finish = move |host: &dyn host::Host| {
            rows::finish(host, &id, due_ms, host.now_ms()).map_err(internal)
        };
        cx.work("a schedule")?
            .during("a schedule", Box::new(finish))?;
        Ok(true)
    }

    fn note_failure(
        &self,
        schedule: &Schedule<A>,
        due: &Due,
        error: Error,
        begun: Option<Plan>,
    ) -> Result<(), RowsError> {
        let error = error.said();
        let (name, attempt, limit) = (schedule.name, due.attempt, schedule.attempts.max(1));
        host::log(&format!(
            "the schedule `{name}` failed, attempt {attempt} of {limit}: {error}"
        ));
        let host = &*self.host;
        // Nobody can have cancelled a writer while it ran, and a commit that failed may have left it undone in half.
        let plan = match begun {
            Some(plan) => Some(plan),
            None => rows::get(host, &due.id)?.filter(|plan| plan.due_ms == due.due_ms),
        };
        let Some(mut plan) = plan else {
            return Ok(());
        };
        plan.note(&error);
        if attempt >= limit {
            plan = plan.give_up(host.now_ms());
        } else {
            plan.wait(host.now_ms());
        }
        rows::put_whole(host, &due.id, &plan, &due.payload)
    }
}

fn internal(error: RowsError) -> Error {
    host::log(&format!("a schedule's row: {error}"));
    Error::protocol(-32603, "internal error")
}
