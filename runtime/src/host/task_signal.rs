//! What the front tells a task's object, as a payload of the signal `O`. No other payload of it begins with `task `.

use super::signal;
use mcp_agent_protocol::{NewTask, Route, TaskAsk};

/// Begins the payloads.
const TASK: &str = "task ";
const NEW: &str = "new\n";

/// What a task's object is told.
pub enum TaskTold {
    /// Make a task.
    New(NewTask<'static>),
    /// Answer this.
    Ask(TaskAsk),
}

/// A task that is to be made.
pub fn new(task: &NewTask<'_>) -> String {
    ["O", &task.object, "\n", &payload(task)].concat()
}

/// The same as a payload alone.
pub fn payload(task: &NewTask<'_>) -> String {
    let state = match &task.call.route {
        Route::Here => "",
        Route::Object(name) => name,
    };
    let played = signal::played(&task.journal, &task.call);
    let (id, expires_ms) = (&task.id, task.expires_ms);
    format!("{TASK}{NEW}{id}\n{expires_ms}\n{state}\n{played}")
}

/// Something that is asked of a task.
pub fn ask(ask: &TaskAsk) -> String {
    ["O", &ask.object, "\n", TASK, &ask.encode()].concat()
}

/// Whether a payload is about a task.
pub fn is_task(payload: &str) -> bool {
    payload.starts_with(TASK)
}

/// Reads a payload. `None` where it is of another release.
pub fn read(payload: &str) -> Option<TaskTold> {
    let rest = payload.strip_prefix(TASK)?;
    match rest.strip_prefix(NEW) {
        Some(rest) => Some(TaskTold::New(read_new(rest)?)),
        None => Some(TaskTold::Ask(TaskAsk::decode(rest)?)),
    }
}

fn read_new(text: &str) -> Option<NewTask<'static>> {
    let mut parts = text.splitn(4, '\n');
    let id = parts.next()?.to_owned();
    let expires_ms = parts.next()?.parse().ok()?;
    let route = match parts.next()? {
        "" => Route::Here,
        name => Route::Object(name.to_owned()),
    };
    let (journal, job) = signal::read_played(parts.next()?)?;
    Some(NewTask {
        object: ["task:", &journal.nonce].concat(),
        id,
        expires_ms,
        call: job.into_call(route),
        journal,
    })
}
