//! What the front asks a task's object, on its way there.

use super::TaskAct;
use crate::call::CallHead;

/// Something that is asked of a task whose id was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskAsk {
    /// The object: `task:<32 hex digits>`.
    pub object: String,
    /// What is asked.
    pub act: TaskAct,
    /// How it is answered.
    pub head: CallHead,
    /// The id, as the client wrote it.
    pub task: String,
    /// `inputResponses`, a raw JSON object; empty where there is none.
    pub responses: String,
}

impl TaskAsk {
    /// A text that [`TaskAsk::decode`] reads.
    pub fn encode(&self) -> String {
        let act = match self.act {
            TaskAct::Get => "get",
            TaskAct::Update => "update",
            TaskAct::Cancel => "cancel",
        };
        let head = self.head.encode();
        [act, "\n", &self.task, "\n", &head, "\n", &self.responses].concat()
    }

    /// Reads what [`TaskAsk::encode`] wrote. The object knows its own name.
    pub fn decode(text: &str) -> Option<TaskAsk> {
        let mut parts = text.splitn(4, '\n');
        let act = match parts.next()? {
            "get" => TaskAct::Get,
            "update" => TaskAct::Update,
            "cancel" => TaskAct::Cancel,
            _ => return None,
        };
        Some(TaskAsk {
            object: String::new(),
            act,
            task: parts.next()?.to_owned(),
            head: CallHead::decode(parts.next()?)?,
            responses: parts.next()?.to_owned(),
        })
    }
}
