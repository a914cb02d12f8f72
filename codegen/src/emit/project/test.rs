//! The test of a new project.

use super::needs::{LOCAL_URL, Need, needs};
use super::{Declared, render, sample};
use crate::model::{
    Access, Agent, Auth, AuthMode, Bearer, Input, Permission, Resource, ResourceBody, Setting,
    Task, Tool, Uri,
};
use minijinja::context;
use minijinja::value::Value;

/// `test/agent.test.mjs`: says who it is, lists, calls a tool, and reads state where a resource shows some. Without tools it reads
/// a resource. Where nobody comes in without somebody else's word, it asks who comes in instead.
pub(super) fn render(agent: &Agent, declared: Declared<'_>) -> String {
    let token = match &agent.auth {
        None => None,
        Some(auth) => match token(agent, auth) {
            Some(token) => Some(token),
            None => return guarded(agent, auth),
        },
    };
    let secrets: Vec<String> = needs(agent).into_iter().map(|it| it.name).collect();
    let values = context! {
        secrets,
        token => token.map(|it| name_of(&it.token)),
        name => agent.server.name.as_str(),
        http => agent.transport.http.as_str(),
        call => call(agent, token),
        // Handlers of a declaration begin as stubs; a method that Rust declares is there.
        stubs => !declared.is_in_rust(),
        resource => if agent.tools.is_empty() { resource(agent, |it| is_constant(&it.body) && may(token, &it.permission)) } else { None },
        // What has the state in Rust is written already.
        field => resource(agent, |it| {
            let is_written = shows_state(it) || declared.is_in_rust() && it.access != Access::None;
            is_written && may(token, &it.permission) && is_somebodys(agent, token)
        }),
    };
    render::fill("agent.test.mjs", mcp_agent_templates::TEST, values)
}

/// The first tool for which arguments can be made up, else the first tool with none. One that may ask, or that runs as a task alone, comes
/// last: the test's client answers nothing, and knows no tasks.
fn call(agent: &Agent, token: Option<&Bearer>) -> Value {
    let tools: Vec<&Tool> = agent
        .tools
        .iter()
        .filter(|it| may_call(agent, token, it))
        .collect();
    let (asking, silent): (Vec<_>, Vec<_>) = tools.iter().copied().partition(|tool| {
        tool.interactive || tool.confirm.is_some() || tool.task == Task::Required
    });
    let sampled = silent
        .into_iter()
        .chain(asking)
        .find_map(|tool| Some((tool, sample::arguments(agent, tool)?)));
    match (sampled, tools.first()) {
        (Some((tool, arguments)), _) => {
            context! { tool => tool.name.as_str(), arguments => render::code(sample::literal(&arguments)), valid => true }
        }
        (None, Some(tool)) => {
            context! { tool => tool.name.as_str(), arguments => render::code("{}".to_owned()), valid => false }
        }
        (None, None) => Value::from(()),
    }
}

/// The test where a token is somebody else's to give: nobody comes in without, and is told where there is one.
fn guarded(agent: &Agent, auth: &Auth) -> String {
    let (secrets, vars): (Vec<_>, Vec<_>) = needs(agent).into_iter().partition(|it| it.is_secret);
    let secrets: Vec<String> = secrets.into_iter().map(|it| it.name).collect();
    let value = |it: &Need| it.local.unwrap_or("made-up-for-this-test");
    let vars: Vec<_> = vars.iter().map(|it| (it.name.clone(), value(it))).collect();
    let values = context! {
        http => agent.transport.http.as_str(),
        local => LOCAL_URL,
        url => auth.mode.needs_public_url(),
        server => matches!(auth.mode, AuthMode::OAuth(_)),
        secrets,
        vars,
    };
    render::fill("agent.test.mjs", mcp_agent_templates::GUARDED_TEST, values)
}

/// The token with most scopes of those that are good for anything. One that comes with a state is better than all others.
fn token<'a>(agent: &Agent, auth: &'a Auth) -> Option<&'a Bearer> {
    let AuthMode::Bearer(tokens) = &auth.mode else {
        return None;
    };
    let has_all = |it: &&Bearer| auth.required.iter().all(|scope| it.scopes.contains(scope));
    // The first of several with as many.
    let good = tokens.iter().filter(has_all).rev();
    good.max_by_key(|it| (is_somebodys(agent, Some(it)), it.scopes.len()))
}

fn name_of(setting: &Setting) -> &str {
    match setting {
        Setting::Text(name) | Setting::Secret(name) | Setting::Var(name) => name,
    }
}

/// Whether whoever has the token may use something. A role may be theirs, but that is for the engine to find out.
fn may(token: Option<&Bearer>, permission: &Permission) -> bool {
    match permission {
        Permission::Anyone => true,
        Permission::Nobody => false,
        Permission::Only { scopes, roles } => token.is_none_or(|token| {
            roles.is_empty() && scopes.iter().all(|scope| token.scopes.contains(scope))
        }),
    }
}

/// Whether whoever has the token has the claim that this is the way to.
fn has(token: Option<&Bearer>, way: &[String]) -> bool {
    match way {
        [sub] if sub == "sub" => true,
        [first, ..] => token.is_some_and(|token| token.claims.contains_key(first)),
        [] => false,
    }
}

/// Whether the state is one that whoever has the token can reach: without the claim of a tenant there is none.
fn is_somebodys(agent: &Agent, token: Option<&Bearer>) -> bool {
    let claim = agent.state.as_ref().and_then(|it| it.scope.claim());
    claim.is_none_or(|way| has(token, way))
}

/// The same of a tool, some of whose arguments may be claims, and which may need a state.
fn may_call(agent: &Agent, token: Option<&Bearer>, tool: &Tool) -> bool {
    let needs_state = tool.access != Access::None || tool.handle.is_some();
    if needs_state && !is_somebodys(agent, token) {
        return false;
    }
    let bound = match &tool.input {
        Input::Fields(fields) => fields.as_slice(),
        Input::Schema { .. } => &[],
    };
    let mut bound = bound.iter().filter(|it| !it.optional);
    may(token, &tool.permission)
        && bound.all(|it| it.bound.as_ref().is_none_or(|way| has(token, way)))
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
