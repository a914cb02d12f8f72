//! The test of a new project.

use super::{Declared, render, sample};
use crate::model::{Access, Agent, Resource, ResourceBody, Task, Uri};
use minijinja::context;
use minijinja::value::Value;

/// `test/agent.test.mjs`: says who it is, lists, calls a tool, and reads state where a resource shows some. Without tools it reads
/// a resource.
pub(super) fn render(agent: &Agent, declared: Declared<'_>) -> String {
    let values = context! {
        name => agent.server.name.as_str(),
        http => agent.transport.http.as_str(),
        call => call(agent),
        // Handlers of a declaration begin as stubs; a method that Rust declares is there.
        stubs => !declared.is_in_rust(),
        resource => if agent.tools.is_empty() { resource(agent, |it| is_constant(&it.body)) } else { None },
        // What has the state in Rust is written already.
        field => resource(agent, |it| shows_state(it) || declared.is_in_rust() && it.access != Access::None),
    };
    render::fill("agent.test.mjs", mcp_agent_templates::TEST, values)
}

/// The first tool for which arguments can be made up, else the first tool with none. One that may ask, or that runs as a task alone, comes
/// last: the test's client answers nothing, and knows no tasks.
fn call(agent: &Agent) -> Value {
    let (asking, silent): (Vec<_>, Vec<_>) = agent.tools.iter().partition(|tool| {
        tool.interactive || tool.confirm.is_some() || tool.task == Task::Required
    });
    let sampled = silent
        .into_iter()
        .chain(asking)
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

/// The first such plain resource.
fn resource(agent: &Agent, is_wanted: impl Fn(&Resource) -> bool) -> Option<&str> {
    agent
        .resources
        .iter()
        .find_map(|resource| match &resource.uri {
            Uri::Plain(uri) if is_wanted(resource) => Some(uri.as_str()),
            _ => None,
        })
}

/// Whether it is a field of the state, which needs nobody's code.
fn shows_state(resource: &Resource) -> bool {
    matches!(resource.body, ResourceBody::Field(_))
}

/// Whether it is known when the Worker is built, so that reading it needs nobody's code.
fn is_constant(body: &ResourceBody) -> bool {
    matches!(body, ResourceBody::Text(_) | ResourceBody::Blob(_))
}
