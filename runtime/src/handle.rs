//! Explicit state handles: what a client makes with one tool, hands to others, and closes, as a cart.
//!
//! A handle is a row of the object that has the state: until when it lasts, its kind, and what it stands for, as JSON. Its id is all that
//! a client has, and nobody can guess one. A tool that takes a handle runs as a writer, so that what it leaves is kept in the turn of the
//! state's commit, or not at all.

use crate::host::{self, Host};
use crate::{Error, Result};
use mcp_agent_protocol::{Handle, RowsError};
use std::cell::RefCell;

/// Begins the keys of handles.
pub const HANDLE: &str = "handle/";

/// The largest that a handle may grow, in bytes of JSON.
const MAX_BYTES: usize = 64 << 10;

/// The handles that a call can reach, and the one that it works on.
pub struct Handles<'a> {
    kinds: &'static [Handle],
    /// The object that has their rows; `None` in the front.
    host: Option<&'a dyn Host>,
    /// Whose they are, where callers are known.
    owner: Option<&'a str>,
    open: RefCell<Option<Open>>,
}

/// A handle that a call works on.
struct Open {
    kind: &'static Handle,
    key: String,
    /// Its row, as it was found.
    before: String,
    /// What the handler left.
    after: Option<String>,
}

impl<'a> Handles<'a> {
    pub fn new(
        kinds: &'static [Handle],
        host: Option<&'a dyn Host>,
        owner: Option<&'a str>,
    ) -> Self {
        Self {
            kinds,
            host,
            owner,
            open: RefCell::default(),
        }
    }

    /// Mints a handle that stands for this. Gives its id.
    pub fn create(&self, kind: usize, json: &str) -> Result<String> {
        let (kind, host) = self.place(kind)?;
        let mut entropy = [0; 16];
        host.entropy(&mut entropy);
        let id: String = entropy.iter().map(|byte| format!("{byte:02x}")).collect();
        check_size(kind, json)?;
        let key = [HANDLE, &id].concat();
        host.put(&key, &row(kind, self.owner, json, host))
            .map_err(failed)?;
        crate::object::sweep_handles_later(host);
        Ok(id)
    }

    /// The name of a kind.
    pub fn name(&self, kind: usize) -> &'static str {
        self.kinds.get(kind).map_or("", |kind| kind.name)
    }

    /// Whether the handle of these arguments is there.
    pub fn find(&self, kind: usize, arguments: &str) -> Result<()> {
        let (kind, host) = self.place(kind)?;
        find(kind, self.owner, host, arguments).map(|_| ())
    }

    /// What the handle of these arguments stands for. The call works on it from now on.
    pub fn open(&self, kind: usize, arguments: &str) -> Result<String> {
        let (kind, host) = self.place(kind)?;
        let (key, before) = find(kind, self.owner, host, arguments)?;
        let json = read(&before).map_or("", |row| row.json).to_owned();
        *self.open.borrow_mut() = Some(Open {
            kind,
            key,
            before,
            after: None,
        });
        Ok(json)
    }

    /// What it is to stand for when the call has come to its end.
    pub fn keep(&self, json: String) -> Result<()> {
        if let Some(open) = &mut *self.open.borrow_mut() {
            check_size(open.kind, &json)?;
            open.after = Some(json);
        }
        Ok(())
    }

    /// Takes the handle of these arguments away.
    pub fn close(&self, kind: usize, arguments: &str) -> Result<String> {
        let (kind, host) = self.place(kind)?;
        let (key, _) = find(kind, self.owner, host, arguments)?;
        host.delete(&key).map_err(failed)?;
        Ok(format!("the {} is closed", kind.name))
    }

    /// Writes what the handler left, and counts the handle's time anew.
    pub fn commit(&self) -> Result<()> {
        let open = self.open.borrow();
        let (Some(open), Some(host)) = (&*open, self.host) else {
            return Ok(());
        };
        let Some(after) = &open.after else {
            return Ok(());
        };
        let row = row(open.kind, self.owner, after, host);
        host.put(&open.key, &row).map_err(failed)
    }

    /// The state was not committed, so that this is not either.
    pub fn take_back(&self) {
        if let (Some(open), Some(host)) = (&*self.open.borrow(), self.host)
            && let Err(error) = host.put(&open.key, &open.before)
        {
            host::log(&format!("a handle's row: {error}"));
        }
    }

    fn place(&self, kind: usize) -> Result<(&'static Handle, &'a dyn Host)> {
        match (self.kinds.get(kind), self.host) {
            (Some(kind), Some(host)) => Ok((kind, host)),
            // The engine routes by the same catalog, so this is our mistake, not the client's.
            _ => {
                host::log("a tool of a handle reached a place without handles");
                Err(Error::protocol(-32603, "internal error"))
            }
        }
    }
}

