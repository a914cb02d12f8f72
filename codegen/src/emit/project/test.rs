//! The test of a new project.

use super::{render, sample};
use crate::model::{Agent, ResourceBody, Uri};
use minijinja::context;
use minijinja::value::Value;

/// `test/agent.test.mjs`: says who it is, lists, calls a tool, and reads state where a resource shows some.
pub(super) fn render(agent: &Agent) -> String {
    let values = context! {
        name => agent.server.name.as_str(),
        http => agent.transport.http.as_str(),
        call => call(agent),
        field => field(agent),
    };
    render::fill("agent.test.mjs", mcp_agent_templates::TEST, values)
}

/// The first tool for which arguments can be made up, else the first tool with none.
fn call(agent: &Agent) -> Value {
    let sampled = agent
        .tools
        .iter()
        .find_map(|tool| Some((tool, sample::arguments(agent, tool)?)));
    match (sampled, agent.tools.first()) {
        (Some((tool, arguments)), _) => {
            context! { tool => tool.name.as_str(), arguments => render::code(sample::literal(&arguments)), valid => true }
        }
        (None, Some(tool)) => {
            context! { tool => tool.name.as_str(), arguments => render::code("{}".to_owned()), valid => false }
        }
        (None, None) => Value::from(()),
    }
}

/// A plain resource that shows a field of the state.
fn field(agent: &Agent) -> Value {
    let uri = agent
        .resources
        .iter()
        .find_map(|resource| match (&resource.uri, &resource.body) {
            (Uri::Plain(uri), ResourceBody::Field(_)) => Some(uri.as_str()),
            _ => None,
        });
    Value::from(uri)
}
