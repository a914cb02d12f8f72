//! What a Durable Object lends: rows in its SQLite, the sockets of clients' streams, its alarm.

use super::WebCrypto;
use super::promise::promised;
use super::rpc::Line;
use super::tables::Tables;
use crate::host::Host;
use crate::once::Task;
use crate::sql::Database;
use crate::websocket::Sockets;
use js_sys::{Date, Function, Object};
use mcp_agent_protocol::{Entropy, Keys, Rows, RowsError, SessionHost};
use serde::Deserialize;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use worker::worker_sys::DurableObjectStorage;
use worker::{SqlStorage, SqlStorageValue, State, WebSocket};

/// A Durable Object.
pub struct Place {
    state: State,
    storage: DurableObjectStorage,
    sql: SqlStorage,
    /// Whether the table is known to be there.
    table: Cell<bool>,
    /// Keeps the object awake while a promise is pending, and wakes the agent again if the instance is lost before it is settled.
    watch: Function,
    line: Line,
    lost_by: Option<String>,
    /// Apart, so that what no agent of a program does with connections is not in the program.
    sockets: Option<Box<dyn Sockets>>,
    /// The same of tables.
    tables: Option<Box<dyn Database>>,
}

#[derive(Deserialize)]
struct Row {
    key: String,
    value: String,
}

impl Place {
    /// The object of this context.
    pub fn new(
        state: State,
        storage: DurableObjectStorage,
        watch: Function,
        lost_by: &str,
    ) -> Self {
        let sql = state.storage().sql();
        Self {
            state,
            storage,
            sql,
            table: Cell::new(false),
            watch,
            line: Line::default(),
            lost_by: Some(lost_by.to_owned()).filter(|by| !by.is_empty()),
            sockets: None,
            tables: None,
        }
    }

    /// The same for an agent that has connections.
    pub fn with_sockets(self, sockets: Box<dyn Sockets>) -> Self {
        Self {
            sockets: Some(sockets),
            ..self
        }
    }

    /// The same for an agent that has tables, or writes rows with its state.
    pub fn with_tables(self) -> Self {
        let tables = Tables::new(&self.storage);
        Self {
            tables: Some(Box::new(tables)),
            ..self
        }
    }

    pub fn sockets(&self) -> Option<&dyn Sockets> {
        self.sockets.as_deref()
    }

    /// Runs a statement on the table, which is made if it is not there and `make` says so. `None` without a table.
    fn rows(
        &self,
        make: bool,
        statement: &str,
        values: Vec<SqlStorageValue>,
    ) -> Result<Option<Vec<Row>>, RowsError> {
        if !self.table.get() && !self.has_table()? {
            if !make {
                return Ok(None);
            }
            // Naming the table with every write would cost more than the write.
            self.run::<Row>(
                "CREATE TABLE IF NOT EXISTS _mcp_row (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
                Vec::new(),
            )?;
        }
        self.table.set(true);
        self.run(statement, values).map(Some)
    }

    fn has_table(&self) -> Result<bool, RowsError> {
        let found = self.run::<Row>(
            "SELECT name AS key, '' AS value FROM sqlite_master WHERE type = 'table' AND name = '_mcp_row'",
            Vec::new(),
        )?;
        Ok(!found.is_empty())
    }

    fn run<T: for<'a> Deserialize<'a>>(
        &self,
        statement: &str,
        values: Vec<SqlStorageValue>,
    ) -> Result<Vec<T>, RowsError> {
        let cursor = self.sql.exec(statement, values).map_err(failed)?;
        // `SqlCursor::one` throws into Rust when there is no row, which hangs the request. Reading all rows does not.
        cursor.to_array().map_err(failed)
    }

    fn joined(&self, stream: u32) -> Vec<WebSocket> {
        let sockets = self.state.get_websockets_with_tag(&tag(stream));
        let open =
            |socket: &WebSocket| socket.as_ref().ready_state() == worker::web_sys::WebSocket::OPEN;
        sockets.into_iter().filter(open).collect()
    }
}

/// The tag of the socket that joins a client's stream. The entry gives it.
fn tag(stream: u32) -> String {
    format!("stream:{stream}")
}

/// Above every key with this prefix, which ends in a separator below 0x7f.
fn end(prefix: &str) -> String {
    [prefix, "\u{10ffff}"].concat()
}

