//! `tools/call`.

use super::{Context, Outcome, arguments, invalid_arguments, target};
use crate::Answer;
use crate::answer::ToolResult;
use crate::call::{CallHead, TargetKind};
use crate::catalog::{Item, TaskSupport};
use crate::client::ClientCaps;
use crate::engine::{Engine, Output};
use crate::error::{RpcError, clip};
use crate::guard::{BindError, Refusal};
use crate::jsonrpc::Params;
use crate::schema::Violation;
use crate::tasks::TaskRequest;
use crate::wire::string;
use std::borrow::Cow;

impl Engine {
    pub(crate) fn call_tool<'r>(
        &self,
        context: Context,
        id: &str,
        params: &Params<'r>,
    ) -> Outcome<'r> {
        let name = params
            .name
            .and_then(string)
            .ok_or_else(|| RpcError::invalid_params("`name` must be a string"))?;
        let Some(index) = self.index.tool(&self.catalog, &name) else {
            return Err(RpcError::invalid_params(
                ["unknown tool: ", &clip(&name)].concat(),
            ));
        };
        let target = target(TargetKind::Tool, index);
        match self.may_use(&context, target) {
            Ok(()) => {}
            Err(Refusal::Role) => {
                let text = "You may not use this tool.".to_owned();
                return Ok(self.tool_error(context, id, target, text));
            }
            Err(refusal) => return Err(refusal.error()),
        }
        let arguments = arguments(params)?;
        let tool = &self.catalog.tools[index];
        let (stateless, client) = (context.version.is_stateless(), context.client);
        if stateless && tool.task == TaskSupport::Required && !client.has(ClientCaps::TASKS) {
            return Err(RpcError::missing_capability(&ClientCaps::TASKS.required()));
        }
        if self.lacks_session(&context, tool.place) {
            return Ok(self.tool_error(context, id, target, no_session(tool.name)));
        }
        let checked = self.check_arguments(target, Cow::Borrowed(arguments))?;
        let bound = match (checked, &self.guard) {
            (Ok(arguments), Some(guard)) => {
                match (guard.bind)(self, index, arguments, context.who.as_deref()) {
                    Ok(arguments) => Ok(arguments),
                    Err(BindError::Given(violations)) => Err(violations),
                    Err(BindError::Claim(claim)) => {
                        let text = no_claim(tool.name, &claim);
                        return Ok(self.tool_error(context, id, target, text));
                    }
                    Err(BindError::Ours) => return Err(RpcError::internal()),
                }
            }
            (checked, _) => checked,
        };
        match bound {
            Ok(arguments) => {
                let output = self.call(context, id, tool.place, target, arguments, None);
                Ok(match output {
                    Output::Call(call) if stateless && becomes_task(tool, client) => {
                        Output::Task(TaskRequest::Create {
                            call,
                            journal: None,
                        })
                    }
                    output => output,
                })
            }
            Err(violations) if context.version.input_errors_are_results() => {
                let text = violations_text(tool.name, &violations);
                Ok(self.tool_error(context, id, target, text))
            }
            Err(violations) => Err(invalid_arguments(&violations)),
        }
    }

    /// A result that a model reads and acts on.
    fn tool_error<'r>(
        &self,
        context: Context,
        id: &str,
        target: crate::Target,
        text: String,
    ) -> Output<'r> {
        let head = CallHead {
            id: id.to_owned(),
            version: context.version,
            framing: context.framing,
            session: None,
            client: context.client,
            target,
            trace: None,
            who: None,
        };
        Output::Reply(self.respond(&head, Ok(Answer::Tool(ToolResult::error(text)))))
    }
}

/// Whether a call of a tool is answered by a task.
fn becomes_task(tool: &Item, client: ClientCaps) -> bool {
    match tool.task {
        TaskSupport::Never | TaskSupport::Deferred => false,
        TaskSupport::Optional | TaskSupport::Required => client.has(ClientCaps::TASKS),
    }
}

fn no_session(name: &str) -> String {
    [
        "The tool `",
        name,
        "` keeps its state in the client's session, and this protocol version has no sessions. ",
        "State across calls needs an explicit handle here: a tool that returns one, and takes it as an argument. ",
        "Versions up to 2025-11-25 have sessions.",
    ]
    .concat()
}

/// What is said of a claim is its name, never what it is.
fn no_claim(name: &str, claim: &str) -> String {
    [
        "The tool `",
        name,
        "` needs to know the claim `",
        claim,
        "` of your account, which is not known here, or is not of the right kind.",
    ]
    .concat()
}

fn violations_text(name: &str, violations: &[Violation]) -> String {
    let mut text = ["Invalid arguments for the tool `", name, "`:"].concat();
    for violation in violations {
        text.push_str("\n- ");
        violation.write(&mut text);
    }
    text
}
