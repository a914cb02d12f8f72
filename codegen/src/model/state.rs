//! What an agent keeps.

use super::{Field, Permission};

/// `[state]`.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// One object a key of this scope.
    pub scope: Scope,
    /// What pages see of it.
    pub sync: SyncMode,
    /// Who may have the state of others exported and deleted.
    pub admin: Option<Permission>,
    /// Version of the state's shape, from 1.
    pub version: u32,
    /// Largest serialised state, in bytes.
    pub max_bytes: u64,
    /// What makes the tables of its own, in their order.
    pub migrations: Vec<Migration>,
    /// Whether a handler hears of each change.
    pub on_update: bool,
    /// The fields. Each has a default or is optional, so that an empty object has a state.
    pub fields: Vec<Field>,
}

impl State {
    /// The fields that a page may write.
    pub fn writable(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|it| it.writable)
    }
}

/// Whose state it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One object for everybody.
    Server,
    /// One object a session; legacy protocol versions only.
    Session,
    /// One object a caller. Only with [`super::Auth`].
    User,
    /// One object a value of a claim. Only with [`super::Auth`].
    Tenant {
        /// The names of the members that lead to the claim. Not empty.
        claim: Vec<String>,
    },
}

impl Scope {
    /// The way to the claim whose values are tenants.
    pub fn claim(&self) -> Option<&Vec<String>> {
        match self {
            Self::Tenant { claim } => Some(claim),
            Self::Server | Self::Session | Self::User => None,
        }
    }
}

/// What pages see of the state, by the WebSocket protocol of the npm package `agents`. Not of the scope [`Scope::Session`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncMode {
    /// Nothing.
    #[default]
    Off,
    /// All of it.
    ReadOnly,
    /// All of it, and they write the fields that are [`Field::writable`], of which there is one at least.
    ReadWrite,
}

/// A file of SQL, which is run once in each object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The file, as declared.
    pub path: String,
    /// Its text. Not empty.
    pub text: String,
    /// SHA-256 of the text, in hex, as if its lines ended as on Unix.
    pub hash: String,
}
