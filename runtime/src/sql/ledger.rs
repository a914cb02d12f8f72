//! What a writer has written: kept in a transaction while it runs, and in a list while it waits.
//!
//! A transaction of an object may not last longer than a turn of its event loop: others would write into it. So a writer that waits is
//! taken back, and what it had written is written again when it goes on. Nobody else writes tables meanwhile, because writers have turns,
//! so it comes to the same; where it does not, by `random()` or a clock, the call fails.

use super::{Database, DatabaseError, SqlError, SqlValue, Table};
use crate::{Error, Result};
use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The statements of one writer.
#[derive(Debug, Default)]
pub struct Ledger {
    done: RefCell<Vec<Done>>,
    /// Whether a transaction is open in which all of them are done.
    inside: Cell<bool>,
}

/// A statement that was run.
#[derive(Debug)]
struct Done {
    statement: String,
    values: Vec<SqlValue>,
    /// What it came to.
    result: u64,
}

impl Ledger {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.done.borrow().is_empty()
    }

    /// The statements.
    pub fn statements(&self) -> Vec<String> {
        let done = self.done.borrow();
        done.iter().map(|it| it.statement.clone()).collect()
    }

    /// Does something in a transaction in which everything is written. It is kept if `act` says so.
    pub fn within(
        &self,
        database: &dyn Database,
        mut act: impl FnMut() -> bool,
    ) -> Result<(), Error> {
        let mut failed = None;
        let opened = database.transaction(&mut || {
            if let Err(error) = self.again(database) {
                failed = Some(error);
                return false;
            }
            let inside = Inside::enter(&self.inside);
            let keep = act();
            drop(inside);
            keep
        });
        match (failed, opened) {
            (Some(error), _) => Err(error),
            (None, Ok(())) => Ok(()),
            (None, Err(DatabaseError(what))) => Err(internal(&what)),
        }
    }

    /// Writes. When `act` fails, what it wrote is taken back.
    pub fn write<T>(&self, database: &dyn Database, act: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut written = Written::from_here(&self.done);
        let mut act = Some(act);
        let mut outcome = None;
        if self.inside.get() {
            let nested = database.transaction(&mut || {
                outcome = act.take().map(|act| act());
                matches!(outcome, Some(Ok(_)))
            });
            nested.map_err(|DatabaseError(what)| internal(&what))?;
        } else {
            self.within(database, || {
                outcome = act.take().map(|act| act());
                false
            })?;
        }
        written.kept = matches!(outcome, Some(Ok(_)));
        outcome.unwrap_or_else(|| Err(internal("a transaction was not begun")))
    }

    /// Runs a statement that writes, in [`Ledger::write`].
    pub fn run(
        &self,
        database: &dyn Database,
        statement: &str,
        values: Vec<SqlValue>,
    ) -> Result<Table> {
        let table = database
            .run(statement, &values)
            .map_err(|error| SqlError::of_database(statement, &error))?;
        self.done.borrow_mut().push(Done {
            statement: statement.to_owned(),
            values,
            result: digest(&table),
        });
        Ok(table)
    }

    /// Runs a statement that reads.
    pub fn read(
        &self,
        database: &dyn Database,
        statement: &str,
        values: &[SqlValue],
    ) -> Result<Table> {
        let mut outcome = None;
        let mut run = || outcome = Some(database.run(statement, values));
        if self.inside.get() || self.is_empty() {
            run();
        } else {
            self.within(database, || {
                run();
                false
            })?;
        }
        let outcome = outcome.unwrap_or_else(|| Err(DatabaseError("it was not run".to_owned())));
        Ok(outcome.map_err(|error| SqlError::of_database(statement, &error))?)
    }

    /// Writes everything again.
    fn again(&self, database: &dyn Database) -> Result<()> {
        for it in &*self.done.borrow() {
            let table = database
                .run(&it.statement, &it.values)
                .map_err(|error| SqlError::of_database(&it.statement, &error))?;
            if digest(&table) != it.result {
                let what = "it came to something else when it was done again: bind random values and times as params";
                return Err(SqlError::new(&it.statement, what).into());
            }
        }
        Ok(())
    }
}

/// Marks that a transaction is open, for as long as it lives: a panic ends the transaction too.
struct Inside<'l>(&'l Cell<bool>);

impl<'l> Inside<'l> {
    fn enter(inside: &'l Cell<bool>) -> Self {
        inside.set(true);
        Self(inside)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// What is written from here on, which is forgotten unless it is kept: after a panic too, which a handler may catch.
struct Written<'l> {
    done: &'l RefCell<Vec<Done>>,
    before: usize,
    kept: bool,
}

impl<'l> Written<'l> {
    fn from_here(done: &'l RefCell<Vec<Done>>) -> Self {
        let before = done.borrow().len();
        Self {
            done,
            before,
            kept: false,
        }
    }
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.done.borrow_mut().truncate(self.before);
        }
    }
}

/// What a statement came to, in short. It never leaves this life of the object.
fn digest(table: &Table) -> u64 {
    let mut hasher = DefaultHasher::new();
    table.written.hash(&mut hasher);
    for value in table.rows.iter().flatten() {
        std::mem::discriminant(value).hash(&mut hasher);
        match value {
            SqlValue::Null => {}
            SqlValue::Integer(value) => value.hash(&mut hasher),
            SqlValue::Real(value) => value.to_bits().hash(&mut hasher),
            SqlValue::Text(value) => value.hash(&mut hasher),
            SqlValue::Blob(value) => value.hash(&mut hasher),
        }
    }
    hasher.finish()
}

fn internal(what: &str) -> Error {
    crate::host::log(&format!("the object's database: {what}"));
    Error::protocol(-32603, "internal error")
}
