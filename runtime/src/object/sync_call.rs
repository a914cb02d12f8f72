//! Calls of tools by clients that follow the state.

use super::Object;
use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::once::Task;
use crate::sync;
use crate::websocket;
use mcp_agent_protocol::{Output, Principal};
use serde_json::value::RawValue;
use std::future::ready;
use std::rc::Rc;

impl<A: Agent> Object<A> {
    /// A client calls a tool: with what it may do, and with arguments that are checked, as by MCP.
    pub(super) fn call_of_follower(
        self: &Rc<Self>,
        id: &str,
        call: &RawValue,
        method: &RawValue,
        arguments: Option<&RawValue>,
    ) -> Task<()> {
        let who = self.behind(id).map(|auth| auth.principal().clone());
        let job = match self.job_of_follower(method, arguments, who) {
            Ok(job) => job,
            Err(said) => {
                let said = match said {
                    NotCalled::Response(response) => sync::called(call, &response),
                    NotCalled::Words(words) => sync::refused(call, words),
                };
                self.host.tell(id, &said.into());
                return Box::pin(ready(()));
            }
        };
        let (this, id, call) = (self.clone(), id.to_owned(), call.to_owned());
        Box::pin(async move {
            // What it wrote before is done before, and what it says then does not wait for this.
            let line = this.lines.at(&id);
            drop(websocket::turn(&line, false).await);
            this.lines.leave(&id, line);
            let state = Some(this.state.clone());
            let mut ran = drive::run(state, job.clone(), Default::default()).await;
            let changed = std::mem::take(&mut ran.changed);
            if A::KEPT {
                this.fan_out(&changed);
            }
            let response = ran.reply(&this.engine, &job.head).body;
            this.host.tell(&id, &sync::called(&call, &response).into());
        })
    }

    fn job_of_follower(
        &self,
        method: &RawValue,
        arguments: Option<&RawValue>,
        who: Option<Rc<Principal>>,
    ) -> Result<Rc<Job>, NotCalled> {
        match self.engine.tool_call(method, arguments, who) {
            Output::Call(call) if call.interactive => Err(NotCalled::Words(
                "this tool asks its user while it runs, and nobody could answer here: call it over MCP",
            )),
            Output::Call(call) => Ok(Rc::new(Job::from(call))),
            Output::Reply(reply) => Err(NotCalled::Response(reply.body)),
            // Only a client that knows tasks or sessions gets anything else.
            _ => Err(NotCalled::Words("internal error")),
        }
    }
}

/// Why there is nothing to run.
enum NotCalled {
    /// The JSON-RPC response that a client of MCP would get.
    Response(String),
    /// Words for the client.
    Words(&'static str),
}
