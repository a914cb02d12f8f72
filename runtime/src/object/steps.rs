//! The results of steps, in rows of the object that plays the call.

use crate::call::Steps;
use crate::host::Host;
use crate::{Error, Result};
use mcp_agent_protocol::RowsError;
use std::rc::Rc;

/// Begins the keys of steps.
pub const STEP: &str = "step/";

/// Rows of steps. Each begins with when it may go.
pub struct RowSteps {
    pub host: Rc<dyn Host>,
    pub until_ms: u64,
}

impl Steps for RowSteps {
    fn get(&self, nonce: &str, key: &str) -> Result<Option<String>> {
        let row = self.host.get(&step(nonce, key)).map_err(|e| failed(&e))?;
        Ok(row.and_then(|row| Some(row.split_once('\n')?.1.to_owned())))
    }

    fn put(&self, nonce: &str, key: &str, json: &str) -> Result<()> {
        let row = format!("{}\n{json}", self.until_ms);
        self.host
            .put(&step(nonce, key), &row)
            .map_err(|e| failed(&e))
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
