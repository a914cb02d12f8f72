//! The state's row in an object's SQLite.

use crate::state::{Store, StoreError};
use js_sys::{Date, Object};
use serde::Deserialize;
use std::cell::Cell;
use worker::SqlStorage;
use worker::worker_sys::DurableObjectStorage;

/// One row, made at the first write, so that an object that is only read stores nothing.
pub struct SqlStore {
    sql: SqlStorage,
    /// Whether the table is known to be there: naming it again with every write would cost more than the write.
    table: Cell<bool>,
    lease: Option<Lease>,
}

/// For how long what is stored is kept, where that is not for ever: the object's alarm ends it, and the entry deletes everything then.
pub struct Lease {
    storage: DurableObjectStorage,
    /// From a write on, in milliseconds.
    ms: f64,
    /// What the alarm is known to be set to, in milliseconds since the Unix epoch.
    end: Cell<f64>,
}

impl Lease {
    /// A lease of what this storage holds.
    pub fn new(storage: DurableObjectStorage, ms: u64) -> Self {
        Self {
            storage,
            ms: ms as f64,
            end: Cell::new(0.0),
        }
    }

    /// Begins the lease, or prolongs it when half of it is over.
    fn renew(&self) -> Result<(), StoreError> {
        let now = Date::now();
        if self.end.get() - now > self.ms / 2.0 {
            return Ok(());
        }
        let end = now + self.ms;
        // Its promise is not awaited: the alarm is stored together with the write that comes next.
        let _set = self
            .storage
            .set_alarm(Date::new(&end.into()), Object::new())
            .map_err(|_| StoreError("the state's alarm cannot be set".to_owned()))?;
        self.end.set(end);
        Ok(())
    }
}

#[derive(Deserialize)]
struct Row {
    version: u32,
    json: String,
}

#[derive(Deserialize)]
struct Name {}

impl SqlStore {
    /// The store of the object that `sql` belongs to.
    pub fn new(sql: SqlStorage, lease: Option<Lease>) -> Self {
        Self {
            sql,
            table: Cell::new(false),
            lease,
        }
    }

    fn has_table(&self) -> Result<bool, StoreError> {
        if !self.table.get() {
            let cursor = self
                .sql
                .exec(
                    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_mcp_state'",
                    None,
                )
                .map_err(failed)?;
            // `SqlCursor::one` throws into Rust when there is no row, which hangs the request. Reading all rows does not.
            self.table
                .set(!cursor.to_array::<Name>().map_err(failed)?.is_empty());
        }
        Ok(self.table.get())
    }

    fn make_table(&self) -> Result<(), StoreError> {
        self.sql
            .exec(
                "CREATE TABLE IF NOT EXISTS _mcp_state (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, json TEXT NOT NULL)",
                None,
            )
            .map_err(failed)?;
        self.table.set(true);
        Ok(())
    }
}

impl Store for SqlStore {
    fn load(&self) -> Result<Option<(u32, String)>, StoreError> {
        if !self.has_table()? {
            return Ok(None);
        }
        let cursor = self
            .sql
            .exec("SELECT version, json FROM _mcp_state WHERE id = 1", None)
            .map_err(failed)?;
        let row = cursor.to_array::<Row>().map_err(failed)?.pop();
        Ok(row.map(|row| (row.version, row.json)))
    }

    fn save(&self, version: u32, json: &str) -> Result<(), StoreError> {
        if let Some(lease) = &self.lease {
            lease.renew()?;
        }
        if !self.has_table()? {
            self.make_table()?;
        }
        self.sql
            .exec(
                "INSERT INTO _mcp_state (id, version, json) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, json = excluded.json",
                vec![i64::from(version).into(), json.into()],
            )
            .map_err(failed)?;
        Ok(())
    }
}

fn failed(error: worker::Error) -> StoreError {
    StoreError(format!("the state's SQLite: {error}"))
}
