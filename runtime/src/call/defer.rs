//! A call that becomes a task when its handler says so.

use super::{Call, want};

/// The method of the want to become a task. No client is ever asked for it.
pub const DEFER: &str = "tasks/create";

impl Call {
    /// Goes on as a task, if the tool is declared with `task = "deferred"` and the client knows tasks: the client is answered by a
    /// receipt, and what is asked from here on is asked by the task. What was asked before was asked as by any other call.
    ///
    /// Everywhere else, in a task too, the call just goes on.
    pub async fn defer(&self) {
        if let Some(live) = &self.0
            && live.defers.get()
        {
            live.wait(want("", DEFER, String::new())).await
        }
    }
}
