//! Tasks: tool calls that go on when their request has been answered (extension `io.modelcontextprotocol/tasks`, SEP-2663), on versions
//! without sessions.
//!
//! A task is an object of its own, named by what is sealed in its id. [`Engine::handle`](crate::Engine::handle) says that a request is
//! about a task; [`Engine::task`](crate::Engine::task) opens or makes the id and says which object to ask; there, a [`TaskRecord`] over
//! the object's rows is all that is known of it.

mod ask;
mod id;
mod listen;
mod record;
mod replay;
mod request;
mod rows;
mod time;
mod write;

pub use ask::TaskAsk;
pub(crate) use listen::HeardTask;
pub use record::TaskRecord;
pub(crate) use request::method;
pub use request::{NewTask, TaskAct, TaskOutput, TaskRequest};

/// How often a client should look after a task, in milliseconds.
const POLL_MS: u64 = 1_000;
