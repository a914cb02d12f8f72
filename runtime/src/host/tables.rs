//! Tables in SQLite, natively.

use crate::sql::{SqlValue, Table};
use mcp_agent_protocol::RowsError;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Statement, ToSql, params_from_iter};
use std::cell::Cell;
use std::rc::Rc;

/// A database, or the part of one that is the user's.
pub struct Tables {
    file: Rc<Connection>,
    /// How many transactions are open, one in another.
    depth: Cell<u32>,
}

impl Tables {
    /// Tables that last as long as this.
    pub fn in_memory() -> Result<Self, RowsError> {
        let file = Connection::open_in_memory().map_err(failed)?;
        // As an object of a Worker has them.
        file.pragma_update(None, "foreign_keys", true)
            .map_err(failed)?;
        Ok(Self::over(Rc::new(file)))
    }

    /// Tables in this.
    pub fn over(file: Rc<Connection>) -> Self {
        Self {
            file,
            depth: Cell::new(0),
        }
    }

    /// How many transactions are open, one in another.
    pub fn depth(&self) -> u32 {
        self.depth.get()
    }

    pub fn begin(&self) -> Result<(), RowsError> {
        let depth = self.depth.get() + 1;
        self.depth.set(depth);
        let begun = self.file.execute_batch(&format!("SAVEPOINT _mcp_{depth}"));
        begun.map_err(failed)
    }

    pub fn end(&self, keep: bool) -> Result<(), RowsError> {
        let depth = self.depth.get();
        self.depth.set(depth.saturating_sub(1));
        let back = if keep {
            String::new()
        } else {
            format!("ROLLBACK TO _mcp_{depth};")
        };
        let ended = self
            .file
            .execute_batch(&format!("{back} RELEASE _mcp_{depth}"));
        ended.map_err(failed)
    }

    /// Runs several statements.
    pub fn batch(&self, statements: &str) -> Result<(), RowsError> {
        self.file.execute_batch(statements).map_err(failed)
    }

    /// Runs a statement.
    pub fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Table, RowsError> {
        let mut statement = self.file.prepare_cached(statement).map_err(failed)?;
        let expected = statement.parameter_count();
        if expected != values.len() {
            let found = values.len();
            return Err(RowsError(format!(
                "wrong number of parameter bindings: {expected} expected, {found} given"
            )));
        }
        let before = self.file.total_changes();
        let table = rows(&mut statement, values).map_err(failed)?;
        Ok(Table {
            written: self.file.total_changes() - before,
            ..table
        })
    }
}

fn rows(statement: &mut Statement<'_>, values: &[SqlValue]) -> rusqlite::Result<Table> {
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let read = |at| Ok(of(row.get_ref(at)?));
        rows.push(
            (0..columns.len())
                .map(read)
                .collect::<rusqlite::Result<_>>()?,
        );
    }
    Ok(Table {
        columns,
        rows,
        written: 0,
    })
}

fn of(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(value) => SqlValue::Integer(value),
        ValueRef::Real(value) => SqlValue::Real(value),
        ValueRef::Text(value) => SqlValue::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => SqlValue::Blob(value.to_vec()),
    }
}

impl ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Real(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Blob(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

fn failed(error: rusqlite::Error) -> RowsError {
    RowsError(match error {
        // Without the text of the statement, which whoever reads this is told anyway.
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        other => other.to_string(),
    })
}
