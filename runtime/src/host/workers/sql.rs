//! The state's row in an object's SQLite.

use crate::state::{Store, StoreError};
use serde::Deserialize;
use std::cell::Cell;
use worker::SqlStorage;

/// One row, made at the first write, so that an object that is only read stores nothing.
pub struct SqlStore {
    sql: SqlStorage,
    /// Whether the table is known to be there: naming it again with every write would cost more than the write.
    table: Cell<bool>,
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
    pub fn new(sql: SqlStorage) -> Self {
        Self {
            sql,
            table: Cell::new(false),
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
