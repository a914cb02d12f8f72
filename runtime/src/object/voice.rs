//! What a handler says before anybody knows whether there will be a stream to say it on.

use mcp_agent_protocol::Emission;
use std::cell::{Cell, RefCell};

/// Keeps what is said until the call has a number.
#[derive(Default)]
pub struct Voice {
    call: Cell<Option<u32>>,
    kept: RefCell<Vec<(u32, Emission)>>,
}

impl Voice {
    /// The call that speaks, if it has a number; else what was said is kept.
    pub fn hear(&self, said: Vec<(u32, Emission)>) -> Option<(u32, Vec<(u32, Emission)>)> {
        match self.call.get() {
            Some(call) => Some((call, said)),
            None => {
                self.kept.borrow_mut().extend(said);
                None
            }
        }
    }

    /// Whether nothing was said yet.
    pub fn is_silent(&self) -> bool {
        self.kept.borrow().is_empty()
    }

    /// The call has a number now. Gives what was kept.
    pub fn begin(&self, call: u32) -> Vec<(u32, Emission)> {
        self.call.set(Some(call));
        self.kept.take()
    }
}
