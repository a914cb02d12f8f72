//! What a handler has asked for in the object that it runs in: some of it is stored with its commit, some happens after that, and none of it
//! when the handler fails.

use crate::host::Host;
use crate::schedule::Pending;
use crate::sql::{Database, Ledger};
use crate::websocket::Known;
use crate::{Error, Result};
use std::cell::RefCell;
use std::rc::Rc;

/// Something that writes rows. It is done in the commit, and failing takes the whole call back.
pub type During = Box<dyn FnOnce(&dyn Host) -> Result<()>>;

/// Something that is seen outside: what is sent. It is done after the commit.
pub type After = Box<dyn FnOnce(&dyn Host)>;

/// The work of one handler in an object.
pub struct Work {
    host: Rc<dyn Host>,
    /// Whether it has `&mut self`.
    writes: bool,
    /// Whether the agent has tables.
    sql: bool,
    ledger: Ledger,
    during: RefCell<Vec<During>>,
    after: RefCell<Vec<After>>,
    /// What it has scheduled.
    pub schedules: Rc<RefCell<Pending>>,
    /// The connections that it has to do with.
    pub sockets: Known,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work")
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}

impl Work {
    pub fn new(host: Rc<dyn Host>, writes: bool, sql: bool) -> Self {
        Self {
            host,
            writes,
            sql,
            ledger: Ledger::default(),
            during: RefCell::default(),
            after: RefCell::default(),
            schedules: Rc::default(),
            sockets: Known::default(),
        }
    }

    /// The object.
    pub fn host(&self) -> &dyn Host {
        &*self.host
    }

    /// Whether it is a writer's.
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// The tables of the agent, if it has any.
    pub fn database(&self) -> Option<&dyn Database> {
        self.host.database().filter(|_| self.sql)
    }

    /// What was written to them.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Writes rows with the commit. `what` names it to somebody who has no `&mut self`.
    pub fn during(&self, what: &str, act: During) -> Result<()> {
        if !self.writes {
            return Err(Error::tool(format!(
                "{what} is for handlers with `&mut self`: what it writes is committed with the state"
            )));
        }
        self.during.borrow_mut().push(act);
        Ok(())
    }

    /// Does something that is seen outside: after the commit, or at once where nothing is committed.
    pub fn after(&self, act: After) {
        if self.writes {
            self.after.borrow_mut().push(act);
        } else {
            act(&*self.host);
        }
    }

    /// Whether it writes rows.
    pub fn has_rows(&self) -> bool {
        !self.during.borrow().is_empty()
    }

    /// Writes what is to be written.
    pub fn commit(&self) -> Result<()> {
        for act in self.during.take() {
            act(&*self.host)?;
        }
        Ok(())
    }

    /// Does what comes after that.
    pub fn tell(&self) {
        for act in self.after.take() {
            act(&*self.host);
        }
    }
}
