//! Calls over HTTP+SSE that ask nothing. Their POST is answered when they are accepted, so each has a row until its answer is on the
//! stream: when the object is lost meanwhile, its client is told that the call was.

use super::Object;
use crate::agent::Agent;
use mcp_agent_protocol::{CallHead, RowsError, RpcError};
use std::rc::Rc;

/// Begins the keys of such calls.
const ACCEPTED: &str = "accepted/";

impl<A: Agent> Object<A> {
    /// A call is accepted. Gives its row's key.
    pub(super) fn accept(&self, head: &CallHead) -> Result<String, RowsError> {
        let mut name = [0; 8];
        self.host.entropy(&mut name);
        let key = format!("{ACCEPTED}{:016x}", u64::from_le_bytes(name));
        self.host.put(&key, &head.encode())?;
        self.accepted.borrow_mut().insert(key.clone());
        Ok(key)
    }

    /// The answer to a call that was accepted.
    pub(super) fn answer_accepted(self: &Rc<Self>, key: &str, answer: &str) {
        self.accepted.borrow_mut().remove(key);
        if let Err(error) = self.host.delete(key) {
            crate::host::log(&error.to_string());
        }
        self.push_or_log(answer);
    }

    /// What was accepted in another life of this object is not under way any more.
    pub(super) fn answer_lost(self: &Rc<Self>) -> Result<(), RowsError> {
        for (key, head) in self.host.list(ACCEPTED, "")? {
            if self.accepted.borrow().contains(&key) {
                continue;
            }
            match CallHead::decode(&head) {
                Some(head) => {
                    let lost = self.engine.answer(&head, Err(RpcError::internal()));
                    self.answer_accepted(&key, &lost.body);
                }
                // Of another release, which cannot be answered for.
                None => self.host.delete(&key)?,
            }
        }
        Ok(())
    }
}
