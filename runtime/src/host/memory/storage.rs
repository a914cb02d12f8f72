//! What outlives everything else.

use mcp_agent_protocol::RowsError;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Tables of rows, each in the order of its keys (bytes).
///
/// What is written in one turn of a host belongs together: a storage that can lose some of its last writes must lose all of a turn or
/// none.
pub trait Storage {
    /// The row of this key.
    ///
    /// # Errors
    /// When the storage fails, as all methods here.
    fn get(&self, table: &str, key: &str) -> Result<Option<String>, RowsError>;
    /// Writes a row, replacing the one before.
    ///
    /// # Errors
    /// When the storage fails.
    fn put(&self, table: &str, key: &str, value: &str) -> Result<(), RowsError>;
    /// Takes a row away, if it is there.
    ///
    /// # Errors
    /// When the storage fails.
    fn delete(&self, table: &str, key: &str) -> Result<(), RowsError>;
    /// The rows whose keys begin with `prefix` and come after `after`, in order.
    ///
    /// # Errors
    /// When the storage fails.
    fn list(
        &self,
        table: &str,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<(String, String)>, RowsError>;
    /// Takes away all rows whose keys begin with `prefix`.
    ///
    /// # Errors
    /// When the storage fails.
    fn clear(&self, table: &str, prefix: &str) -> Result<(), RowsError>;
    /// The names of the tables that have rows.
    ///
    /// # Errors
    /// When the storage fails.
    fn tables(&self) -> Result<Vec<String>, RowsError>;
    /// All that was written since the last time is to last from now on: what it led to is about to be seen.
    ///
    /// # Errors
    /// When nobody knows what of it was stored. The host must stop.
    fn commit(&self) -> Result<(), RowsError> {
        Ok(())
    }
}

/// A storage that lasts as long as the process.
#[derive(Debug, Default)]
pub struct Ram(RefCell<BTreeMap<String, BTreeMap<String, String>>>);

impl Storage for Ram {
    fn get(&self, table: &str, key: &str) -> Result<Option<String>, RowsError> {
        let tables = self.0.borrow();
        Ok(tables.get(table).and_then(|rows| rows.get(key)).cloned())
    }

    fn put(&self, table: &str, key: &str, value: &str) -> Result<(), RowsError> {
        let mut tables = self.0.borrow_mut();
        let rows = tables.entry(table.to_owned()).or_default();
        rows.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, table: &str, key: &str) -> Result<(), RowsError> {
        let mut tables = self.0.borrow_mut();
        if let Some(rows) = tables.get_mut(table) {
            rows.remove(key);
        }
        Ok(())
    }

    fn list(
        &self,
        table: &str,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<(String, String)>, RowsError> {
        let tables = self.0.borrow();
        let Some(rows) = tables.get(table) else {
            return Ok(Vec::new());
        };
        let from = if after < prefix {
            Bound::Included(prefix)
        } else {
            Bound::Excluded(after)
        };
        let all = rows.range::<str, _>((from, Bound::Unbounded));
        Ok(all
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn clear(&self, table: &str, prefix: &str) -> Result<(), RowsError> {
        let mut tables = self.0.borrow_mut();
        if let Some(rows) = tables.get_mut(table) {
            rows.retain(|key, _| !key.starts_with(prefix));
        }
        Ok(())
    }

    fn tables(&self) -> Result<Vec<String>, RowsError> {
        let tables = self.0.borrow();
        let full = tables.iter().filter(|(_, rows)| !rows.is_empty());
        Ok(full.map(|(name, _)| name.clone()).collect())
    }
}
