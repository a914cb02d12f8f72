//! A storage that lasts as long as the process.

use super::storage::Storage;
#[cfg(feature = "sqlite")]
use crate::host::tables::Tables;
#[cfg(feature = "sqlite")]
use crate::sql::{SqlValue, Table};
use mcp_agent_protocol::RowsError;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;
#[cfg(feature = "sqlite")]
use std::rc::Rc;

/// A storage that lasts as long as the process.
#[derive(Default)]
pub struct Ram {
    rows: RefCell<BTreeMap<String, BTreeMap<String, String>>>,
    /// What undoes the writes of each transaction, the innermost last.
    undo: RefCell<Vec<Vec<Before>>>,
    #[cfg(feature = "sqlite")]
    tables: RefCell<BTreeMap<String, Rc<Tables>>>,
}

/// A row as it was.
struct Before {
    table: String,
    key: String,
    row: Option<String>,
}

impl std::fmt::Debug for Ram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ram")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Ram {
    fn note(&self, table: &str, key: &str, row: Option<String>) {
        if let Some(transaction) = self.undo.borrow_mut().last_mut() {
            transaction.push(Before {
                table: table.to_owned(),
                key: key.to_owned(),
                row,
            });
        }
    }
}

#[cfg(feature = "sqlite")]
impl Ram {
    /// Does something with the tables of an object, which are made when they are first asked for.
    fn in_tables<T>(
        &self,
        object: &str,
        act: impl FnOnce(&Tables) -> Result<T, RowsError>,
    ) -> Result<T, RowsError> {
        let known = self.tables.borrow().get(object).cloned();
        let tables = match known {
            Some(tables) => tables,
            None => {
                let tables = Rc::new(Tables::in_memory()?);
                for _ in &*self.undo.borrow() {
                    tables.begin()?;
                }
                let mut all = self.tables.borrow_mut();
                all.insert(object.to_owned(), tables.clone());
                tables
            }
        };
        act(&tables)
    }
}

impl Storage for Ram {
    fn get(&self, table: &str, key: &str) -> Result<Option<String>, RowsError> {
        let tables = self.rows.borrow();
        Ok(tables.get(table).and_then(|rows| rows.get(key)).cloned())
    }

    fn put(&self, table: &str, key: &str, value: &str) -> Result<(), RowsError> {
        let mut tables = self.rows.borrow_mut();
        let rows = tables.entry(table.to_owned()).or_default();
        let before = rows.insert(key.to_owned(), value.to_owned());
        self.note(table, key, before);
        Ok(())
    }

    fn delete(&self, table: &str, key: &str) -> Result<(), RowsError> {
        let mut tables = self.rows.borrow_mut();
        if let Some(rows) = tables.get_mut(table)
            && let Some(before) = rows.remove(key)
        {
            self.note(table, key, Some(before));
        }
        Ok(())
    }

    fn list(
        &self,
        table: &str,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<(String, String)>, RowsError> {
        let tables = self.rows.borrow();
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
        for (key, _) in self.list(table, prefix, "")? {
            self.delete(table, &key)?;
        }
        Ok(())
    }

    fn tables(&self) -> Result<Vec<String>, RowsError> {
        let tables = self.rows.borrow();
        let full = tables.iter().filter(|(_, rows)| !rows.is_empty());
        Ok(full.map(|(name, _)| name.clone()).collect())
    }

    fn begin(&self) -> Result<(), RowsError> {
        self.undo.borrow_mut().push(Vec::new());
        #[cfg(feature = "sqlite")]
        for tables in self.tables.borrow().values() {
            tables.begin()?;
        }
        Ok(())
    }

    fn end(&self, keep: bool) -> Result<(), RowsError> {
        let mut open = self.undo.borrow_mut();
        let mut last = open.pop().unwrap_or_default();
        #[cfg(feature = "sqlite")]
        for tables in self.tables.borrow().values() {
            tables.end(keep)?;
        }
        if keep {
            if let Some(outer) = open.last_mut() {
                outer.append(&mut last);
            }
            return Ok(());
        }
        let mut tables = self.rows.borrow_mut();
        for before in last.into_iter().rev() {
            let rows = tables.entry(before.table).or_default();
            match before.row {
                Some(row) => rows.insert(before.key, row),
                None => rows.remove(&before.key),
            };
        }
        Ok(())
    }

    #[cfg(feature = "sqlite")]
    fn batch(&self, object: &str, statements: &str) -> Result<(), RowsError> {
        self.in_tables(object, |tables| tables.batch(statements))
    }

    #[cfg(feature = "sqlite")]
    fn run(&self, object: &str, statement: &str, values: &[SqlValue]) -> Result<Table, RowsError> {
        self.in_tables(object, |tables| tables.run(statement, values))
    }

    #[cfg(feature = "sqlite")]
    fn drop_tables(&self, object: &str) -> Result<(), RowsError> {
        self.tables.borrow_mut().remove(object);
        Ok(())
    }
}
