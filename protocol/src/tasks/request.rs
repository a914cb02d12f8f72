//! Requests that make a task or are about one, in the front: which object is to be asked.

use super::TaskAsk;
use super::id::TaskId;
use crate::call::{Call, CallHead, Target, TargetKind};
use crate::client::ClientCaps;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::Reply;
use crate::jsonrpc::Params;
use crate::methods::{Context, failed};
use crate::rounds;
use crate::session::Journal;
use crate::token::{Entropy, Keys, hex};
use crate::wire::string;
use std::borrow::Cow;

/// What is asked of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskAct {
    /// `tasks/get`.
    Get,
    /// `tasks/update`.
    Update,
    /// `tasks/cancel`.
    Cancel,
}

/// A request that makes a task or is about one. Its id is not opened yet: that takes the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskRequest<'r> {
    /// This call becomes a task.
    Create {
        /// The call.
        call: Call<'r>,
        /// What its client was asked before, if it was. The same journal makes the same task.
        journal: Option<Journal>,
    },
    /// Something is asked of a task.
    About {
        /// What.
        act: TaskAct,
        /// How it is answered. Its target means nothing.
        head: CallHead,
        /// `taskId`.
        task: Cow<'r, str>,
        /// `inputResponses`, a raw JSON object; empty where there is none.
        responses: &'r str,
    },
}

/// What the host must do for a [`TaskRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskOutput<'r> {
    /// Send this.
    Reply(Reply),
    /// Fetch the sealing keys and call again with them.
    NeedKeys,
    /// Have the task made by its object, which answers.
    Create(NewTask<'r>),
    /// Ask the task's object, which answers.
    Ask(TaskAsk),
}

/// A task that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask<'r> {
    /// Its id, for the client.
    pub id: String,
    /// Its object: `task:<32 hex digits>`.
    pub object: String,
    /// When it is over, in milliseconds since the Unix epoch.
    pub expires_ms: u64,
    /// The call that it is.
    pub call: Call<'r>,
    /// What the handler is told when it is first played.
    pub journal: Journal,
}

/// The act of a method.
pub(crate) fn method(name: &str) -> Option<TaskAct> {
    match name {
        "tasks/get" => Some(TaskAct::Get),
        "tasks/update" => Some(TaskAct::Update),
        "tasks/cancel" => Some(TaskAct::Cancel),
        _ => None,
    }
}

impl Engine {
    /// `tasks/*`, without its id opened.
    pub(crate) fn about_task<'r>(
        &self,
        context: Context,
        id: &str,
        act: TaskAct,
        params: &Params<'r>,
    ) -> Result<Output<'r>, RpcError> {
        if !context.client.has(ClientCaps::TASKS) {
            return Err(RpcError::missing_capability(&ClientCaps::TASKS.required()));
        }
        let task = params
            .task_id
            .and_then(string)
            .ok_or_else(|| RpcError::invalid_params("`taskId` must be a string"))?;
        let responses = match (act, params.input_responses) {
            (TaskAct::Update, Some(responses)) => {
                rounds::given(Some(responses))?;
                responses.get()
            }
            (TaskAct::Update, None) => return Err(rounds::no_responses()),
            (TaskAct::Get | TaskAct::Cancel, _) => "",
        };
        let head = CallHead {
            id: id.to_owned(),
            version: context.version,
            framing: context.framing,
            session: None,
            client: context.client,
            target: Target {
                kind: TargetKind::Tool,
                index: 0,
            },
            trace: None,
            who: None,
        };
        Ok(Output::Task(TaskRequest::About {
            act,
            head,
            task,
            responses,
        }))
    }

    /// Goes on with [`Output::Task`]. `principal` is who asks: a task is of nobody else.
    pub fn task<'r>(
        &self,
        request: TaskRequest<'r>,
        principal: Option<&str>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> TaskOutput<'r> {
        let Some(keys) = keys else {
            return TaskOutput::NeedKeys;
        };
        match request {
            TaskRequest::Create { call, journal } => {
                self.new_task(call, journal, principal, keys, now_ms, entropy)
            }
            TaskRequest::About {
                act,
                head,
                task,
                responses,
            } => match TaskId::open(keys, principal, &task, now_ms) {
                Some(id) => TaskOutput::Ask(TaskAsk {
                    object: id.object(),
                    act,
                    head,
                    task: task.into_owned(),
                    responses: responses.to_owned(),
                }),
                None => TaskOutput::Reply(no_task(&head)),
            },
        }
    }

    fn new_task<'r>(
        &self,
        mut call: Call<'r>,
        journal: Option<Journal>,
        principal: Option<&str>,
        keys: &Keys,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> TaskOutput<'r> {
        let mut random = [0; 16];
        match journal
            .as_ref()
            .and_then(|journal| read_hex(&journal.nonce))
        {
            Some(nonce) => random = nonce,
            None => entropy.fill(&mut random),
        }
        let expires_ms = now_ms.saturating_add(self.policy.task_ttl_ms);
        let task = TaskId { random, expires_ms };
        let Some(id) = task.seal(keys, principal, entropy) else {
            let head = &call.head;
            let error = RpcError::internal();
            return TaskOutput::Reply(failed(head.framing, head.version, &head.id, &error));
        };
        // Where it is played, not where its last round was.
        if let Some(tool) = self.catalog.tools.get(call.target.index) {
            let who = call.head.who.as_deref().and_then(|who| self.principal(who));
            call.route = self.place_of(tool.place, None, who.as_deref());
        }
        let client = call.head.version.limits(call.head.client);
        let journal = Journal {
            nonce: hex(&random),
            client,
            // Nothing of it is sent to anybody: tasks have no logs, and their progress is a status.
            level: None,
            progress: None,
            emitted: 0,
            asked: journal.map(|journal| journal.asked).unwrap_or_default(),
        };
        TaskOutput::Create(NewTask {
            id,
            object: task.object(),
            expires_ms,
            call,
            journal,
        })
    }
}

/// `-32602`: no such task, or none of yours, or none any more. Nobody learns which.
pub(super) fn no_task(head: &CallHead) -> Reply {
    let error = RpcError::invalid_params("there is no such task, or it has expired");
    failed(head.framing, head.version, &head.id, &error)
}

fn read_hex(text: &str) -> Option<[u8; 16]> {
    let mut out = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(out)
}