/// A row: until when; the kind and, where callers are known, whose it is; the JSON. Each is a line.
struct Row<'r> {
    until_ms: u64,
    kind: &'r str,
    owner: Option<&'r str>,
    json: &'r str,
}

fn read(row: &str) -> Option<Row<'_>> {
    let (until_ms, rest) = row.split_once('\n')?;
    let (kind, json) = rest.split_once('\n')?;
    let (kind, owner) = match kind.split_once(' ') {
        Some((kind, owner)) => (kind, Some(owner)),
        None => (kind, None),
    };
    Some(Row {
        until_ms: until_ms.parse().ok()?,
        kind,
        owner,
        json,
    })
}

fn row(kind: &Handle, owner: Option<&str>, json: &str, host: &dyn Host) -> String {
    let until_ms = host.now_ms().saturating_add(kind.ttl_ms);
    match owner {
        Some(owner) => format!("{until_ms}\n{} {owner}\n{json}", kind.name),
        None => format!("{until_ms}\n{}\n{json}", kind.name),
    }
}

/// The handles whose ids begin with this byte, each as JSON. Without its id, with which anybody could use it.
pub fn exported(host: &dyn Host, first: u8) -> std::result::Result<Vec<String>, RowsError> {
    let rows = host.list(&format!("{HANDLE}{first:02x}"), "")?;
    let item = |row: &Row<'_>| {
        let (kind, json) = (serde_json::Value::from(row.kind), row.json);
        let until_ms = row.until_ms;
        format!("{{\"handle\":{{\"kind\":{kind},\"untilMs\":{until_ms},\"value\":{json}}}}}")
    };
    let rows = rows.iter().filter_map(|(_, row)| read(row));
    Ok(rows.map(|row| item(&row)).collect())
}

/// The key and the row of the handle that these arguments name. One that was never there, is over, is of another kind or of another owner is not told from
/// another.
fn find(
    kind: &Handle,
    owner: Option<&str>,
    host: &dyn Host,
    arguments: &str,
) -> Result<(String, String)> {
    let arguments: serde_json::Value = serde_json::from_str(arguments).unwrap_or_default();
    let id = arguments[kind.name].as_str().unwrap_or_default();
    let is_id = id.len() == 32
        && id
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let key = [HANDLE, id].concat();
    let found = match is_id {
        true => host.get(&key).map_err(failed)?,
        false => None,
    };
    let now_ms = host.now_ms();
    let good = |row: &String| {
        read(row)
            .is_some_and(|row| row.kind == kind.name && row.owner == owner && row.until_ms > now_ms)
    };
    match found.filter(good) {
        Some(row) => Ok((key, row)),
        None => {
            let name = kind.name;
            Err(Error::tool(format!(
                "there is no such `{name}`, or its time is over: `create_{name}` makes one"
            )))
        }
    }
}

fn check_size(kind: &Handle, json: &str) -> Result<()> {
    if json.len() <= MAX_BYTES {
        return Ok(());
    }
    Err(Error::tool(format!(
        "the `{}` would be {} bytes and may be {MAX_BYTES}; nothing was changed",
        kind.name,
        json.len()
    )))
}

fn failed(error: RowsError) -> Error {
    host::log(&format!("a handle's row: {error}"));
    Error::protocol(-32603, "internal error")
}
