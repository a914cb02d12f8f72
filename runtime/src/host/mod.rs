//! Hosts: short adapters between a place that runs code and the engine.

pub mod front;
#[cfg(not(target_arch = "wasm32"))]
pub mod memory;
pub mod signal;
#[cfg(not(target_arch = "wasm32"))]
pub mod stdio;
pub mod task_signal;
pub mod workers;

use crate::once::Task;
use mcp_agent_protocol::{Keys, SessionHost};
use std::rc::Rc;

/// What an object's host lends to it.
pub trait Host: SessionHost {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Fills `out` with bytes that nobody can guess.
    fn entropy(&self, out: &mut [u8]);
    /// The sealing keys. `None` until the host has fetched them.
    fn keys(&self) -> Option<Rc<Keys>>;
    /// Runs a task from the next turn on, for as long as it takes.
    fn spawn(&self, task: Task<()>);
    /// Which call ended the instance that this object was lost with: its nonce, or something else if it was none. `None` where nobody
    /// knows.
    fn lost_by(&self) -> Option<&str> {
        None
    }
    /// Asks another object of the same Worker. The request is on its way when this returns; those to one object arrive in their order.
    /// `None` when it failed, which is logged.
    fn remote(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>>;
}

/// Writes a line for the operator. No secret belongs in it; what a handler says of its own failure may repeat an argument.
pub fn log(line: &str) {
    #[cfg(target_arch = "wasm32")]
    worker::console_error!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{line}");
}

/// Waits, in milliseconds.
pub async fn delay(ms: u64) {
    #[cfg(target_arch = "wasm32")]
    worker::Delay::from(std::time::Duration::from_millis(ms)).await;
    #[cfg(not(target_arch = "wasm32"))]
    memory::delay(ms).await;
}
