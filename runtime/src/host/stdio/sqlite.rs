//! A storage that is a SQLite file.

use super::Failed;
use crate::host::memory::{RowsError, Storage, Table};
use crate::host::tables::Tables;
use crate::object::HUB;
use crate::sql::SqlValue;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, params};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// Marks our files: `mcpa`.
const APPLICATION: i32 = 0x6d63_7061;
/// The shape of the tables.
const SHAPE: i32 = 2;

/// Rows in a SQLite file, which no other process can have at the same time.
///
/// What is written between two commits is one transaction. When a part of it fails, none of it will ever be stored: whoever wrote it has
/// to stop ([`Storage::commit`]).
///
/// Tables of the user's own are those of the object that everybody shares, beside ours in the file. Those of sessions last no longer than
/// the sessions, which end with the process.
pub struct Sqlite {
    file: Rc<Connection>,
    /// The tables of the object that everybody shares.
    shared: Tables,
    /// Those of sessions.
    passing: RefCell<BTreeMap<String, Rc<Tables>>>,
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
        if (application, shape) == (APPLICATION, 1) {
            rename(&file).map_err(wrong)?;
        }
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
        let file = Rc::new(file);
        Ok(Self {
            shared: Tables::over(file.clone()),
            file,
            passing: RefCell::default(),
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

    /// Does something with the tables of an object.
    fn in_tables<T>(
        &self,
        object: &str,
        act: impl FnOnce(&Tables) -> Result<T, RowsError>,
    ) -> Result<T, RowsError> {
        if object == HUB {
            Self::begin(self).map_err(broken)?;
            return act(&self.shared);
        }
        let known = self.passing.borrow().get(object).cloned();
        let tables = match known {
            Some(tables) => tables,
            None => {
                let tables = Rc::new(Tables::in_memory()?);
                for _ in 0..self.shared.depth() {
                    tables.begin()?;
                }
                let mut passing = self.passing.borrow_mut();
                passing.insert(object.to_owned(), tables.clone());
                tables
            }
        };
        act(&tables)
    }
}

/// One process, and nothing lost that was committed.
fn prepare(file: &Connection) -> rusqlite::Result<()> {
    file.busy_timeout(std::time::Duration::ZERO)?;
    file.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    file.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    file.pragma_update(None, "synchronous", "FULL")?;
    // As an object of a Worker has them.
    file.pragma_update(None, "foreign_keys", true)?;
    // The lock is taken here, and kept.
    file.execute_batch("BEGIN EXCLUSIVE; COMMIT")
}

fn marks(file: &Connection) -> rusqlite::Result<(i32, i32)> {
    let read = |pragma| file.pragma_query_value(None, pragma, |row| row.get(0));
    Ok((read("application_id")?, read("user_version")?))
}

/// The first shape had our rows in a table whose name may be one of the user's now.
fn rename(file: &Connection) -> rusqlite::Result<()> {
    file.execute_batch(&format!(
        "BEGIN; ALTER TABLE rows RENAME TO _mcp_row; PRAGMA user_version = {SHAPE}; COMMIT"
    ))
}

fn is_empty(file: &Connection) -> rusqlite::Result<bool> {
    file.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
        row.get(0)
    })
}

fn make(file: &Connection) -> rusqlite::Result<()> {
    file.execute_batch(&format!(
        "BEGIN;
         CREATE TABLE _mcp_row (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
         PRAGMA application_id = {APPLICATION};
         PRAGMA user_version = {SHAPE};
         COMMIT"
    ))
}

impl Storage for Sqlite {
    fn get(&self, table: &str, key: &str) -> Result<Option<String>, RowsError> {
        let sql = "SELECT value FROM _mcp_row WHERE kind = ?1 AND key = ?2";
        let mut statement = self.file.prepare_cached(sql).map_err(broken)?;
        let row = statement.query_row([table, key], |row| row.get(0));
        row.optional().map_err(broken)
    }

    fn put(&self, table: &str, key: &str, value: &str) -> Result<(), RowsError> {
        let sql = "INSERT INTO _mcp_row VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3";
        self.write(sql, params![table, key, value])
    }

    fn delete(&self, table: &str, key: &str) -> Result<(), RowsError> {
        let sql = "DELETE FROM _mcp_row WHERE kind = ?1 AND key = ?2";
        self.write(sql, params![table, key])
    }

    fn list(
        &self,
        table: &str,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<(String, String)>, RowsError> {
        // All keys with a prefix stand together, in the order of bytes, from the prefix itself on.
        let sql = "SELECT key, value FROM _mcp_row WHERE kind = ?1 AND key >= ?2 AND key > ?3 ORDER BY key";
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
        let sql = "DELETE FROM _mcp_row WHERE kind = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2";
        self.write(sql, params![table, prefix])
    }

    fn tables(&self) -> Result<Vec<String>, RowsError> {
        let sql = "SELECT DISTINCT kind FROM _mcp_row ORDER BY kind";
        let mut statement = self.file.prepare_cached(sql).map_err(broken)?;
        let names = statement.query_map([], |row| row.get(0)).map_err(broken)?;
        names.collect::<Result<_, _>>().map_err(broken)
    }

    fn begin(&self) -> Result<(), RowsError> {
        Sqlite::begin(self).map_err(broken)?;
        for passing in self.passing.borrow().values() {
            passing.begin()?;
        }
        self.shared.begin()
    }

    fn end(&self, keep: bool) -> Result<(), RowsError> {
        for passing in self.passing.borrow().values() {
            passing.end(keep)?;
        }
        self.shared.end(keep)
    }

    fn batch(&self, object: &str, statements: &str) -> Result<(), RowsError> {
        self.in_tables(object, |tables| tables.batch(statements))
    }

    fn run(&self, object: &str, statement: &str, values: &[SqlValue]) -> Result<Table, RowsError> {
        self.in_tables(object, |tables| tables.run(statement, values))
    }

    fn drop_tables(&self, object: &str) -> Result<(), RowsError> {
        self.passing.borrow_mut().remove(object);
        Ok(())
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
