//! A storage that is a SQLite file.

use super::Failed;
use crate::host::memory::{RowsError, Storage};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, params};
use std::cell::Cell;
use std::path::Path;

/// Marks our files: `mcpa`.
const APPLICATION: i32 = 0x6d63_7061;
/// The shape of the tables.
const SHAPE: i32 = 1;

/// Rows in a SQLite file, which no other process can have at the same time.
///
/// What is written between two commits is one transaction. When a part of it fails, none of it will ever be stored: whoever wrote it has
/// to stop ([`Storage::commit`]).
pub struct Sqlite {
    file: Connection,
    /// A transaction has begun.
    writes: Cell<bool>,
    failed: Cell<bool>,
}

impl Sqlite {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// When another process has it, when it is not of this program, or when it cannot be read or written.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        let wrong = |error: rusqlite::Error| {
            let path = path.display();
            Failed(match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    format!(
                        "another process has the state in {path}: end it, or choose another file"
                    )
                }
                Some(ErrorCode::NotADatabase) => format!("{path} is not a file of states"),
                _ => format!("the state in {path} cannot be opened: {error}"),
            })
        };
        let file = Connection::open(path).map_err(wrong)?;
        prepare(&file).map_err(wrong)?;
        let (application, shape) = marks(&file).map_err(wrong)?;
        match (application, shape) {
            (APPLICATION, SHAPE) => {}
            (0, 0) if is_empty(&file).map_err(wrong)? => make(&file).map_err(wrong)?,
            (APPLICATION, _) => {
                let path = path.display();
                return Err(Failed(format!("{path} was written by another version")));
            }
            _ => {
                let path = path.display();
                return Err(Failed(format!("{path} is a database of something else")));
            }
        }
        Ok(Self {
            file,
            writes: Cell::new(false),
            failed: Cell::new(false),
        })
    }

    fn write(&self, sql: &str, params: impl Params) -> Result<(), RowsError> {
        let written = self.begin().and_then(|()| {
            let mut statement = self.file.prepare_cached(sql)?;
            statement.execute(params)
        });
        match written {
            Ok(_) => Ok(()),
            Err(error) => {
                // SQLite may have rolled back what others believe to be written.
                self.failed.set(true);
                Err(broken(error))
            }
        }
    }

    fn begin(&self) -> rusqlite::Result<()> {
        if !self.writes.replace(true) {
            self.file.execute_batch("BEGIN")?;
        }
        Ok(())
    }
}

/// One process, and nothing lost that was committed.
fn prepare(file: &Connection) -> rusqlite::Result<()> {
    file.busy_timeout(std::time::Duration::ZERO)?;
    file.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    file.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    file.pragma_update(None, "synchronous", "FULL")?;
    // The lock is taken here, and kept.
    file.execute_batch("BEGIN EXCLUSIVE; COMMIT")
}

fn marks(file: &Connection) -> rusqlite::Result<(i32, i32)> {
    let read = |pragma| file.pragma_query_value(None, pragma, |row| row.get(0));
    Ok((read("application_id")?, read("user_version")?))
}

fn is_empty(file: &Connection) -> rusqlite::Result<bool> {
    file.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
        row.get(0)
    })
}

fn make(file: &Connection) -> rusqlite::Result<()> {
    file.execute_batch(&format!(
        "BEGIN;
         CREATE TABLE rows (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
         PRAGMA application_id = {APPLICATION};
         PRAGMA user_version = {SHAPE};
         COMMIT"
    ))
}

impl Storage for Sqlite {
    fn get(&self, table: &str, key: &str) -> Result<Option<String>, RowsError> {
        let sql = "SELECT value FROM rows WHERE kind = ?1 AND key = ?2";
        let mut statement = self.file.prepare_cached(sql).map_err(broken)?;
        let row = statement.query_row([table, key], |row| row.get(0));
        row.optional().map_err(broken)
    }

    fn put(&self, table: &str, key: &str, value: &str) -> Result<(), RowsError> {
        let sql = "INSERT INTO rows VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3";
        self.write(sql, params![table, key, value])
    }

    fn delete(&self, table: &str, key: &str) -> Result<(), RowsError> {
        let sql = "DELETE FROM rows WHERE kind = ?1 AND key = ?2";
        self.write(sql, params![table, key])
    }

    fn list(
        &self,
        table: &str,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<(String, String)>, RowsError> {
        // All keys with a prefix stand together, in the order of bytes, from the prefix itself on.
        let sql =
            "SELECT key, value FROM rows WHERE kind = ?1 AND key >= ?2 AND key > ?3 ORDER BY key";
        let mut statement = self.file.prepare_cached(sql).map_err(broken)?;
        let mut rows = statement.query([table, prefix, after]).map_err(broken)?;
        let mut listed = Vec::new();
        while let Some(row) = rows.next().map_err(broken)? {
            let key: String = row.get(0).map_err(broken)?;
            if !key.starts_with(prefix) {
                break;
            }
            listed.push((key, row.get(1).map_err(broken)?));
        }
        Ok(listed)
    }

    fn clear(&self, table: &str, prefix: &str) -> Result<(), RowsError> {
        let sql =
            "DELETE FROM rows WHERE kind = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2";
        self.write(sql, params![table, prefix])
    }

    fn tables(&self) -> Result<Vec<String>, RowsError> {
        let sql = "SELECT DISTINCT kind FROM rows ORDER BY kind";
        let mut statement = self.file.prepare_cached(sql).map_err(broken)?;
        let names = statement.query_map([], |row| row.get(0)).map_err(broken)?;
        names.collect::<Result<_, _>>().map_err(broken)
    }

    fn commit(&self) -> Result<(), RowsError> {
        if self.failed.get() {
            return Err(RowsError("a part of it was refused before".to_owned()));
        }
        if self.writes.replace(false) {
            self.file.execute_batch("COMMIT").map_err(broken)?;
        }
        Ok(())
    }
}

fn broken(error: rusqlite::Error) -> RowsError {
    RowsError(error.to_string())
}
