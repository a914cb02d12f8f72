//! Tasks that a client listens to (`subscriptions/listen` with `taskIds`).

use super::id::TaskId;
use crate::client::ClientCaps;
use crate::engine::Engine;
use crate::error::RpcError;
use crate::stateless::Sealing;
use crate::wire::{Object, quote, string};
use serde_json::value::RawValue;

/// The most tasks that one stream can be about.
const MOST_TASKS: usize = 256;

/// A task that a client listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeardTask {
    /// Its object.
    pub object: String,
    /// Its id, as the client wrote it.
    pub id: String,
}

impl HeardTask {
    /// One word that [`HeardTask::decode`] reads.
    pub fn encode(&self) -> String {
        [&*self.object, " ", &self.id].concat()
    }

    /// Reads what [`HeardTask::encode`] wrote.
    pub fn decode(word: &str) -> Option<HeardTask> {
        let (object, id) = word.split_once(' ')?;
        Some(HeardTask {
            object: object.to_owned(),
            id: id.to_owned(),
        })
    }

    /// The members of `notifications/tasks`, behind a comma. `news` is what the task says ([`super::TaskRecord::news`]).
    pub fn params(&self, news: &str) -> String {
        let mut out = String::from(",\"taskId\":");
        quote(&mut out, &self.id);
        out.push(',');
        out.push_str(news);
        out
    }
}

impl Engine {
    /// The tasks of a filter that there may be; ids that are not of this principal, or over, are left out. `None` where the keys are
    /// missing.
    pub(crate) fn heard_tasks(
        &self,
        filter: &Object<'_>,
        client: ClientCaps,
        principal: Option<&str>,
        sealing: &Sealing<'_>,
    ) -> Result<Option<Vec<HeardTask>>, RpcError> {
        let ids = match filter.get("taskIds") {
            Some(ids) if self.catalog.has_tasks() => ids,
            _ => return Ok(Some(Vec::new())),
        };
        if !client.has(ClientCaps::TASKS) {
            return Err(RpcError::missing_capability(&ClientCaps::TASKS.required()));
        }
        let wrong = || {
            RpcError::invalid_params("`notifications.taskIds` must be an array of at most 256 ids")
        };
        let ids: Vec<&RawValue> = serde_json::from_str(ids.get()).map_err(|_| wrong())?;
        if ids.len() > MOST_TASKS {
            return Err(wrong());
        }
        let Some(keys) = sealing.keys else {
            return Ok(None);
        };
        let mut heard: Vec<HeardTask> = Vec::new();
        for id in ids {
            let id = string(id).ok_or_else(wrong)?;
            let known = TaskId::open(keys, principal, &id, sealing.now_ms);
            if let Some(task) = known
                && heard.iter().all(|heard| heard.id != id)
            {
                heard.push(HeardTask {
                    object: task.object(),
                    id: id.into_owned(),
                });
            }
        }
        Ok(Some(heard))
    }
}
