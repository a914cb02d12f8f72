//! WebSockets of an agent's own, at a declared path.

mod cx;
mod lines;
mod message;
mod socket;
mod sockets;

pub use lines::{Lines, turn};
pub use message::Message;
pub use socket::{Known, Socket};
pub use sockets::Sockets;

use crate::request::Request;

/// The codes that an end may be told by: those of RFC 6455, 7.4 that may be sent, those of the registry, and those of applications.
pub fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Begins the id of a connection that follows the state. No other begins like that: those are hex digits.
const FOLLOWER: &str = "s";

/// The id of a follower.
pub fn follower_id(id: &str) -> String {
    [FOLLOWER, id].concat()
}

/// Whether a connection follows the state.
pub fn is_follower(id: &str) -> bool {
    id.starts_with(FOLLOWER)
}

/// A client wants to connect.
#[derive(Debug)]
pub struct Connected {
    /// Its connection, once it is accepted.
    pub socket: Socket,
    /// What it asked for.
    pub request: Request,
}

/// A client sent something.
#[derive(Debug)]
pub struct Received {
    /// Its connection.
    pub socket: Socket,
    /// What it sent.
    pub message: Message,
}

/// A connection has ended.
#[derive(Debug)]
pub struct Closed {
    /// The connection, to which nothing can be sent any more.
    pub socket: Socket,
    /// The code of RFC 6455, 7.4: 1005 where the client gave none, 1006 where it is gone without a word.
    pub code: u16,
    /// What its client said of it.
    pub reason: String,
}

/// A connection has failed.
#[derive(Debug)]
pub struct Failed {
    /// The connection.
    pub socket: Socket,
    /// What is known of it.
    pub error: String,
}
