//! The rows of a schedule: what it is, by its id; its payload, by its id; and an empty one by when it is looked at next, so that an alarm
//! reads no more than what is due.

use crate::host::Host;
use mcp_agent_cron::Cron;
use mcp_agent_protocol::RowsError;
use serde::{Deserialize, Serialize};

const PLAN: &str = "plan/";
const PAYLOAD: &str = "payload/";
const NEXT: &str = "next/";

/// How long after the first attempt the second one comes, in milliseconds. Each wait after that is twice as long.
const FIRST_RETRY_MS: u64 = 1_000;
/// The longest of these waits.
const MAX_RETRY_MS: u64 = 3_600_000;
/// How long what was given up is kept, in milliseconds.
const FAILED_MS: u64 = 7 * 86_400_000;
/// How much of an error is kept, in characters.
const MAX_ERROR: usize = 500;

/// A schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The name of what runs.
    pub handler: String,
    /// When this run was to be.
    pub due_ms: u64,
    /// When it is looked at next: to run, to be tried again, or to be forgotten.
    pub next_ms: u64,
    /// The expression of the times after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// How often this run was begun.
    #[serde(default)]
    pub attempts: u32,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Whether it is given up.
    #[serde(default)]
    pub failed: bool,
}

impl Plan {
    /// One that is due at this time.
    pub fn new(handler: &str, due_ms: u64, cron: Option<String>) -> Self {
        Self {
            handler: handler.to_owned(),
            due_ms,
            next_ms: due_ms,
            cron,
            attempts: 0,
            error: None,
            failed: false,
        }
    }

    /// An attempt begins. If nobody hears of it again, the next one is made in its time.
    pub fn begin(&mut self, now_ms: u64) {
        self.attempts += 1;
        self.wait(now_ms);
    }

    /// The next attempt is made after a wait.
    pub fn wait(&mut self, now_ms: u64) {
        let doubled = self.attempts.saturating_sub(1).min(32);
        let wait_ms = (FIRST_RETRY_MS << doubled).min(MAX_RETRY_MS);
        self.next_ms = now_ms.saturating_add(wait_ms);
    }

    /// An attempt failed.
    pub fn note(&mut self, error: &str) {
        self.error = Some(error.chars().take(MAX_ERROR).collect());
    }

    /// The last attempt failed. Whatever comes again does so at its next time; anything else is kept for people to see.
    pub fn give_up(mut self, now_ms: u64) -> Self {
        let error = self.error.take();
        let mut next = self.clone().following(now_ms).unwrap_or_else(|| {
            self.failed = true;
            self.next_ms = now_ms.saturating_add(FAILED_MS);
            self
        });
        next.error = error;
        next
    }

    /// What comes after this run: `None` for what comes once. Of times that were missed, none is made up for.
    pub fn following(self, now_ms: u64) -> Option<Self> {
        let cron = self.cron?;
        let due_ms = Cron::parse(&cron).ok()?.next(now_ms.max(self.due_ms))?;
        Some(Self::new(&self.handler, due_ms, Some(cron)))
    }
}

/// The payload of a schedule.
pub fn payload_of(host: &dyn Host, id: &str) -> Result<String, RowsError> {
    let row = host.get(&[PAYLOAD, id].concat())?;
    Ok(row.unwrap_or_else(|| "null".to_owned()))
}

/// So many schedules from here on, each as JSON with its payload; those that the declaration makes are nobody's.
pub fn exported(host: &dyn Host, from: usize, most: usize) -> Result<Vec<String>, RowsError> {
    let all = rows::all(host, "")?.into_iter();
    let made = all.filter(|(id, _)| !id.starts_with(super::arm::DECLARED));
    made.skip(from)
        .take(most)
        .map(|(id, plan)| {
            let (handler, due_ms) = (serde_json::Value::from(plan.handler), plan.due_ms);
            let cron = serde_json::Value::from(plan.cron);
            let payload = payload_of(host, &id)?;
            Ok(format!(
                "{{\"schedule\":{{\"handler\":{handler},\"dueMs\":{due_ms},\"cron\":{cron},\"payload\":{payload}}}}}"
            ))
        })
        .collect()
}

