//! What a handler is told of its run.

use crate::{Error, Result};
use serde::de::DeserializeOwned;

/// A run of a schedule's handler.
#[derive(Clone, Debug)]
pub struct Due {
    /// The id of the schedule.
    pub(crate) id: String,
    /// Begins equal for every attempt at the same run, and is another for every other run.
    pub(crate) key: String,
    /// From 1 on.
    pub(crate) attempt: u32,
    /// When it was to run, in milliseconds since the Unix epoch.
    pub(crate) due_ms: u64,
    /// The payload, as JSON.
    pub(crate) payload: String,
}

impl Due {
    /// The id of the schedule, as the one who scheduled it was told.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The idempotency key: the same for every attempt at this run, and another for every other run.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Which attempt at this run it is, from 1 on.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When it was to run, in milliseconds since the Unix epoch.
    pub fn due_ms(&self) -> u64 {
        self.due_ms
    }

    /// What it was scheduled with.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.payload).map_err(Error::invalid_params)
    }
}
