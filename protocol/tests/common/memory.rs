//! The object of a kept session, in memory: its rows, and the clients that are joined to its streams.

use mcp_agent_protocol::{Rows, RowsError, SessionHost};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Bound;

/// A client at the end of a stream.
struct Client {
    stream: u32,
    /// What it has got and not yet looked at.
    unread: String,
    open: bool,
}

/// An object.
#[derive(Default)]
pub struct Memory {
    rows: RefCell<BTreeMap<String, String>>,
    clients: RefCell<Vec<Client>>,
    alarm: Cell<Option<u64>>,
    last_event: RefCell<String>,
    events: Cell<usize>,
}

impl Memory {
    /// Joins a new client to a stream, from which the one before must have been taken.
    pub fn join(&self, stream: u32) {
        self.forget_closed(stream);
        assert!(
            !self.is_joined(stream),
            "two clients on the stream {stream}"
        );
        self.clients.borrow_mut().push(Client {
            stream,
            unread: String::new(),
            open: true,
        });
    }

    /// What clients got that are not joined any more is not looked at.
    pub fn forget_closed(&self, stream: u32) {
        let mut clients = self.clients.borrow_mut();
        clients.retain(|client| client.stream != stream || client.open);
    }

    /// The client of a stream is gone, and with it what it did not look at.
    pub fn cut(&self, stream: u32) {
        let mut clients = self.clients.borrow_mut();
        clients.retain(|client| client.stream != stream);
    }

    /// Everybody is gone.
    pub fn cut_all(&self) {
        self.clients.borrow_mut().clear();
    }

    /// What the clients of a stream have got since the last look.
    pub fn read(&self, stream: u32) -> String {
        let mut clients = self.clients.borrow_mut();
        let mut all = String::new();
        for client in clients.iter_mut().filter(|client| client.stream == stream) {
            all.push_str(&std::mem::take(&mut client.unread));
        }
        all
    }

    /// Puts back what was read too far.
    pub fn unread(&self, stream: u32, text: &str) {
        let mut clients = self.clients.borrow_mut();
        if let Some(client) = clients.iter_mut().rfind(|client| client.stream == stream) {
            client.unread.insert_str(0, text);
        }
    }

    /// What nobody has looked at.
    pub fn all_unread(&self) -> Vec<(u32, String)> {
        let clients = self.clients.borrow();
        let unread = clients.iter().filter(|client| !client.unread.is_empty());
        unread
            .map(|client| (client.stream, client.unread.clone()))
            .collect()
    }

    /// When the object wants to be woken.
    pub fn alarm(&self) -> Option<u64> {
        self.alarm.get()
    }

    /// The alarm goes off.
    pub fn take_alarm(&self) -> Option<u64> {
        self.alarm.take()
    }

    /// The keys of the rows.
    pub fn keys(&self) -> Vec<String> {
        self.rows.borrow().keys().cloned().collect()
    }

    /// The size of the largest row, in bytes.
    pub fn largest(&self) -> usize {
        let rows = self.rows.borrow();
        rows.values().map(String::len).max().unwrap_or(0)
    }

    /// All rows are deleted.
    pub fn forget(&self) {
        self.rows.borrow_mut().clear();
        self.alarm.set(None);
    }

    /// How many messages were appended.
    pub fn events(&self) -> usize {
        self.events.get()
    }

    /// The message that was appended last.
    pub fn last_message(&self) -> String {
        let event = self.last_event.borrow();
        event.split_once('\n').expect("an event").1.to_owned()
    }
}

impl Rows for Memory {
    fn get(&self, key: &str) -> Result<Option<String>, RowsError> {
        Ok(self.rows.borrow().get(key).cloned())
    }

    fn put(&self, key: &str, value: &str) -> Result<(), RowsError> {
        if key.starts_with("event/") {
            self.events.set(self.events.get() + 1);
            *self.last_event.borrow_mut() = value.to_owned();
        }
        let mut rows = self.rows.borrow_mut();
        rows.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), RowsError> {
        self.rows.borrow_mut().remove(key);
        Ok(())
    }

    fn list(&self, prefix: &str, after: &str) -> Result<Vec<(String, String)>, RowsError> {
        let rows = self.rows.borrow();
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

    fn clear(&self, prefix: &str) -> Result<(), RowsError> {
        let mut rows = self.rows.borrow_mut();
        rows.retain(|key, _| !key.starts_with(prefix));
        Ok(())
    }
}

impl SessionHost for Memory {
    fn send(&self, stream: u32, text: &str) {
        let mut clients = self.clients.borrow_mut();
        let joined = |client: &&mut Client| client.open && client.stream == stream;
        if let Some(client) = clients.iter_mut().find(joined) {
            client.unread.push_str(text);
        }
    }

    fn close(&self, stream: u32) {
        let mut clients = self.clients.borrow_mut();
        for client in clients.iter_mut().filter(|client| client.stream == stream) {
            client.open = false;
        }
    }

    fn is_joined(&self, stream: u32) -> bool {
        let clients = self.clients.borrow();
        clients
            .iter()
            .any(|client| client.open && client.stream == stream)
    }

    fn wake_at(&self, at_ms: u64) {
        self.alarm.set(Some(at_ms));
    }
}
