//! The state's row in an object's SQLite.

use crate::state::{Store, StoreError};
use serde::Deserialize;
use worker::SqlStorage;

/// One row, made at the first write, so that an object that is only read stores nothing.
pub struct SqlStore {
    sql: SqlStorage,
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
        Self { sql }
    }

    fn table_exists(&self) -> Result<bool, StoreError> {
        let cursor = self
            .sql
            .exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_mcp_state'", None)
            .map_err(failed)?;
        // `SqlCursor::one` throws into Rust when there is no row, which hangs the request. Reading all rows does not.
        Ok(!cursor.to_array::<Name>().map_err(failed)?.is_empty())
    }
}

impl Store for SqlStore {
    fn load(&self) -> Result<Option<(u32, String)>, StoreError> {
        if !self.table_exists()? {
            return Ok(None);
        }
        let cursor = self.sql.exec("SELECT version, json FROM _mcp_state WHERE id = 1", None).map_err(failed)?;
        let row = cursor.to_array::<Row>().map_err(failed)?.pop();
        Ok(row.map(|row| (row.version, row.json)))
    }

    fn save(&self, version: u32, json: &str) -> Result<(), StoreError> {
        self.sql
            .exec(
                "CREATE TABLE IF NOT EXISTS _mcp_state (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, json TEXT NOT NULL)",
                None,
            )
            .map_err(failed)?;
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
