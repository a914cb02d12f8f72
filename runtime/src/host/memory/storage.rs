//! What outlives everything else.

use crate::sql::{SqlValue, Table};
use mcp_agent_protocol::RowsError;

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
    /// From here on, what is written can be taken back. One may be begun in another.
    ///
    /// # Errors
    /// When the storage fails, or cannot take anything back, as one that does not implement this: an agent with tables of its own needs it.
    fn begin(&self) -> Result<(), RowsError> {
        Err(RowsError("this storage takes nothing back".to_owned()))
    }
    /// Ends what was begun last: keeps what was written in it, or takes it back.
    ///
    /// # Errors
    /// When the storage fails.
    fn end(&self, keep: bool) -> Result<(), RowsError> {
        let _ = keep;
        Ok(())
    }
    /// Runs several statements in the tables of an object's own.
    ///
    /// # Errors
    /// When one fails, or the storage has no such tables.
    fn batch(&self, object: &str, statements: &str) -> Result<(), RowsError> {
        let _ = (object, statements);
        Err(RowsError("this storage has no SQL".to_owned()))
    }
    /// Runs a statement in them.
    ///
    /// # Errors
    /// When the statement fails, or the storage has no such tables.
    fn run(&self, object: &str, statement: &str, values: &[SqlValue]) -> Result<Table, RowsError> {
        let _ = (object, statement, values);
        Err(RowsError("this storage has no SQL".to_owned()))
    }
    /// The tables of an object's own go.
    ///
    /// # Errors
    /// When the storage fails.
    fn drop_tables(&self, object: &str) -> Result<(), RowsError> {
        let _ = object;
        Ok(())
    }
    /// All that was written since the last time is to last from now on: what it led to is about to be seen.
    ///
    /// # Errors
    /// When nobody knows what of it was stored. The host must stop.
    fn commit(&self) -> Result<(), RowsError> {
        Ok(())
    }
}
