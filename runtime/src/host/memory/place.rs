//! What this host lends to an object.

use super::shared::{Event, Shared};
use crate::host::Host;
use crate::host::memory::{Storage, Table};
use crate::once::Task;
use crate::sql::{Database, DatabaseError, SqlValue};
use crate::state::{Store, StoreError};
use mcp_agent_protocol::{Keys, Rows, RowsError, SessionHost};
use std::rc::Rc;

/// The states of all objects.
pub const STATES: &str = "states";

/// The table of an object's rows.
pub fn rows(object: &str) -> String {
    ["rows ", object].concat()
}

/// The object whose rows are in this table.
pub fn object_of(table: &str) -> Option<&str> {
    table.strip_prefix("rows ")
}

/// An object's place.
pub struct Place {
    pub(super) shared: Rc<Shared>,
    pub(super) object: String,
    rows: String,
    lost_by: Option<String>,
}

impl Place {
    pub fn new(shared: Rc<Shared>, object: &str) -> Self {
        Self {
            lost_by: shared.culprit(object),
            shared,
            object: object.to_owned(),
            rows: rows(object),
        }
    }
}

impl Rows for Place {
    fn get(&self, key: &str) -> Result<Option<String>, RowsError> {
        self.shared.storage.get(&self.rows, key)
    }

    fn put(&self, key: &str, value: &str) -> Result<(), RowsError> {
        self.shared.storage.put(&self.rows, key, value)
    }

    fn delete(&self, key: &str) -> Result<(), RowsError> {
        self.shared.storage.delete(&self.rows, key)
    }

    fn list(&self, prefix: &str, after: &str) -> Result<Vec<(String, String)>, RowsError> {
        self.shared.storage.list(&self.rows, prefix, after)
    }

    fn clear(&self, prefix: &str) -> Result<(), RowsError> {
        self.shared.storage.clear(&self.rows, prefix)
    }
}

impl SessionHost for Place {
    fn send(&self, stream: u32, text: &str) {
        for socket in self.shared.joined(&self.object, Some(stream)) {
            socket.send(text);
        }
    }

    fn close(&self, stream: u32) {
        for socket in self.shared.joined(&self.object, Some(stream)) {
            socket.close();
        }
    }

    fn is_joined(&self, stream: u32) -> bool {
        !self.shared.joined(&self.object, Some(stream)).is_empty()
    }

    fn wake_at(&self, at_ms: u64) {
        self.shared.wake_at(&self.object, at_ms);
    }
}

impl Database for Place {
    fn batch(&self, statements: &str) -> Result<(), DatabaseError> {
        let storage = &self.shared.storage;
        storage.batch(&self.object, statements).map_err(said)
    }

    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Table, DatabaseError> {
        let storage = &self.shared.storage;
        storage.run(&self.object, statement, values).map_err(said)
    }

    fn transaction(&self, act: &mut dyn FnMut() -> bool) -> Result<(), DatabaseError> {
        /// A panic takes everything back.
        struct Open<'s>(Option<&'s dyn Storage>);
        impl Drop for Open<'_> {
            fn drop(&mut self) {
                if let Some(Err(error)) = self.0.map(|storage| storage.end(false)) {
                    crate::host::log(&error.to_string());
                }
            }
        }
        let storage = &*self.shared.storage;
        storage.begin().map_err(said)?;
        let mut open = Open(Some(storage));
        let keep = act();
        open.0 = None;
        storage.end(keep).map_err(said)
    }
}

fn said(error: RowsError) -> DatabaseError {
    DatabaseError(error.0)
}

impl Host for Place {
    fn database(&self) -> Option<&dyn Database> {
        Some(self)
    }

    fn now_ms(&self) -> u64 {
        self.shared.clock.now_ms()
    }

    fn entropy(&self, out: &mut [u8]) {
        self.shared.entropy(out);
    }

    fn keys(&self) -> Option<Rc<Keys>> {
        match self.shared.keys() {
            Ok(keys) => Some(keys),
            Err(error) => {
                crate::host::log(&error.to_string());
                None
            }
        }
    }

    fn spawn(&self, task: Task<()>) {
        self.shared.tasks.spawn(&self.object, true, task);
    }

    fn lost_by(&self) -> Option<&str> {
        self.lost_by.as_deref()
    }

    fn remote(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let payload = payload.to_owned();
        let event = Event::Act {
            verb,
            payload,
            reply,
        };
        self.shared.send(object, event);
        Box::pin(async move { answer.await.ok() })
    }
}

/// An object's state: its version, a line end, JSON.
pub struct StateRow {
    pub shared: Rc<Shared>,
    pub object: String,
}

impl Store for StateRow {
    fn load(&self) -> Result<Option<(u32, String)>, StoreError> {
        let row = self.shared.storage.get(STATES, &self.object);
        let Some(row) = row.map_err(failed)? else {
            return Ok(None);
        };
        let read = row.split_once('\n').and_then(|(version, json)| {
            let version = version.parse().ok()?;
            Some((version, json.to_owned()))
        });
        read.map(Some)
            .ok_or_else(|| StoreError("the row of a state cannot be read".to_owned()))
    }

    fn save(&self, version: u32, json: &str) -> Result<(), StoreError> {
        let row = format!("{version}\n{json}");
        let saved = self.shared.storage.put(STATES, &self.object, &row);
        saved.map_err(failed)
    }
}

fn failed(error: RowsError) -> StoreError {
    StoreError(error.0)
}
