//! What a handler has scheduled and cancelled: it sees that at once, and others when it is committed.

use super::plan::{Plan, rows};
use crate::Result;
use crate::host::Host;
use crate::work::Work;
use mcp_agent_protocol::RowsError;
use std::collections::BTreeSet;

/// The most schedules of an object, those that were given up included.
const MAX: usize = 10_000;

/// A schedule that is not committed.
pub struct Made {
    pub id: String,
    pub plan: Plan,
    pub payload: String,
}

/// What will be written with the commit.
#[derive(Default)]
pub struct Pending {
    made: Vec<Made>,
    cancelled: BTreeSet<String>,
    /// How many are committed, since somebody asked.
    committed: Option<usize>,
    /// How many were made, so that the ids of one call are in the order in which it made them.
    pub number: u16,
    /// Whether the commit knows of it.
    known: bool,
}

impl Pending {
    /// Has it written with the commit of this work.
    pub fn of<'w>(work: &'w Work, what: &str) -> Result<std::cell::RefMut<'w, Self>> {
        if !work.schedules.borrow().known {
            let pending = work.schedules.clone();
            let write = move |host: &dyn Host| {
                let written = pending.take().write(host);
                written.map_err(super::cx::failed)
            };
            work.during(what, Box::new(write))?;
        }
        let mut pending = work.schedules.borrow_mut();
        pending.known = true;
        Ok(pending)
    }

    fn write(self, host: &dyn Host) -> Result<(), RowsError> {
        for id in &self.cancelled {
            rows::remove(host, id)?;
        }
        for made in &self.made {
            rows::put_whole(host, &made.id, &made.plan, &made.payload)?;
        }
        host.wake_for_schedules(0);
        Ok(())
    }

    /// Whether there is no room for another one.
    pub fn is_full(&mut self, host: &dyn Host) -> Result<bool, RowsError> {
        let committed = match self.committed {
            Some(committed) => committed,
            None => rows::count(host)?,
        };
        self.committed = Some(committed);
        Ok((committed + self.made.len()).saturating_sub(self.cancelled.len()) >= MAX)
    }

    /// One more.
    pub fn make(&mut self, made: Made) {
        self.made.push(made);
    }

    /// One less. False where there is none of this id.
    pub fn cancel(&mut self, host: &dyn Host, id: &str) -> Result<bool, RowsError> {
        let before = self.made.len();
        self.made.retain(|made| made.id != id);
        if self.made.len() < before {
            return Ok(true);
        }
        Ok(rows::get(host, id)?.is_some() && self.cancelled.insert(id.to_owned()))
    }

    /// All that there are.
    pub fn all(&self, host: &dyn Host) -> Result<Vec<(String, Plan)>, RowsError> {
        let mut all = rows::all(host, "")?;
        all.retain(|(id, _)| !self.cancelled.contains(id));
        let made = self.made.iter();
        all.extend(made.map(|made| (made.id.clone(), made.plan.clone())));
        Ok(all)
    }
}
