//! Why a user's file could not be brought up to date.

use std::fmt;

/// A file that cannot be merged into. Nothing of it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// It is not JSON with comments.
    Syntax {
        /// What the parser says, with line and column.
        message: String,
    },
    /// A key that we keep holds something of another kind.
    Kind {
        /// The key, `durable_objects.bindings`; empty for the file itself.
        key: String,
        /// What is wanted there: `an object`.
        wanted: &'static str,
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } => write!(f, "{message}"),
            Self::Kind { key, wanted } if key.is_empty() => write!(f, "it must be {wanted}"),
            Self::Kind { key, wanted } => write!(f, "`{key}` must be {wanted}"),
        }
    }
}

impl std::error::Error for MergeError {}
