//! Runs one call: finds the handler, gives it what its signature asks for, and turns what it says into the client's answer.

use crate::agent::{Agent, Handler, Input};
use crate::call::Call;
use crate::error::Kind;
use crate::handle::Handles;
use crate::state::StateCell;
use crate::{Cx, Error, Result, host, output, turn, unwind};
use mcp_agent_protocol::{
    Answer, CallHead, Change, Engine, Item, Reply, Route, RpcError, Scope, Target, TargetKind,
    ToolResult,
};
use std::borrow::Cow;
use std::pin::Pin;
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

impl From<mcp_agent_protocol::Call<'_>> for Job {
    fn from(call: mcp_agent_protocol::Call<'_>) -> Self {
        Self {
            head: call.head,
            target: call.target,
            uri: call.uri.map(Into::into).unwrap_or_default(),
            arguments: call.arguments.into_owned(),
        }
    }
}

impl Job {
    /// The call again, of a handler that may ask.
    pub fn into_call(self, route: Route) -> mcp_agent_protocol::Call<'static> {
        mcp_agent_protocol::Call {
            head: self.head,
            route,
            target: self.target,
            arguments: self.arguments.into(),
            uri: Some(self.uri.into()).filter(|uri: &Cow<'_, str>| !uri.is_empty()),
            interactive: true,
            once: false,
        }
    }
}

/// What a call came to.
pub struct Ran {
    /// For its client.
    pub result: std::result::Result<Answer, RpcError>,
    /// What is another now, for whoever wants to hear of it.
    pub changed: Vec<Change>,
}

impl Ran {
    /// The response.
    pub fn reply(self, engine: &Engine, head: &CallHead) -> Reply {
        engine.answer(head, self.result)
    }
}

/// Runs a job to its end. `state` is there in an object, and absent in the front Worker.
pub async fn run<A: Agent>(state: Option<Rc<StateCell<A>>>, job: Rc<Job>, call: Call) -> Ran {
    let host = state.as_ref().and_then(|it| it.shared_host());
    let cx = Cx::new::<A>(&job.head).in_object(host, writes::<A>(job.target), A::SQL);
    let handled = unwind::caught(|| handle::<A>(state.as_deref(), &job, &cx, &call));
    let result = match handled.await {
        Ok(answer) => Ok(answer),
        Err(error) => failure(job.target.kind, error),
    };
    Ran {
        changed: match result {
            Ok(_) => cx.take_changed(),
            Err(_) => Vec::new(),
        },
        result,
    }
}

/// Whether a handler has `&mut self`.
fn writes<A: Agent>(target: Target) -> bool {
    matches!(
        table::<A>(target.kind).get(target.index),
        Some(Handler::Write(_))
    )
}

/// The handlers of a kind.
fn table<A: Agent>(kind: TargetKind) -> &'static [Handler<A>] {
    match kind {
        TargetKind::Tool => A::TABLE.tools,
        TargetKind::Resource => A::TABLE.resources,
        TargetKind::Prompt => A::TABLE.prompts,
        TargetKind::Completion => A::TABLE.completions,
    }
}

async fn handle<A: Agent>(
    state: Option<&StateCell<A>>,
    job: &Job,
    cx: &Cx,
    call: &Call,
) -> Result<Answer> {
    let rows = state.and_then(StateCell::host).filter(|_| A::HANDLES);
    let handles = Handles::new(A::CATALOG.handles, rows, owner::<A>(cx));
    if let Some(asking) = first_ask::<A>(&handles, job, call) {
        asking.await?;
    }
    let mime = match job.target.kind {
        TargetKind::Resource => A::CATALOG.resources.get(job.target.index),
        _ => None,
    };
    let mime = mime.and_then(|resource| resource.mime);
    let input = Input {
        arguments: &job.arguments,
        uri: &job.uri,
        mime,
        call,
        handles: &handles,
    };
    match (
        table::<A>(job.target.kind).get(job.target.index).copied(),
        state,
    ) {
        (Some(Handler::Front(handler)), _) => checked::<A>(job, handler(cx, input).await?),
        (Some(Handler::Read(handler)), Some(state)) => {
            let snapshot = state.snapshot()?;
            checked::<A>(job, handler(&snapshot, cx, input).await?)
        }
        (Some(Handler::Write(handler)), Some(state)) => {
            let handles = A::HANDLES.then_some(&handles);
            // What such a handler says while it runs is stored at once, and stays.
            let apart = call.is_interactive();
            let turn = turn::write(state, cx, handles, apart, |copy, _| {
                let handled = handler(copy, cx, input);
                Box::pin(async move { checked::<A>(job, handled.await?) })
            });
            // Calls that write nothing do not carry the place for one that does.
            Box::pin(turn).await
        }
        // The engine routes by the same catalog, so a state handler without a state is our mistake, not the client's.
        (_, _) => {
            host::log("a call reached a place that cannot run it");
            Err(Error::protocol(-32603, "internal error"))
        }
    }
}

/// Whose the handles are that a call can reach: the tenant's where the state is, and else the caller's.
fn owner<A: Agent>(cx: &Cx) -> Option<&str> {
    let auth = cx.auth()?;
    match A::CATALOG.scope {
        Some(Scope::Tenant { .. }) => Some(auth.home().unwrap_or_default()),
        _ => Some(auth.key()),
    }
}

/// An answer that may be sent.
fn checked<A: Agent>(job: &Job, answer: Answer) -> Result<Answer> {
    if !A::CHECKS || job.target.kind != TargetKind::Tool {
        return Ok(answer);
    }
    match A::catalog().tools.get(job.target.index) {
        Some(tool) => output::check(tool, answer),
        None => Ok(answer),
    }
}

/// What is asked before anything runs. Not an `async fn`: of one that never waits here, the waiting would still be in the program.
fn first_ask<'a, A: Agent>(
    handles: &'a Handles<'_>,
    job: &'a Job,
    call: &'a Call,
) -> Option<Pin<Box<dyn Future<Output = Result<()>> + 'a>>> {
    if !A::CONFIRMS || job.target.kind != TargetKind::Tool {
        return None;
    }
    let tool = A::CATALOG.tools.get(job.target.index)?;
    tool.confirm?;
    Some(Box::pin(confirm::<A>(tool, handles, job, call)))
}

/// Asks the user first, if the tool is declared to. Nobody is asked about a handle that is not there.
async fn confirm<A: Agent>(
    tool: &'static Item,
    handles: &Handles<'_>,
    job: &Job,
    call: &Call,
) -> Result<()> {
    let Some(question) = tool.confirm else {
        return Ok(());
    };
    if A::HANDLES
        && let Some(kind) = tool.handle
    {
        handles.find(kind, &job.arguments)?;
    }
    call.confirm(question, tool, &job.arguments, job.head.version)
        .await
}

fn failure(kind: TargetKind, error: Error) -> std::result::Result<Answer, RpcError> {
    match (error.into_kind(), kind) {
        (Kind::Protocol(error), _) => Err(error),
        (Kind::Sql(error), _) => {
            host::log(&error.to_string());
            Err(RpcError::internal())
        }
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
