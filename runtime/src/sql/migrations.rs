//! Migrations: numbered files, each run once in an object, in order.

use super::{Database, DatabaseError, SqlValue};
use crate::agent::Migration;
use mcp_agent_protocol::statement::{Kind, refusal};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _mcp_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL)";

/// Brings the object's tables to what is declared: what was not applied yet is, each as a whole. What was applied has to be there, and to be
/// what it was.
pub fn migrate(database: &dyn Database, declared: &[Migration]) -> Result<(), String> {
    let applied = applied(database).map_err(said)?;
    for (at, (name, hash)) in applied.iter().enumerate() {
        let number = at + 1;
        match declared.get(at) {
            Some(migration) if migration.hash == hash => {}
            Some(migration) => {
                return Err(format!(
                    "the migration {number}, `{}`, is not what was applied here as `{name}`: put it back as it was, and write what is to change as a new one",
                    migration.name
                ));
            }
            None => {
                return Err(format!(
                    "the migration {number}, `{name}`, was applied here and is not declared any more: put it back"
                ));
            }
        }
    }
    for (at, migration) in declared.iter().enumerate().skip(applied.len()) {
        apply(database, at + 1, migration)?;
    }
    Ok(())
}

fn apply(database: &dyn Database, number: usize, migration: &Migration) -> Result<(), String> {
    let name = migration.name;
    if let Some(refusal) = refusal(migration.sql, Kind::Migration) {
        return Err(format!("the migration `{name}`: {}", refusal.what));
    }
    let mut outcome = Ok(());
    let opened = database.transaction(&mut || {
        outcome = run(database, number, migration);
        outcome.is_ok()
    });
    let done = outcome.and(opened);
    done.map_err(|error| format!("the migration `{name}`: {}", error.0))
}

fn run(database: &dyn Database, number: usize, migration: &Migration) -> Result<(), DatabaseError> {
    database.batch(migration.sql)?;
    database.run(TABLE, &[])?;
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let text = |text: &str| SqlValue::Text(text.to_owned());
    let values = [
        SqlValue::Integer(number),
        text(migration.name),
        text(migration.hash),
    ];
    database.run("INSERT INTO _mcp_migration VALUES (?, ?, ?)", &values)?;
    Ok(())
}

/// The names and hashes of those that were applied, in their order.
fn applied(database: &dyn Database) -> Result<Vec<(String, String)>, DatabaseError> {
    let known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_mcp_migration'";
    if database.run(known, &[])?.rows.is_empty() {
        return Ok(Vec::new());
    }
    let table = database.run("SELECT name, hash FROM _mcp_migration ORDER BY number", &[])?;
    let text = |value: Option<SqlValue>| match value {
        Some(SqlValue::Text(text)) => text,
        _ => String::new(),
    };
    let rows = table.rows.into_iter().map(|row| {
        let mut row = row.into_iter();
        (text(row.next()), text(row.next()))
    });
    Ok(rows.collect())
}

fn said(error: DatabaseError) -> String {
    error.0
}
