//! What goes wrong with SQL: it names the statement, and never a value.

use std::fmt;

/// A statement that failed. By `?` it becomes an internal error (-32603) of which the log has the text: a statement is nothing for clients.
///
/// ```
/// use mcp_agent::prelude::*;
///
/// fn add(cx: &Cx, title: &str) -> Result<String> {
///     let added = cx.write(|tx| tx.execute("INSERT INTO note (title) VALUES (?)", [title]));
///     match added {
///         Ok(_) => Ok("added".to_owned()),
///         Err(error) if error.sql().is_some_and(|it| it.is_constraint()) => Err(Error::tool("there is a note of this title")),
///         Err(error) => Err(error),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    statement: String,
    what: String,
    constraint: bool,
}

/// The longest part of a statement that is shown, in characters.
const SHOWN: usize = 200;

impl SqlError {
    pub(crate) fn new(statement: &str, what: impl Into<String>) -> Self {
        Self {
            statement: statement.to_owned(),
            what: what.into(),
            constraint: false,
        }
    }

    pub(crate) fn of_database(statement: &str, error: &DatabaseError) -> Self {
        Self {
            statement: statement.to_owned(),
            what: without_values(statement, &error.0),
            constraint: error.0.contains("constraint failed"),
        }
    }

    /// The statement.
    pub fn statement(&self) -> &str {
        &self.statement
    }

    /// Whether it is a constraint of a table that refused it: `UNIQUE`, `NOT NULL`, `CHECK`, a foreign key.
    pub fn is_constraint(&self) -> bool {
        self.constraint
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut statement: String = self.statement.chars().take(SHOWN).collect();
        if statement.len() < self.statement.len() {
            statement.push('…');
        }
        write!(f, "{}, in `{statement}`", self.what)
    }
}

/// SQLite quotes what it does not understand. That may be of a value, as of a search that is no search: then it is left out.
fn without_values(statement: &str, message: &str) -> String {
    let mut said = String::new();
    for (at, part) in message.split('"').enumerate() {
        if at > 0 {
            said.push('"');
        }
        let quoted = at % 2 == 1;
        said.push_str(if quoted && !statement.contains(part) {
            "…"
        } else {
            part
        });
    }
    said
}

/// What the database of a host said.
#[derive(Debug)]
pub(crate) struct DatabaseError(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_named_and_no_value() {
        let statement = "SELECT * FROM fts WHERE fts MATCH ?";
        let said = DatabaseError("fts5: syntax error near \"secret\"".into());
        let error = SqlError::of_database(statement, &said);
        assert_eq!(
            error.to_string(),
            "fts5: syntax error near \"…\", in `SELECT * FROM fts WHERE fts MATCH ?`"
        );
        let said = DatabaseError("near \"FORM\": syntax error".into());
        let error = SqlError::of_database("SELECT * FORM note", &said);
        assert_eq!(
            error.to_string(),
            "near \"FORM\": syntax error, in `SELECT * FORM note`"
        );
        assert!(!error.is_constraint());
        let said = DatabaseError("UNIQUE constraint failed: note.title".into());
        assert!(SqlError::of_database("", &said).is_constraint());
    }
}