/// The rows of schedules.
pub mod rows {
    use super::{NEXT, PAYLOAD, PLAN, Plan, RowsError};
    use crate::host::Host;

    fn next(plan: &Plan, id: &str) -> String {
        format!("{NEXT}{:016}/{id}", plan.next_ms)
    }

    fn read(row: &str) -> Result<Plan, RowsError> {
        serde_json::from_str(row)
            .map_err(|error| RowsError(format!("the row of a schedule cannot be read: {error}")))
    }

    /// The schedule of this id.
    pub fn get(host: &dyn Host, id: &str) -> Result<Option<Plan>, RowsError> {
        let row = host.get(&[PLAN, id].concat())?;
        row.as_deref().map(read).transpose()
    }

    /// All whose ids begin like this, by their ids.
    pub fn all(host: &dyn Host, prefix: &str) -> Result<Vec<(String, Plan)>, RowsError> {
        let rows = host.list(&[PLAN, prefix].concat(), "")?;
        let rows = rows.into_iter();
        rows.map(|(key, row)| Ok((key[PLAN.len()..].to_owned(), read(&row)?)))
            .collect()
    }

    /// How many there are.
    pub fn count(host: &dyn Host) -> Result<usize, RowsError> {
        Ok(host.list(NEXT, "")?.len())
    }

    /// The one that is looked at first, and when.
    pub fn first(host: &dyn Host) -> Result<Option<(u64, String)>, RowsError> {
        let Some((key, _)) = host.first(NEXT)? else {
            return Ok(None);
        };
        let parts = key[NEXT.len()..].split_once('/');
        let first = parts.and_then(|(ms, id)| Some((ms.parse().ok()?, id.to_owned())));
        match first {
            Some(first) => Ok(Some(first)),
            None => Err(RowsError("the key of a schedule cannot be read".to_owned())),
        }
    }

    /// Writes what a schedule is now.
    pub fn put(host: &dyn Host, id: &str, plan: &Plan) -> Result<(), RowsError> {
        if let Some(before) = get(host, id)?.filter(|before| before.next_ms != plan.next_ms) {
            host.delete(&next(&before, id))?;
        }
        let json = serde_json::to_string(plan)
            .map_err(|error| RowsError(format!("a schedule does not serialise: {error}")))?;
        host.put(&[PLAN, id].concat(), &json)?;
        host.put(&next(plan, id), "")
    }

    /// The same with its payload.
    pub fn put_whole(
        host: &dyn Host,
        id: &str,
        plan: &Plan,
        payload: &str,
    ) -> Result<(), RowsError> {
        put(host, id, plan)?;
        host.put(&[PAYLOAD, id].concat(), payload)
    }

    /// Takes a schedule away, if it is there.
    pub fn remove(host: &dyn Host, id: &str) -> Result<(), RowsError> {
        if let Some(plan) = get(host, id)? {
            host.delete(&next(&plan, id))?;
            host.delete(&[PLAN, id].concat())?;
            host.delete(&[PAYLOAD, id].concat())?;
        }
        Ok(())
    }

    /// This run of a schedule is done: what comes once goes, what comes again waits for its next time. Whoever has cancelled it
    /// meanwhile, or given it another time, is not undone.
    pub fn finish(host: &dyn Host, id: &str, due_ms: u64, now_ms: u64) -> Result<(), RowsError> {
        let Some(plan) = get(host, id)?.filter(|plan| plan.due_ms == due_ms) else {
            return Ok(());
        };
        match plan.following(now_ms) {
            Some(next) => put(host, id, &next),
            None => remove(host, id),
        }
    }
}
