//! The object of a kept session, in memory: rows, and what was sent.

use mcp_agent_protocol::{Rows, RowsError, SessionHost};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// An object. What is loaded from its rows is all that it knows.
#[derive(Default)]
pub struct Object {
    rows: RefCell<BTreeMap<String, String>>,
    pub sent: RefCell<Vec<(u32, String)>>,
    pub joined: RefCell<BTreeSet<u32>>,
    pub wake_at: Cell<Option<u64>>,
}

impl Object {
    /// The JSON of what was sent since the last time.
    pub fn messages(&self) -> Vec<String> {
        let sent = self.sent.take();
        let data = |text: String| {
            let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
            lines.collect::<Vec<_>>().join("\n")
        };
        sent.into_iter()
            .map(|(_, text)| data(text))
            .filter(|text| !text.is_empty())
            .collect()
    }
}

impl Rows for Object {
    fn get(&self, key: &str) -> Result<Option<String>, RowsError> {
        Ok(self.rows.borrow().get(key).cloned())
    }

    fn put(&self, key: &str, value: &str) -> Result<(), RowsError> {
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
        Ok(rows
            .range::<str, _>((from, Bound::Unbounded))
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

impl SessionHost for Object {
    fn send(&self, stream: u32, text: &str) {
        self.sent.borrow_mut().push((stream, text.to_owned()));
    }

    fn close(&self, stream: u32) {
        self.joined.borrow_mut().remove(&stream);
    }

    fn is_joined(&self, stream: u32) -> bool {
        self.joined.borrow().contains(&stream)
    }

    fn wake_at(&self, at_ms: u64) {
        self.wake_at.set(Some(at_ms));
    }
}
