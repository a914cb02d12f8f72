//! All that is kept of a person or a tenant, for whoever asks to have it, or to have it deleted: as it is stored, and without making anything.

use super::Object;
use crate::agent::Agent;
use crate::handle;
use crate::host::log;
use crate::once::Task;
use crate::schedule;
use crate::sql::{Database, json_items};
use mcp_agent_protocol::RowsError;
use serde_json::json;
use std::future::ready;
use std::rc::Rc;

/// A page ends behind the item that makes it larger, in bytes.
const PAGE: usize = 256 << 10;
/// So many schedules, or rows of a table, are read at a time.
const ROWS: usize = 200;

/// What a page begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    State,
    /// Handles whose ids begin with this byte.
    Handles(u8),
    /// How many schedules are told already.
    Schedules(usize),
    /// A table, and how many of its rows are told already.
    Table(usize, usize),
}

impl At {
    fn read(cursor: &str) -> Option<Self> {
        let mut words = cursor.split(' ');
        let at = match words.next()? {
            "" => Self::State,
            "h" => Self::Handles(words.next()?.parse().ok()?),
            "s" => Self::Schedules(words.next()?.parse().ok()?),
            "t" => Self::Table(words.next()?.parse().ok()?, words.next()?.parse().ok()?),
            _ => return None,
        };
        words.next().is_none().then_some(at)
    }

    fn write(self) -> String {
        match self {
            Self::State => String::new(),
            Self::Handles(first) => format!("h {first}"),
            Self::Schedules(told) => format!("s {told}"),
            Self::Table(table, rows) => format!("t {table} {rows}"),
        }
    }
}

impl<A: Agent> Object<A> {
    /// A page of what is stored: the cursor of the next one, empty behind the last, and items of JSON, each a line.
    pub(super) fn export(&self, cursor: &str) -> Option<Task<String>> {
        let page = self.page(At::read(cursor)?).map_err(|error| log(&error));
        Some(Box::pin(ready(page.ok()?)))
    }

    fn page(&self, from: At) -> Result<String, String> {
        let mut items = Vec::new();
        let (mut at, mut bytes) = (Some(from), 0);
        while let Some(part) = at.filter(|_| bytes < PAGE) {
            let before = items.len();
            at = self.part(part, &mut items)?;
            bytes += items[before..].iter().map(String::len).sum::<usize>();
        }
        let next = at.map_or(String::new(), At::write);
        items.insert(0, next);
        Ok(items.join("\n"))
    }

    /// The items of a part, and the part behind it.
    fn part(&self, at: At, items: &mut Vec<String>) -> Result<Option<At>, String> {
        let host = &*self.host;
        let rows = |error: RowsError| error.to_string();
        Ok(Some(match at {
            At::State => {
                if let Some((version, value)) = self.state.stored().map_err(|error| error.0)? {
                    // It was JSON when it was stored.
                    items.push(format!(
                        "{{\"state\":{{\"version\":{version},\"value\":{value}}}}}"
                    ));
                }
                At::Handles(0)
            }
            At::Handles(first) => {
                items.extend(handle::exported(host, first).map_err(rows)?);
                first.checked_add(1).map_or(At::Schedules(0), At::Handles)
            }
            At::Schedules(from) => {
                let told = match A::SCHEDULES {
                    true => schedule::exported(host, from, ROWS).map_err(rows)?,
                    false => Vec::new(),
                };
                let count = told.len();
                items.extend(told);
                match count < ROWS {
                    true => At::Table(0, 0),
                    false => At::Schedules(from + count),
                }
            }
            At::Table(table, from) => {
                let Some(database) = host.database().filter(|_| A::SQL) else {
                    return Ok(None);
                };
                let Some(name) = tables(database)?.into_iter().nth(table) else {
                    return Ok(None);
                };
                let told = table_rows(database, &name, from)?;
                let count = told.len();
                items.extend(told);
                match count < ROWS {
                    true => At::Table(table + 1, 0),
                    false => At::Table(table, from + count),
                }
            }
        }))
    }

    /// Has the host delete everything, and nobody who is at work here write it again. Answers when no writer is at it any more.
    pub(super) fn erase(self: &Rc<Self>) -> Option<Task<String>> {
        let this = self.clone();
        Some(Box::pin(async move {
            let turn = this.state.lock().await;
            this.state.close();
            drop(turn);
            for id in this.host.connected(None) {
                this.host
                    .hang_up(&id, 1001, "what was kept here is deleted");
            }
            if A::SYNC.is_some() {
                // It is later than the time of any of them.
                let over = (1001, "what was kept here is deleted");
                this.host.tell_followers("", None, u64::MAX, over);
            }
            this.end_listening();
            String::new()
        }))
    }
}

/// The tables that somebody has made, but for those that a virtual table keeps its own in.
fn tables(database: &dyn Database) -> Result<Vec<String>, String> {
    let listed = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
        AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name";
    let found = database.run(listed, &[]).map_err(|error| error.0)?;
    let named = |row: &Vec<crate::SqlValue>| match &row[..] {
        [crate::SqlValue::Text(name), crate::SqlValue::Text(sql)] => {
            Some((name.clone(), sql.clone()))
        }
        _ => None,
    };
    let all: Vec<(String, String)> = found.rows.iter().filter_map(named).collect();
    let is_virtual = |sql: &str| {
        sql.trim_start()
            .to_ascii_uppercase()
            .starts_with("CREATE VIRTUAL")
    };
    let virtual_names: Vec<&String> = all
        .iter()
        .filter(|(_, sql)| is_virtual(sql))
        .map(|(name, _)| name)
        .collect();
    let shadows = |name: &str| {
        virtual_names.iter().any(|owner| {
            name.strip_prefix(&***owner)
                .is_some_and(|rest| rest.starts_with('_'))
        })
    };
    Ok(all
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| !shadows(name))
        .collect())
}

fn table_rows(database: &dyn Database, name: &str, from: usize) -> Result<Vec<String>, String> {
    let quoted = name.replace('"', "\"\"");
    let statement = format!("SELECT * FROM \"{quoted}\" LIMIT {ROWS} OFFSET {from}");
    let found = database.run(&statement, &[]).map_err(|error| error.0)?;
    let item = |row: String| format!("{{\"table\":{},\"row\":{row}}}", json!(name));
    Ok(json_items(&found).map(item).collect())
}
