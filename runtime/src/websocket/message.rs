//! What goes over a connection.

use crate::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

/// What a client sends, and is sent.
///
/// ```
/// use mcp_agent::Message;
///
/// assert_eq!(Message::from("hello").text(), Some("hello"));
/// assert_eq!(Message::from(vec![1, 2]).bytes(), [1, 2]);
/// let numbers: Vec<u8> = Message::json(&[1, 2])?.read()?;
/// assert_eq!(numbers, [1, 2]);
/// # Ok::<(), mcp_agent::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Message {
    /// A value as JSON, in a text.
    ///
    /// # Errors
    /// When it does not serialise.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        Ok(Self::Text(serde_json::to_string(value)?))
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(_) => None,
        }
    }

    /// The bytes; those of a text are its UTF-8.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// What it says as JSON, text or not.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(self.bytes()).map_err(Error::invalid_params)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes)
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::Binary(bytes.to_vec())
    }
}
