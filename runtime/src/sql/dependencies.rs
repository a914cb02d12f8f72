//! Which resources show what: a statement that writes a table is of interest to the queries that read it.
//!
//! It is told from the words of statements, and of what SQLite knows of tables, views and triggers. It may say that a resource is another
//! although it is not, and never the reverse.

use super::{Database, DatabaseError, SqlValue};
use mcp_agent_protocol::statement::words;
use std::collections::{BTreeMap, BTreeSet};

/// What depends on what, in one database.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// The tables and views, in lower case.
    tables: BTreeSet<String>,
    /// What changes with a table: by triggers, by foreign keys, as a view.
    changes: BTreeMap<String, BTreeSet<String>>,
}

impl Dependencies {
    /// Of the tables that are there.
    pub fn read(database: &dyn Database) -> Result<Self, DatabaseError> {
        let schema = "SELECT type, lower(name), lower(tbl_name), coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE '\\_mcp\\_%' ESCAPE '\\'";
        let table = database.run(schema, &[])?;
        let entries: Vec<[String; 4]> = table
            .rows
            .into_iter()
            .filter_map(|row| {
                let mut texts = row.into_iter().map(|value| match value {
                    SqlValue::Text(text) => text,
                    _ => String::new(),
                });
                Some([texts.next()?, texts.next()?, texts.next()?, texts.next()?])
            })
            .collect();
        Ok(Self::of(&entries))
    }

    fn of(entries: &[[String; 4]]) -> Self {
        let named = entries
            .iter()
            .filter(|[kind, ..]| kind == "table" || kind == "view");
        let mut this = Self {
            tables: named.map(|[_, name, ..]| name.clone()).collect(),
            changes: BTreeMap::new(),
        };
        for [kind, name, owner, sql] in entries {
            let mentioned = this.mentioned(sql);
            match kind.as_str() {
                // What a trigger mentions may be what it writes.
                "trigger" => {
                    for other in mentioned {
                        this.link(owner, &other);
                    }
                }
                // A table may be changed by what it references, a view by what it shows.
                "table" | "view" => {
                    for other in mentioned {
                        this.link(&other, name);
                    }
                    // A search index says in a string what it is of.
                    if sql.to_lowercase().contains("virtual") {
                        let tables = this.tables.clone();
                        for other in tables.iter().filter(|it| sql.to_lowercase().contains(*it)) {
                            this.link(other, name);
                        }
                    }
                }
                _ => {}
            }
        }
        this
    }

    fn link(&mut self, from: &str, to: &str) {
        if from != to {
            let changed = self.changes.entry(from.to_owned()).or_default();
            changed.insert(to.to_owned());
        }
    }

    /// The tables that a statement names.
    fn mentioned(&self, statement: &str) -> BTreeSet<String> {
        let words = words(statement).into_iter();
        let lower = words.map(|word| word.text.to_lowercase());
        lower.filter(|word| self.tables.contains(word)).collect()
    }

    /// What may be another after these statements.
    pub fn touched(&self, statements: &[String]) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let mut next: Vec<String> = statements
            .iter()
            .flat_map(|statement| self.mentioned(statement))
            .collect();
        while let Some(table) = next.pop() {
            if let Some(changed) = self.changes.get(&table) {
                next.extend(changed.iter().filter(|it| !all.contains(*it)).cloned());
            }
            all.insert(table);
        }
        all
    }

    /// Whether a query may show something else when these are others.
    pub fn shows(&self, query: &str, touched: &BTreeSet<String>) -> bool {
        !self.mentioned(query).is_disjoint(touched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependencies() -> Dependencies {
        let entries = [
            [
                "table",
                "note",
                "note",
                "CREATE TABLE note (id, author REFERENCES person (id) ON DELETE CASCADE)",
            ],
            ["table", "person", "person", "CREATE TABLE person (id)"],
            ["table", "other", "other", "CREATE TABLE other (note_id)"],
            [
                "table",
                "search",
                "search",
                "CREATE VIRTUAL TABLE search USING fts5 (text, content = 'note')",
            ],
            [
                "view",
                "recent",
                "recent",
                "CREATE VIEW recent AS SELECT * FROM note",
            ],
            [
                "trigger",
                "indexed",
                "note",
                "CREATE TRIGGER indexed AFTER INSERT ON note BEGIN INSERT INTO search VALUES (new.text); END",
            ],
        ];
        Dependencies::of(&entries.map(|entry| entry.map(str::to_owned)))
    }

    #[test]
    fn what_a_statement_touches_is_known() {
        let known = dependencies();
        let touched = |statement: &str| known.touched(&[statement.to_owned()]);
        let insert = touched("INSERT INTO Note VALUES (?)");
        for query in [
            "SELECT * FROM note",
            "SELECT * FROM \"NOTE\" WHERE id = 1",
            "SELECT count(*) FROM recent",
            "SELECT * FROM search('x')",
        ] {
            assert!(known.shows(query, &insert), "{query}");
        }
        for query in [
            "SELECT * FROM other",
            "SELECT * FROM person",
            "SELECT 'note'",
        ] {
            assert!(!known.shows(query, &insert), "{query}");
        }
        let delete = touched("DELETE FROM person");
        assert!(
            known.shows("SELECT * FROM recent", &delete),
            "by its foreign key"
        );
        assert!(touched("SELECT 1").is_empty());
    }
}