fn failed(error: worker::Error) -> RowsError {
    RowsError(format!("the object's SQLite: {error}"))
}

impl Rows for Place {
    fn get(&self, key: &str) -> Result<Option<String>, RowsError> {
        let statement = "SELECT key, value FROM _mcp_row WHERE key = ?";
        let rows = self.rows(false, statement, vec![key.into()])?;
        Ok(rows.and_then(|mut rows| rows.pop()).map(|row| row.value))
    }

    fn put(&self, key: &str, value: &str) -> Result<(), RowsError> {
        let statement = "INSERT INTO _mcp_row (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.rows(true, statement, vec![key.into(), value.into()])?;
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), RowsError> {
        self.rows(
            false,
            "DELETE FROM _mcp_row WHERE key = ?",
            vec![key.into()],
        )?;
        Ok(())
    }

    fn list(&self, prefix: &str, after: &str) -> Result<Vec<(String, String)>, RowsError> {
        let statement = "SELECT key, value FROM _mcp_row WHERE key > ? AND key < ? ORDER BY key";
        let from = if after.is_empty() { prefix } else { after };
        let rows = self.rows(false, statement, vec![from.into(), end(prefix).into()])?;
        let rows = rows.unwrap_or_default().into_iter();
        Ok(rows.map(|row| (row.key, row.value)).collect())
    }

    fn first(&self, prefix: &str) -> Result<Option<(String, String)>, RowsError> {
        let statement =
            "SELECT key, value FROM _mcp_row WHERE key > ? AND key < ? ORDER BY key LIMIT 1";
        let rows = self.rows(false, statement, vec![prefix.into(), end(prefix).into()])?;
        Ok(rows
            .and_then(|mut rows| rows.pop())
            .map(|row| (row.key, row.value)))
    }

    fn last(&self, prefix: &str) -> Result<Option<(String, String)>, RowsError> {
        let statement =
            "SELECT key, value FROM _mcp_row WHERE key > ? AND key < ? ORDER BY key DESC LIMIT 1";
        let rows = self.rows(false, statement, vec![prefix.into(), end(prefix).into()])?;
        Ok(rows
            .and_then(|mut rows| rows.pop())
            .map(|row| (row.key, row.value)))
    }

    fn clear(&self, prefix: &str) -> Result<(), RowsError> {
        let statement = "DELETE FROM _mcp_row WHERE key >= ? AND key < ?";
        self.rows(false, statement, vec![prefix.into(), end(prefix).into()])?;
        Ok(())
    }
}

impl SessionHost for Place {
    fn send(&self, stream: u32, text: &str) {
        self.reach(stream, text);
    }

    fn reach(&self, stream: u32, text: &str) -> bool {
        let joined = self.joined(stream);
        for socket in &joined {
            if let Err(error) = socket.send_with_str(text) {
                crate::host::log(&format!("a stream's socket: {error}"));
            }
        }
        !joined.is_empty()
    }

    fn close(&self, stream: u32) {
        for socket in self.joined(stream) {
            // It was open a moment ago: an error says that it is not any more.
            let _closed = socket.close(Some(1000), Some("the stream is over"));
        }
    }

    fn is_joined(&self, stream: u32) -> bool {
        !self.joined(stream).is_empty()
    }

    fn wake_at(&self, at_ms: u64) {
        // Its promise is not awaited: the alarm is stored together with what is written next.
        let date = Date::new(&JsValue::from(at_ms as f64));
        if self.storage.set_alarm(date, Object::new()).is_err() {
            crate::host::log("the object's alarm cannot be set");
        }
    }
}

impl Host for Place {
    fn database(&self) -> Option<&dyn Database> {
        self.tables.as_deref()
    }

    fn now_ms(&self) -> u64 {
        Date::now() as u64
    }

    fn entropy(&self, out: &mut [u8]) {
        WebCrypto.fill(out);
    }

    fn keys(&self) -> Option<Rc<Keys>> {
        super::known_keys()
    }

    fn spawn(&self, task: Task<()>) {
        let promise = promised(async move {
            task.await;
            JsValue::UNDEFINED
        });
        if self.watch.call1(&JsValue::NULL, &promise).is_err() {
            crate::host::log("a task of the object is not watched");
        }
    }

    fn lost_by(&self) -> Option<&str> {
        self.lost_by.as_deref()
    }

    fn remote(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>> {
        self.line.ask(object, verb, payload)
    }
}
