//! The state in sync with clients of the npm package `agents` (`AgentClient`, `useAgent`), over its WebSocket protocol: what is said, and what comes of
//! what a client says. The connections are the object's ([`crate::object`]).

mod frame;
mod joining;
mod merge;
mod path;
mod peers;
mod recent;
mod same;

pub use frame::{Frame, called, identity, read, refused, state, state_error};
pub use joining::Joining;
pub use merge::{Unwritten, merge};
pub use path::{At, at, instance, paths};
pub use peers::Peers;
pub use recent::Recent;
pub use same::same_state;

use serde::Serialize;
use serde_json::{Map, Value};

/// How long a connection lasts that somebody is known to be behind, from the ticket or the token that opened it, in milliseconds: whether they may still come in
/// is looked at again then.
pub const LIFE_MS: u64 = 3_600_000;

/// What a connection is closed with when that is over. The clients of `agents` come back after it, with a fresh ticket where they are given a function
/// that fetches one; 1008 and 4000 to 4999 would be the end for them.
pub const EXPIRED: (u16, &str) = (3000, "expired");

/// How long a client has said nothing when it is sent the state once more, in milliseconds.
pub const SETTLE_MS: u64 = 1_000;

/// The members of a state, each a field.
pub type Fields = Map<String, Value>;

/// The fields of a state. `None` for what is no object, which no state is.
pub fn fields(state: &impl Serialize) -> Option<Fields> {
    match serde_json::to_value(state) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}
