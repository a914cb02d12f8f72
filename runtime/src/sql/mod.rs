//! SQL in the object that has the state: tables of the user's own, beside the state.
//!
//! Readers see what is committed. A writer's statements are committed with its state, or not at all: they are run in a transaction that
//! lasts no longer than a turn of the event loop, and written down, so that what waits in between can be taken back and done again.

mod bind;
mod dependencies;
mod error;
mod json;
mod ledger;
mod migrations;
mod row;
mod value;

pub use error::SqlError;
pub use value::SqlValue;

pub(crate) use dependencies::Dependencies;
pub(crate) use error::DatabaseError;
pub(crate) use json::{items as json_items, rows as json_rows};
pub(crate) use ledger::Ledger;
pub(crate) use migrations::migrate;

use crate::work::Work;
use crate::{Cx, Error, Result};
use mcp_agent_protocol::statement::{Kind, refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a statement came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The names of the columns, in their order.
    pub columns: Vec<String>,
    /// The rows, each with a value a column.
    pub rows: Vec<Vec<SqlValue>>,
    /// How many rows it wrote: of tables, or of tables and their indices, as the host counts.
    pub written: u64,
}

/// An object's SQLite.
pub(crate) trait Database {
    /// Runs several statements, which have no values.
    fn batch(&self, statements: &str) -> Result<(), DatabaseError>;
    /// Runs a statement.
    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Table, DatabaseError>;
    /// Does something of which all is kept or nothing: nothing when it gives false, or panics. They may be one in another.
    fn transaction(&self, act: &mut dyn FnMut() -> bool) -> Result<(), DatabaseError>;
}

impl Cx {
    /// SQL that reads: what is committed, and in a handler with `&mut self` also what it has written itself.
    ///
    /// ```
    /// use mcp_agent::prelude::*;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Note {
    ///     id: i64,
    ///     title: String,
    /// }
    ///
    /// fn newest(cx: &Cx, limit: u32) -> Result<Vec<Note>> {
    ///     cx.sql().query("SELECT id, title FROM note ORDER BY id DESC LIMIT ?", [limit])
    /// }
    ///
    /// fn count(cx: &Cx) -> Result<i64> {
    ///     cx.sql().query_one("SELECT count(*) FROM note", ())
    /// }
    /// ```
    pub fn sql(&self) -> Sql<'_> {
        Sql(self)
    }

    /// SQL that writes, in a handler with `&mut self`. What `act` writes is committed when the handler returns `Ok`, together with the
    /// state; when `act` fails, nothing of it is left, and the handler may go on.
    ///
    /// ```
    /// use mcp_agent::prelude::*;
    ///
    /// fn add(cx: &Cx, title: &str) -> Result<i64> {
    ///     cx.write(|tx| tx.query_one("INSERT INTO note (title) VALUES (?) RETURNING id", [title]))
    /// }
    /// ```
    ///
    /// # Errors
    /// That of `act`. Without `&mut self`, without `migrations`, or when the database fails.
    pub fn write<T>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let work = self.work("SQL")?;
        let database = database(work)?;
        if !work.writes() {
            return Err(Error::tool(
                "`cx.write` is for handlers with `&mut self`: what it writes is committed with the state",
            ));
        }
        work.ledger()
            .write(database, || act(&Tx { work, database }))
    }
}

fn database(work: &Work) -> Result<&dyn Database> {
    work.database().ok_or_else(|| {
        Error::tool("there are no tables: `[state]` declares no `migrations` that make them")
    })
}

/// Refuses a statement that is of another kind, and the tables that are not the user's.
fn check(statement: &str, kind: Kind) -> Result<()> {
    match refusal(statement, kind) {
        Some(it) => Err(SqlError::new(statement, it.what).into()),
        None => Ok(()),
    }
}

/// SQL that reads.
#[derive(Clone, Copy, Debug)]
pub struct Sql<'c>(&'c Cx);

impl Sql<'_> {
    /// All rows. Each becomes a `T`: a struct by the names of its columns, a tuple by their order, a plain type by the only column.
    /// `params` are bound to the `?` of the statement in their order: a tuple, an array, a `Vec`; `()` for none.
    ///
    /// # Errors
    /// When the statement does not read, or fails, or a row is no `T`. See [`SqlError`].
    pub fn query<T: DeserializeOwned>(
        &self,
        statement: &str,
        params: impl Serialize,
    ) -> Result<Vec<T>> {
        let table = self.table(statement, &bind::values(statement, params)?)?;
        row::all(statement, table)
    }

    /// The only row.
    ///
    /// # Errors
    /// As of [`Sql::query`], and when there is none, or more than one.
    pub fn query_one<T: DeserializeOwned>(
        &self,
        statement: &str,
        params: impl Serialize,
    ) -> Result<T> {
        row::one(statement, self.query(statement, params)?)
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// As of [`Sql::query`], and when there is more than one.
    pub fn query_opt<T: DeserializeOwned>(
        &self,
        statement: &str,
        params: impl Serialize,
    ) -> Result<Option<T>> {
        row::at_most_one(statement, self.query(statement, params)?)
    }

    pub(crate) fn table(&self, statement: &str, values: &[SqlValue]) -> Result<Table> {
        let work = self.0.work("SQL")?;
        let database = database(work)?;
        check(statement, Kind::Read)?;
        work.ledger().read(database, statement, values)
    }
}

/// SQL that writes. It lasts as long as the closure that it is given to.
pub struct Tx<'w> {
    work: &'w Work,
    database: &'w dyn Database,
}

impl Tx<'_> {
    /// Runs a statement: how many rows it wrote. Cloudflare counts those of indices too.
    ///
    /// # Errors
    /// When the statement is none that writes rows, or fails. See [`SqlError`].
    pub fn execute(&self, statement: &str, params: impl Serialize) -> Result<u64> {
        Ok(self.table(statement, params)?.written)
    }

    /// Runs a statement with its rows, as of `RETURNING`. See [`Sql::query`].
    ///
    /// # Errors
    /// As of [`Tx::execute`], and when a row is no `T`.
    pub fn query<T: DeserializeOwned>(
        &self,
        statement: &str,
        params: impl Serialize,
    ) -> Result<Vec<T>> {
        row::all(statement, self.table(statement, params)?)
    }

    /// The only row.
    ///
    /// # Errors
    /// As of [`Tx::query`], and when there is none, or more than one.
    pub fn query_one<T: DeserializeOwned>(
        &self,
        statement: &str,
        params: impl Serialize,
    ) -> Result<T> {
        row::one(statement, self.query(statement, params)?)
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// As of [`Tx::query`], and when there is more than one.
    pub fn query_opt<T: DeserializeOwned>(
        &self,
        statement: &str,
        params: impl Serialize,
    ) -> Result<Option<T>> {
        row::at_most_one(statement, self.query(statement, params)?)
    }

    fn table(&self, statement: &str, params: impl Serialize) -> Result<Table> {
        let values = bind::values(statement, params)?;
        check(statement, Kind::Write)?;
        let ledger = self.work.ledger();
        ledger.run(self.database, statement, values)
    }
}
