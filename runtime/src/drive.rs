//! Runs one call: finds the handler, gives it what its signature asks for, and turns what it says into the client's answer.

use crate::agent::{Agent, Handler, Input};
use crate::error::Kind;
use crate::limit::{self, WRITER_MS};
use crate::state::StateCell;
use crate::{Cx, Error, Result, host};
use mcp_agent_protocol::{
    Answer, Call, CallHead, Engine, Reply, RpcError, Target, TargetKind, ToolResult,
};
use std::rc::Rc;

/// A call that owns what it needs, because it may outlive the request's bytes.
pub struct Job {
    /// Who asked, and how to answer.
    pub head: CallHead,
    /// What is called.
    pub target: Target,
    /// The URI as requested; empty where there is none.
    pub uri: String,
    /// The validated arguments.
    pub arguments: String,
}

impl From<Call<'_>> for Job {
    fn from(call: Call<'_>) -> Self {
        Self {
            head: call.head,
            target: call.target,
            uri: call.uri.map(Into::into).unwrap_or_default(),
            arguments: call.arguments.into_owned(),
        }
    }
}

/// Runs a job to its answer. `state` is there in an object, and absent in the front Worker.
pub async fn run<A: Agent>(engine: Rc<Engine>, state: Option<Rc<StateCell<A>>>, job: Job) -> Reply {
    let result = match call::<A>(state.as_deref(), &job).await {
        Ok(answer) => Ok(answer),
        Err(error) => failure(job.target.kind, error),
    };
    engine.answer(&job.head, result)
}

async fn call<A: Agent>(state: Option<&StateCell<A>>, job: &Job) -> Result<Answer> {
    let (table, mime) = match job.target.kind {
        TargetKind::Tool => (A::TABLE.tools, None),
        TargetKind::Resource => (
            A::TABLE.resources,
            A::CATALOG
                .resources
                .get(job.target.index)
                .and_then(|r| r.mime),
        ),
        TargetKind::Prompt => (A::TABLE.prompts, None),
        TargetKind::Completion => (A::TABLE.completions, None),
    };
    let call = crate::Call::default();
    let input = Input {
        arguments: &job.arguments,
        uri: &job.uri,
        mime,
        call: &call,
    };
    let cx = Cx::new(&job.head);
    match (table.get(job.target.index).copied(), state) {
        (Some(Handler::Front(handler)), _) => handler(&cx, input).await,
        (Some(Handler::Read(handler)), Some(state)) => {
            let snapshot = state.snapshot()?;
            handler(&snapshot, &cx, input).await
        }
        (Some(Handler::Write(handler)), Some(state)) => {
            let _turn = state.lock().await;
            let mut copy = A::clone(&*state.snapshot()?);
            let handled = handler(&mut copy, &cx, input);
            let Some(answer) = limit::within(handled, || host::delay(WRITER_MS)).await else {
                let seconds = WRITER_MS / 1000;
                return Err(Error::tool(format!(
                    "the handler took longer than the {seconds} s that others may have to wait; nothing was changed"
                )));
            };
            let answer = answer?;
            state.commit(copy)?;
            Ok(answer)
        }
        // The engine routes by the same catalog, so a state handler without a state is our mistake, not the client's.
        (_, _) => {
            host::log("a call reached a place that cannot run it");
            Err(Error::protocol(-32603, "internal error"))
        }
    }
}

fn failure(kind: TargetKind, error: Error) -> std::result::Result<Answer, RpcError> {
    match (error.into_kind(), kind) {
        (Kind::Protocol(error), _) => Err(error),
        (Kind::Tool(message), TargetKind::Tool) => Ok(Answer::Tool(ToolResult::error(message))),
        (
            Kind::Tool(message),
            TargetKind::Resource | TargetKind::Prompt | TargetKind::Completion,
        ) => {
            host::log(&message);
            Err(RpcError::new(-32603, "internal error"))
        }
    }
}
