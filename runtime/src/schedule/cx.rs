//! What a handler may do with schedules.

use super::When;
use super::arm::DECLARED;
use super::pending::{Made, Pending};
use super::plan::Plan;
use crate::host::{self, Host};
use crate::{Cx, Error, Result};
use mcp_agent_protocol::RowsError;
use serde::Serialize;

/// The largest payload, in bytes of JSON.
const MAX_BYTES: usize = 64 << 10;

/// A schedule, as [`Cx::schedules`] tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scheduled {
    /// Its id: 32 hex digits, or `cron:` and the handler's name where the declaration has the cron expression.
    pub id: String,
    /// What runs.
    pub handler: String,
    /// When it is to run, or was to, in milliseconds since the Unix epoch.
    pub due_ms: u64,
    /// The expression that says when it runs again and again.
    pub cron: Option<String>,
    /// How many attempts at this run were begun.
    pub attempts: u32,
    /// When the next attempt is made, in milliseconds since the Unix epoch. `None` where it is given up: such a one is kept for 7 days.
    pub next_ms: Option<u64>,
    /// What the last attempt failed with; of what runs again and again, that of the run before, until one succeeds.
    pub error: Option<String>,
}

impl Scheduled {
    /// Whether it has failed as often as it may, and is not tried again.
    pub fn is_failed(&self) -> bool {
        self.next_ms.is_none()
    }

    fn new(id: String, plan: Plan) -> Self {
        Self {
            id,
            handler: plan.handler,
            due_ms: plan.due_ms,
            cron: plan.cron,
            attempts: plan.attempts,
            next_ms: (!plan.failed).then_some(plan.next_ms),
            error: plan.error,
        }
    }
}

/// # Schedules
impl Cx {
    /// Runs a handler of `[schedules]` later, where this one runs: after a [`Duration`](std::time::Duration), at a
    /// [`SystemTime`](std::time::SystemTime) or [`When::At`], or at the times of a cron expression in UTC. Gives the id of the schedule,
    /// 32 hex digits.
    ///
    /// It is for handlers with `&mut self`. What it schedules is stored with the state when the handler returns `Ok`; one that fails
    /// schedules nothing.
    ///
    /// The handler runs at least once, also when the Worker is restarted meanwhile. One that fails is tried again after 1, 2, 4 … seconds,
    /// at most an hour, as often as its declaration says; [`Due::key`](crate::Due::key) is the same for all attempts.
    ///
    /// ```
    /// use mcp_agent::prelude::*;
    /// use std::time::Duration;
    ///
    /// async fn order(cx: &Cx, number: u32) -> Result<String> {
    ///     cx.schedule("0 9 * * MON-FRI", "report", &())?;
    ///     cx.schedule(Duration::from_secs(24 * 3600), "remind", &number)
    /// }
    /// ```
    ///
    /// # Errors
    /// Without `&mut self`; when no handler has this name; for a cron expression that is none, or that never comes; for a payload of more
    /// than 64 KiB of JSON; when the object has 10,000 schedules.
    pub fn schedule(
        &self,
        when: impl Into<When>,
        handler: &str,
        payload: &impl Serialize,
    ) -> Result<String> {
        let payload = serde_json::to_string(payload)?;
        self.schedule_json(when.into(), handler, payload)
    }

    fn schedule_json(&self, when: When, handler: &str, payload: String) -> Result<String> {
        let work = self.work("`cx.schedule`")?;
        let host = work.host();
        let mut pending = Pending::of(work, "`cx.schedule`")?;
        check_name(host, handler)?;
        if payload.len() > MAX_BYTES {
            return Err(Error::tool(format!(
                "the payload for `{handler}` is {} bytes and may be {MAX_BYTES}",
                payload.len()
            )));
        }
        let (due_ms, cron) = when.first(host.now_ms()).map_err(Error::tool)?;
        if pending.is_full(host).map_err(failed)? {
            return Err(Error::tool(
                "there are 10000 schedules here, which is as many as may be: cancel some of them",
            ));
        }
        let id = new_id(host, pending.number);
        pending.number = pending.number.wrapping_add(1);
        pending.make(Made {
            id: id.clone(),
            plan: Plan::new(handler, due_ms, cron),
            payload,
        });
        Ok(id)
    }

    /// The schedules of the object that this handler runs in, by when they are due: those that it has made itself in this call, the
    /// declared ones, and those of the last 7 days that were given up.
    ///
    /// ```
    /// use mcp_agent::prelude::*;
    ///
    /// async fn failures(cx: &Cx) -> Result<String> {
    ///     let all = cx.schedules()?;
    ///     let failed = all.iter().filter(|it| it.is_failed());
    ///     let lines = failed.map(|it| format!("{}: {}", it.handler, it.error.as_deref().unwrap_or_default()));
    ///     Ok(lines.collect::<Vec<_>>().join("\n"))
    /// }
    /// ```
    ///
    /// # Errors
    /// Without `self`, and when the storage fails.
    pub fn schedules(&self) -> Result<Vec<Scheduled>> {
        let work = self.work("`cx.schedules`")?;
        let all = work.schedules.borrow().all(work.host()).map_err(failed)?;
        let all = all.into_iter();
        let mut all: Vec<_> = all.map(|(id, plan)| Scheduled::new(id, plan)).collect();
        all.sort_by(|a, b| (a.due_ms, &a.id).cmp(&(b.due_ms, &b.id)));
        Ok(all)
    }

    /// Takes the schedule of this id back, when this handler returns `Ok`. False where there is none: it has run, or was cancelled.
    ///
    /// A handler that is running already is not stopped.
    ///
    /// ```
    /// use mcp_agent::prelude::*;
    ///
    /// async fn paid(cx: &Cx, reminder: &str) -> Result<String> {
    ///     Ok(match cx.cancel(reminder)? {
    ///         true => "nobody is reminded".to_owned(),
    ///         false => "the reminder was sent already".to_owned(),
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    /// Without `&mut self`; for a schedule that the declaration has; when the storage fails.
    pub fn cancel(&self, id: &str) -> Result<bool> {
        let work = self.work("`cx.cancel`")?;
        let mut pending = Pending::of(work, "`cx.cancel`")?;
        if let Some(name) = id.strip_prefix(DECLARED) {
            return Err(Error::tool(format!(
                "`{name}` runs at its times because it is declared to, and cannot be cancelled"
            )));
        }
        pending.cancel(work.host(), id).map_err(failed)
    }
}

fn check_name(host: &dyn Host, handler: &str) -> Result<()> {
    let known = host.schedulable();
    if known.contains(&handler) {
        return Ok(());
    }
    Err(Error::tool(match known.is_empty() {
        true => "there is nothing to schedule: the declaration has no schedules".to_owned(),
        false => format!(
            "there is no schedule `{handler}`, but `{}`",
            known.join("`, `")
        ),
    }))
}

/// Ids of one object sort as they were made: by the time, by their number in the call, and then by chance.
fn new_id(host: &dyn Host, number: u16) -> String {
    let mut entropy = [0; 8];
    host.entropy(&mut entropy);
    let chance = u64::from_be_bytes(entropy);
    let now_ms = host.now_ms() & 0xffff_ffff_ffff;
    format!("{now_ms:012x}{number:04x}{chance:016x}")
}

pub(super) fn failed(error: RowsError) -> Error {
    host::log(&format!("a schedule's row: {error}"));
    Error::protocol(-32603, "internal error")
}
