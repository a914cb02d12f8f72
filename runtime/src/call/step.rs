//! What a call does once, however often it is played.

use super::Call;
use crate::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::future::{Future, pending};

impl Call {
    /// Does something once: its result is stored before this returns, and every later play of the call gets it from there. `key` names
    /// the step in its call.
    ///
    /// A step that has begun is finished, even if the client cancels the call meanwhile; a cancelled call begins none. One that fails is
    /// not stored, and is tried again by the next play. A Worker that dies between what a step does and the storing of it does it again:
    /// where even that must not happen, hand the call's own key to whoever does it.
    ///
    /// # Errors
    /// What `make` fails with; -32603 when the result cannot be stored, or is not what this release of the handler expects.
    pub async fn step<T, F>(&self, key: &str, make: impl FnOnce() -> F) -> Result<T>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T>>,
    {
        let Some(live) = &self.0 else {
            // There is one play only.
            return make().await;
        };
        let nonce = &live.journal.nonce;
        // Whoever leaves now may send the request again: what is begun is finished and stored.
        let under_way = live.step();
        if let Some(json) = live.steps.get(nonce, key).await? {
            return serde_json::from_str(&json).map_err(|error| broken(key, &error));
        }
        if live.is_cancelled() {
            drop(under_way);
            return pending().await;
        }
        let value = make().await?;
        let json = serde_json::to_string(&value).map_err(|error| broken(key, &error))?;
        live.steps.put(nonce, key, &json).await?;
        drop(under_way);
        Ok(value)
    }
}

fn broken(key: &str, error: &serde_json::Error) -> Error {
    crate::host::log(&format!("the result of the step `{key}`: {error}"));
    Error::protocol(-32603, "internal error")
}
