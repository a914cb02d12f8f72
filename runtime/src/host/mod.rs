//! Hosts: short adapters between a place that runs code and the engine.

pub mod front;
mod front_beside;
mod front_keep;
mod front_sync;
#[cfg(not(target_arch = "wasm32"))]
pub mod memory;
pub mod plain;
pub mod signal;
#[cfg(not(target_arch = "wasm32"))]
pub mod stdio;
#[cfg(all(not(target_arch = "wasm32"), feature = "sqlite"))]
pub mod tables;
pub mod task_signal;
pub mod workers;

use crate::once::Task;
use crate::sql::Database;
use crate::websocket::Sockets;
use mcp_agent_protocol::{Keys, SessionHost};
use std::rc::Rc;

/// What an object's host lends to it.
pub trait Host: SessionHost + Sockets {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Fills `out` with bytes that nobody can guess.
    fn entropy(&self, out: &mut [u8]);
    /// The sealing keys. `None` until the host has fetched them.
    fn keys(&self) -> Option<Rc<Keys>>;
    /// Runs a task from the next turn on, for as long as it takes.
    fn spawn(&self, task: Task<()>);
    /// The object's SQLite, for tables of the user's own. `None` where the host has none.
    fn database(&self) -> Option<&dyn Database>;
    /// Which call ended the instance that this object was lost with: its nonce, or something else if it was none. `None` where nobody
    /// knows.
    fn lost_by(&self) -> Option<&str> {
        None
    }
    /// Asks another object of the same Worker. The request is on its way when this returns; those to one object arrive in their order.
    /// `None` when it failed, which is logged.
    fn remote(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>>;
    /// The names of the handlers that can be scheduled here.
    fn schedulable(&self) -> Vec<&'static str> {
        Vec::new()
    }
    /// What is scheduled here may be something else now: the alarm is for whatever comes first, but not for a schedule before this time.
    fn wake_for_schedules(&self, _not_before_ms: u64) {}
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

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Date::now() as u64;
    #[cfg(not(target_arch = "wasm32"))]
    memory::now_ms()
}

/// Asks the object that keeps the token of a sign-in for it: JSON. `None` when it failed, which is logged.
pub async fn ask_vault(object: &str, grant: &str) -> Option<String> {
    #[cfg(target_arch = "wasm32")]
    return workers::ask(object, "upstream", grant).await;
    #[cfg(not(target_arch = "wasm32"))]
    return {
        let _known_by_the_worker = object;
        memory::upstream(grant)
    };
}
