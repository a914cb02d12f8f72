//! Where a session lasts, and how its client is reached: what a host lends it.

use std::fmt;

/// Rows in the order of their keys (bytes). What is written in one turn of the host is committed together or not at all, before
/// anything that was sent in that turn leaves.
pub trait Rows {
    /// The row of this key.
    fn get(&self, key: &str) -> Result<Option<String>, RowsError>;
    /// Writes a row, replacing the one before.
    fn put(&self, key: &str, value: &str) -> Result<(), RowsError>;
    /// Takes a row away, if it is there.
    fn delete(&self, key: &str) -> Result<(), RowsError>;
    /// The rows whose keys begin with `prefix` and come after `after`, in order.
    fn list(&self, prefix: &str, after: &str) -> Result<Vec<(String, String)>, RowsError>;
    /// The first of the rows whose keys begin with `prefix`.
    fn first(&self, prefix: &str) -> Result<Option<(String, String)>, RowsError> {
        Ok(self.list(prefix, "")?.into_iter().next())
    }
    /// The last of the rows whose keys begin with `prefix`.
    fn last(&self, prefix: &str) -> Result<Option<(String, String)>, RowsError> {
        Ok(self.list(prefix, "")?.pop())
    }
    /// Takes away all rows whose keys begin with `prefix`.
    fn clear(&self, prefix: &str) -> Result<(), RowsError>;
}

/// A storage that failed. It is for the log; clients learn only that something did.
#[derive(Debug)]
pub struct RowsError(pub String);

impl fmt::Display for RowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The object that a session lives in.
pub trait SessionHost: Rows {
    /// Sends text to whoever is joined to this stream; nobody may be.
    fn send(&self, stream: u32, text: &str);
    /// Lets go of whoever is joined to this stream.
    fn close(&self, stream: u32);
    /// Sends this to the client of a stream, if there is one. False where there is none.
    fn reach(&self, stream: u32, text: &str) -> bool {
        let joined = self.is_joined(stream);
        if joined {
            self.send(stream, text);
        }
        joined
    }
    /// Whether a client is joined to this stream, as far as is known.
    fn is_joined(&self, stream: u32) -> bool;
    /// Asks for [`crate::Session::sweep`] at this time, in milliseconds since the Unix epoch, instead of any time asked for before.
    fn wake_at(&self, at_ms: u64);
}

/// A number in a key, so that the order of keys is the order of numbers.
pub(super) fn number(value: u32) -> String {
    format!("{value:08x}")
}

/// Reads what [`number`] wrote.
pub(super) fn read_number(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}
