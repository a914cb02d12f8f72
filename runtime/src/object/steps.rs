//! The results of steps, in rows of the object that plays the call.

use super::Object;
use crate::agent::Agent;
use crate::call::Steps;
use crate::host::Host;
use crate::once::Task;
use crate::{Error, Result};
use mcp_agent_protocol::RowsError;
use std::future::ready;
use std::rc::Rc;

/// Begins the keys of steps.
pub const STEP: &str = "step/";

/// Rows of steps. Each begins with when it may go.
pub struct RowSteps {
    pub host: Rc<dyn Host>,
    pub until_ms: u64,
}

impl Steps for RowSteps {
    fn get(&self, nonce: &str, key: &str) -> Task<Result<Option<String>>> {
        let row = self.host.get(&step(nonce, key));
        let result = row.map(|row| Some(row?.split_once('\n')?.1.to_owned()));
        Box::pin(ready(result.map_err(|e| failed(&e))))
    }

    fn put(&self, nonce: &str, key: &str, json: &str) -> Task<Result<()>> {
        let row = format!("{}\n{json}", self.until_ms);
        let put = self.host.put(&step(nonce, key), &row);
        Box::pin(ready(put.map_err(|e| failed(&e))))
    }
}

/// The keys of a call's steps.
pub fn steps(nonce: &str) -> String {
    [STEP, nonce, "/"].concat()
}

fn step(nonce: &str, key: &str) -> String {
    [STEP, nonce, "/", key].concat()
}

fn failed(error: &RowsError) -> Error {
    crate::host::log(&format!("a step's row: {error}"));
    Error::protocol(-32603, "internal error")
}

/// Steps of a task: its own, and those that its call took before it was one.
pub struct TaskSteps {
    pub own: RowSteps,
    pub before: FrontSteps,
}

impl Steps for TaskSteps {
    fn get(&self, nonce: &str, key: &str) -> Task<Result<Option<String>>> {
        let (own, before) = (&self.own, &self.before);
        match own.host.get(&step(nonce, key)) {
            Ok(None) => before.get(nonce, key),
            _ => own.get(nonce, key),
        }
    }

    fn put(&self, nonce: &str, key: &str, json: &str) -> Task<Result<()>> {
        self.own.put(nonce, key, json)
    }
}

/// Asks the object that keeps the steps: its verb `step`.
pub type AskNotebook = Rc<dyn Fn(&str) -> Task<Option<String>>>;

/// Steps of a call that is played in the front, in the object that keeps them.
pub struct FrontSteps {
    pub ask: AskNotebook,
    pub until_ms: u64,
}

impl Steps for FrontSteps {
    fn get(&self, nonce: &str, key: &str) -> Task<Result<Option<String>>> {
        let asked = (self.ask)(&format!("?\n{}", step(nonce, key)));
        Box::pin(async move {
            match asked.await {
                Some(row) => Ok(row.strip_prefix('+').map(str::to_owned)),
                None => Err(Error::protocol(-32603, "internal error")),
            }
        })
    }

    fn put(&self, nonce: &str, key: &str, json: &str) -> Task<Result<()>> {
        let row = format!("{}\n{json}", self.until_ms);
        // A key is the handler's, and may have line ends.
        let key = step(nonce, key);
        let asked = (self.ask)(&format!("!{}\n{key}{row}", key.len()));
        Box::pin(async move {
            match asked.await {
                Some(_) => Ok(()),
                None => Err(Error::protocol(-32603, "internal error")),
            }
        })
    }
}

impl<A: Agent> Object<A> {
    /// A step of a call that the front plays: `?` and its key, or `!`, the key's length, the key and the row.
    pub(super) fn step_of_front(&self, payload: &str) -> Option<Task<String>> {
        let (first, rest) = payload.split_once('\n')?;
        let done = match first.strip_prefix('!') {
            None => self.host.get(rest).map(|row| match &row {
                Some(row) => ["+", row.split_once('\n').map_or("", |(_, json)| json)].concat(),
                None => String::new(),
            }),
            Some(length) => {
                let (key, row) = rest.split_at_checked(length.parse().ok()?)?;
                self.sweep_later();
                self.host.put(key, row).map(|()| String::new())
            }
        };
        match done {
            Ok(answer) => Some(Box::pin(ready(answer))),
            Err(error) => {
                crate::host::log(&error.to_string());
                None
            }
        }
    }
}
