//! Rounds of calls that ask (2026-07-28), wherever they are played: as JSON when they end at once and say nothing, and as a stream
//! when not.

mod defer;
mod opening;
mod pipe;
mod player;

pub use defer::Deferring;
pub use opening::Opening;
pub use pipe::{Pipe, Push};
pub use player::{Player, Sealer};

use crate::call::Live;
use crate::once::Task;
use mcp_agent_protocol::Reply;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How a round is answered.
pub enum Begun {
    /// Send this.
    Reply(Reply),
    /// Join the client to the stream of this number. The rest of the play ends it.
    Stream(u32, Task<()>),
}

/// The streams of rounds that are being played.
#[derive(Default)]
pub struct Rounds(RefCell<BTreeMap<u32, Open>>);

/// A stream, and the play that writes to it.
struct Open {
    pipe: Rc<Pipe>,
    live: Rc<Live>,
}

impl Rounds {
    /// A client is joined to its stream. Gives what was said before, and whether that was all; `None` where nobody knows of the stream.
    pub fn join(&self, stream: u32, push: Push) -> Option<(String, bool)> {
        let mut open = self.0.borrow_mut();
        let joined = open.get(&stream)?.pipe.attach(push);
        if joined.1 {
            open.remove(&stream);
        }
        Some(joined)
    }

    /// The client of a stream is gone: so is its call. False where nobody knows of the stream.
    pub fn left(&self, stream: u32) -> bool {
        let left = self.0.borrow_mut().remove(&stream);
        if let Some(open) = &left {
            open.live.cancel();
        }
        left.is_some()
    }

    /// Whether a round is being played whose client has this stream.
    pub fn has(&self, stream: u32) -> bool {
        self.0.borrow().contains_key(&stream)
    }

    fn open(&self, stream: u32, pipe: Rc<Pipe>, live: Rc<Live>) {
        self.0.borrow_mut().insert(stream, Open { pipe, live });
    }

    /// The last message of a stream. It stays for a client that has not joined it yet.
    fn close(&self, stream: u32, last: &str) {
        let mut open = self.0.borrow_mut();
        if open.get(&stream).is_some_and(|open| open.pipe.end(last)) {
            open.remove(&stream);
        }
    }
}
