//! What a client reads of a task.

use super::record::{Ask, Status, TaskRecord};
use super::request::no_task;
use super::time::iso;
use super::{NewTask, POLL_MS, TaskAsk};
use crate::call::CallHead;
use crate::engine::Engine;
use crate::http::Reply;
use crate::jsonrpc;
use crate::rounds::input_requests;
use crate::route::frame;
use crate::session::{Rows, RowsError, Want};
use crate::wire::quote;

impl Engine {
    /// `CreateTaskResult`. The task is stored already.
    pub fn task_created(&self, new: &NewTask<'_>, task: &TaskRecord) -> Reply {
        let mut members = String::from("\"resultType\":\"task\",");
        // Of one that was made before, as a request that is sent twice makes it: what is in it now is for `tasks/get`.
        named(&mut members, &new.id);
        task.write(&mut members, "working");
        self.task_reply(&new.call.head, &members)
    }

    /// The answer to `tasks/get`: `DetailedTask`.
    pub fn task_got(
        &self,
        ask: &TaskAsk,
        task: &TaskRecord,
        rows: &dyn Rows,
    ) -> Result<Reply, RowsError> {
        let mut members = String::from("\"resultType\":\"complete\",");
        named(&mut members, &ask.task);
        members.push_str(&task.news(rows)?);
        Ok(self.task_reply(&ask.head, &members))
    }

    /// The answer to `tasks/update` and `tasks/cancel`, which says nothing but that it was heard.
    pub fn task_heard(&self, ask: &TaskAsk) -> Reply {
        self.task_reply(&ask.head, "\"resultType\":\"complete\"")
    }

    /// The answer when there is no such task, or none any more.
    pub fn task_unknown(&self, ask: &TaskAsk) -> Reply {
        no_task(&ask.head)
    }

    fn task_reply(&self, head: &CallHead, members: &str) -> Reply {
        let meta = self.lists.meta(&self.catalog, head.version);
        let body = jsonrpc::result(&head.id, &["{", members, meta, "}"]);
        frame(head.framing, 200, body)
    }
}

impl TaskRecord {
    /// What `notifications/tasks` says of it, but for its id: the members of `DetailedTask`.
    pub fn news(&self, rows: &dyn Rows) -> Result<String, RowsError> {
        let wants: Vec<Want> = self.open().map(Ask::want).collect();
        let asks = !wants.is_empty();
        let status = match self.status {
            Status::Working if asks => "input_required",
            Status::Working => "working",
            Status::Completed => "completed",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        };
        let mut out = String::new();
        self.write(&mut out, status);
        if asks {
            out.push_str(",\"inputRequests\":");
            input_requests(&mut out, &wants);
        }
        if let Some(end) = self.end(rows)? {
            let (kind, json) = end.split_at(1);
            out.push_str(match kind {
                "+" => ",\"result\":",
                _ => ",\"error\":",
            });
            out.push_str(json);
        }
        Ok(out)
    }

    /// The members of `Task`, but for its id.
    fn write(&self, out: &mut String, status: &str) {
        out.push_str("\"status\":");
        quote(out, status);
        if let Some(message) = &self.message {
            out.push_str(",\"statusMessage\":");
            quote(out, message);
        }
        // Another clock may be behind the one that it began by.
        let updated_ms = self.updated_ms.max(self.created_ms);
        let times = format!(
            ",\"createdAt\":\"{}\",\"lastUpdatedAt\":\"{}\",\"ttlMs\":{},\"pollIntervalMs\":{POLL_MS}",
            iso(self.created_ms),
            iso(updated_ms),
            self.expires_ms - self.created_ms,
        );
        out.push_str(&times);
    }
}

fn named(out: &mut String, id: &str) {
    out.push_str("\"taskId\":");
    quote(out, id);
    out.push(',');
}
