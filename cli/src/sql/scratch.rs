//! A database that is thrown away.

use mcp_agent_codegen::read::nearest;
use mcp_agent_protocol::statement::{self, Kind, refusal};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, Error, Statement};
use std::ops::Range;

/// A database in memory, with the tables of the migrations that were applied.
pub struct Scratch(Connection);

/// What is wrong with a text of SQL.
pub struct Wrong {
    /// In the words of SQLite, or the runtime's.
    pub message: String,
    /// The bytes of the text that are meant.
    pub at: Range<usize>,
    /// What to write instead, where that is easy to tell.
    pub help: Option<String>,
}

impl Scratch {
    /// Without tables.
    pub fn new() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        // As an object of a Worker has them.
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(Self(connection))
    }

    /// Runs a migration, as a whole.
    pub fn apply(&self, migration: &str) -> Result<(), Wrong> {
        refuse(migration, Kind::Migration)?;
        let at_once = |sql: &str| self.0.execute_batch(sql);
        at_once("BEGIN").map_err(|error| self.wrong(migration, 0, error))?;
        self.run(migration)?;
        // Foreign keys may be checked at the end.
        at_once("COMMIT").map_err(|error| self.wrong(migration, 0, error))
    }

    fn run(&self, migration: &str) -> Result<(), Wrong> {
        let mut all = Batch::new(&self.0, migration);
        // Where the statements end that were run.
        let mut done = 0;
        loop {
            let next = all.next();
            let next = next.map_err(|error| self.wrong(migration, done, error))?;
            let Some(mut statement) = next else {
                return Ok(());
            };
            let text = statement.expanded_sql().unwrap_or_default();
            let begins = migration[done..].find(&text).map(|at| done + at);
            let begins = begins.unwrap_or(done);
            step(&mut statement).map_err(|error| self.wrong(migration, begins, error))?;
            done = (begins + text.len()).min(migration.len());
        }
    }

    /// Prepares a statement of a kind, and gives the number of its params.
    pub fn prepare(&self, statement: &str, kind: Kind) -> Result<usize, Wrong> {
        refuse(statement, kind)?;
        let prepared = self.0.prepare(statement);
        let prepared = prepared.map_err(|error| self.wrong(statement, 0, error))?;
        Ok(prepared.parameter_count())
    }

    /// What SQLite said of the statement of `text` that begins at `begins`.
    fn wrong(&self, text: &str, begins: usize, error: Error) -> Wrong {
        let (message, at) = match error {
            Error::SqlInputError {
                msg, sql, offset, ..
            } => {
                // SQLite counts from where it was told to read.
                let from = text.len().saturating_sub(sql.len());
                let at = from + usize::try_from(offset).unwrap_or(0);
                (msg, Some(token(text, at)))
            }
            Error::SqliteFailure(_, Some(message)) => (message, None),
            other => (other.to_string(), None),
        };
        // There is no other database than this.
        let message = message.replacen("no such table: main.", "no such table: ", 1);
        let unknown = unknown(&message);
        let rest = text.get(begins..).unwrap_or_default();
        let at = at.unwrap_or_else(|| {
            let words = statement::words(rest);
            let named = words
                .iter()
                .find(|it| unknown.is_some_and(|(_, name)| it.text.eq_ignore_ascii_case(name)));
            let at = named.map(|it| it.at()).unwrap_or_else(|| first_line(rest));
            begins + at.start..begins + at.end
        });
        Wrong {
            help: unknown.and_then(|(what, name)| self.help(what, name, rest)),
            message,
            at,
        }
    }

    fn help(&self, what: What, name: &str, statement: &str) -> Option<String> {
        let known = self.known(what, statement).ok()?;
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        if let Some(nearest) = nearest(name, &known) {
            return Some(format!("did you mean `{nearest}`?"));
        }
        let what = match what {
            What::Table => "tables",
            What::Column => "columns",
        };
        let known: Vec<_> = known.iter().map(|it| format!("`{it}`")).collect();
        (!known.is_empty()).then(|| format!("the {what} are {}", known.join(", ")))
    }

    /// The names of tables, or those of the columns of the tables that a statement speaks of.
    fn known(&self, what: What, statement: &str) -> rusqlite::Result<Vec<String>> {
        let list = |sql: &str| -> rusqlite::Result<Vec<String>> {
            let mut statement = self.0.prepare(sql)?;
            let rows = statement.query_map((), |row| row.get(0))?;
            rows.collect()
        };
        let tables = list(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )?;
        if matches!(what, What::Table) {
            return Ok(tables);
        }
        let words = statement::words(statement);
        let mut columns: Vec<String> = Vec::new();
        for table in tables {
            if words.iter().any(|it| it.text.eq_ignore_ascii_case(&table)) {
                let name = table.replace('\'', "''");
                let sql = format!("SELECT name FROM pragma_table_xinfo('{name}')");
                for column in list(&sql)? {
                    if !columns.contains(&column) {
                        columns.push(column);
                    }
                }
            }
        }
        Ok(columns)
    }
}

fn refuse(text: &str, kind: Kind) -> Result<(), Wrong> {
    refusal(text, kind).map_or(Ok(()), |it| {
        Err(Wrong {
            message: it.what.to_owned(),
            at: it.at,
            help: None,
        })
    })
}

/// Runs a statement to its end.
fn step(statement: &mut Statement<'_>) -> rusqlite::Result<()> {
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

#[derive(Clone, Copy)]
enum What {
    Table,
    Column,
}

/// What a message says that there is not, and its name.
fn unknown(message: &str) -> Option<(What, &str)> {
    let (what, name) = if let Some(name) = message.strip_prefix("no such table: ") {
        (What::Table, name)
    } else if let Some(name) = message.strip_prefix("no such column: ") {
        (What::Column, name)
    } else {
        (What::Column, message.split_once(" has no column named ")?.1)
    };
    // `main.note`, `note.title`.
    let bare = name.rsplit('.').next().unwrap_or(name);
    (!bare.contains([' ', '"'])).then_some((what, bare))
}

/// The token at `at`: a name with what it is a column of, something in quotes, or a character.
fn token(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let length = match rest.chars().next() {
        None => 0,
        Some(quote @ ('"' | '\'' | '`')) => rest[1..].find(quote).map_or(1, |end| end + 2),
        Some(c) if is_name(c) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
        Some(c) => c.len_utf8(),
    };
    at..at + length
}

/// The first line of the statement that a text begins with.
fn first_line(text: &str) -> Range<usize> {
    let words = statement::words(text);
    let begins = words.first().map_or(0, |it| it.begins);
    let line = text[begins..].lines().next().unwrap_or_default();
    begins..begins + line.trim_end().len()
}
