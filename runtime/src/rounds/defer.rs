//! A round whose handler goes on as a task (`Call::defer`): the last round is answered by the task, which begins with all that the
//! rounds have brought.

use super::Sealer;
use crate::agent::Agent;
use crate::host::task_signal;
use crate::once::Task;
use mcp_agent_protocol::{
    ClientCaps, ContentKind, Reply, Round, RpcError, TargetKind, TaskOutput, TaskRequest,
    TaskSupport,
};
use std::rc::Rc;

/// Asks an object of this name: its verb `call`.
pub type AskObject = Rc<dyn Fn(&str, &str) -> Task<Option<String>>>;

/// What is needed to hand a call over to a task.
pub struct Deferring {
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
    pub ask: AskObject,
}

/// Whether a call may become a task while it runs.
pub fn may_defer<A: Agent>(round: &Round<'_>) -> bool {
    let (head, target) = (&round.call.head, round.call.target);
    let tool = match target.kind {
        TargetKind::Tool => A::CATALOG.tools.get(target.index),
        _ => None,
    };
    tool.is_some_and(|tool| tool.task == TaskSupport::Deferred)
        && head.client.has(ClientCaps::TASKS)
}

impl Sealer {
    /// Makes the task. The same rounds make the same task, however often the last is sent.
    pub(super) async fn make_task(&self, round: &Round<'_>, defer: &Deferring) -> Reply {
        let head = &round.call.head;
        let request = TaskRequest::Create {
            call: round.call.clone(),
            journal: Some(round.journal.clone()),
        };
        let mut entropy = |out: &mut [u8]| (self.entropy)(out);
        let (principal, keys) = (round.principal(), Some(&*self.keys));
        let (engine, now_ms) = (&self.engine, defer.now_ms);
        let output = engine.task(request, principal, keys, now_ms, &mut entropy);
        let TaskOutput::Create(new) = output else {
            return engine.answer(head, Err(RpcError::internal()));
        };
        let made = (defer.ask)(&new.object, &task_signal::payload(&new)).await;
        match made.as_deref().and_then(|signal| signal.strip_prefix('J')) {
            Some(body) => Reply {
                status: 200,
                headers: Vec::new(),
                content: ContentKind::Json,
                body: body.to_owned(),
            },
            None => engine.answer(head, Err(RpcError::internal())),
        }
    }
}
