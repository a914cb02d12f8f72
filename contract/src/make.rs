//! The contract of a declaration.

use crate::contract::{
    Auth, Contract, Deprecated, Handle, Prompt, Requires, Resource, Server, State, Text, Tool,
    Transport,
};
use crate::hoist::hoist;
use crate::listing;
use mcp_agent_codegen::emit::json as wire;
use mcp_agent_codegen::model::{
    self, Agent, AuthMode, Input, Permission, Piece, PromptBody, ResourceBody, RoleTest, Scope,
    SyncMode, Task, Uri,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What only a compiled crate knows: the schemas of types that are the user's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The tools as they are listed.
    pub tools: &'a [Value],
    /// Of the fields of the state that are of such types, `properties`, and what these lead to, `$defs`.
    pub state: Option<&'a Value>,
}

/// The contract of `agent`.
pub fn contract(agent: &Agent, known: Known<'_>) -> Contract {
    let mut contract = Contract {
        server: server(&agent.server),
        transport: Some(transport(agent)),
        auth: agent.auth.as_ref().map(auth),
        types: BTreeMap::new(),
        state: agent.state.as_ref().map(|it| state(agent, it, known)),
        handles: agent
            .handles
            .iter()
            .map(|it| (it.name.clone(), handle(agent, it)))
            .collect(),
        tools: agent
            .tools
            .iter()
            .zip(listing::tools_of(agent, known.tools))
            .map(|(it, listed)| (it.name.clone(), tool(it, listed)))
            .collect(),
        resources: agent
            .resources
            .iter()
            .map(|it| (it.uri.as_str().to_owned(), resource(agent, it)))
            .collect(),
        prompts: agent
            .prompts
            .iter()
            .map(|it| (it.name.clone(), prompt(agent, it)))
            .collect(),
    };
    contract.name_types();
    contract
}

impl Contract {
    /// Says shared types once, and gives all schemas one form.
    pub(crate) fn name_types(&mut self) {
        let mut schemas: Vec<&mut Value> = Vec::new();
        schemas.extend(self.state.iter_mut().map(|it| &mut it.schema));
        schemas.extend(self.handles.values_mut().map(|it| &mut it.schema));
        for tool in self.tools.values_mut() {
            schemas.push(&mut tool.input);
            schemas.extend(&mut tool.output);
        }
        let params = self.resources.values_mut();
        schemas.extend(params.filter_map(|it| it.params.as_mut()));
        schemas.extend(self.prompts.values_mut().map(|it| &mut it.arguments));
        self.types = hoist(&mut schemas);
    }
}

fn server(it: &model::Server) -> Server {
    Server {
        name: it.name.clone(),
        title: it.title.clone(),
        version: it.version.clone(),
        description: it.description.clone().map(Text),
        instructions: it.instructions.clone().map(Text),
        website: it.website.clone(),
    }
}

fn transport(agent: &Agent) -> Transport {
    let vars = &agent.deploy.vars;
    let public = vars.iter().find(|(name, _)| name == "PUBLIC_URL");
    let public = public.map(|(_, url)| url.trim_end_matches('/').to_owned());
    let route = agent.deploy.routes.first();
    Transport {
        http: agent.transport.http.clone(),
        sse: agent.transport.sse.clone(),
        origin: public.or_else(|| Some(format!("https://{}", route?))),
    }
}

fn auth(it: &model::Auth) -> Auth {
    let (issuer, audience) = match &it.mode {
        AuthMode::Bearer(_) => (None, Vec::new()),
        AuthMode::OAuth(oauth) => {
            let upstream = &oauth.upstream;
            let issuer = upstream.issuer.as_ref().unwrap_or(&upstream.provider);
            (Some(issuer.clone()), Vec::new())
        }
        AuthMode::Resource(issuer) => (Some(issuer.issuer.clone()), issuer.audience.clone()),
        AuthMode::Access { team, .. } => (Some(team.clone()), Vec::new()),
    };
    let role = |role: &model::Role| {
        let claim = path(&role.claim);
        let test = match &role.test {
            RoleTest::Equals(value) => format!("{claim} equals {}", Value::from(value.as_str())),
            RoleTest::Contains(value) => {
                format!("{claim} contains {}", Value::from(value.as_str()))
            }
        };
        (role.name.clone(), test)
    };
    let words = |(name, words): &(String, String)| (name.clone(), Text(words.clone()));
    Auth {
        mode: it.mode.as_str().to_owned(),
        issuer,
        audience,
        required: sorted(&it.required),
        default: if it.deny { "deny" } else { "allow" }.to_owned(),
        list: if it.filter { "filter" } else { "show" }.to_owned(),
        scopes: it.scopes.iter().map(words).collect(),
        roles: it.roles.iter().map(role).collect(),
    }
}

/// `claims.org.id`.
fn path(claim: &[String]) -> String {
    std::iter::once("claims")
        .chain(claim.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(".")
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names
}

fn requires(permission: &Permission) -> Option<Requires> {
    match permission {
        Permission::Anyone => None,
        Permission::Only { scopes, roles } => Some(Requires {
            nobody: false,
            scopes: sorted(scopes),
            roles: sorted(roles),
        }),
        Permission::Nobody => Some(Requires {
            nobody: true,
            ..Requires::default()
        }),
    }
}

fn state(agent: &Agent, it: &model::State, known: Known<'_>) -> State {
    let scope = match &it.scope {
        Scope::Server => "server".to_owned(),
        Scope::Session => "session".to_owned(),
        Scope::User => "user".to_owned(),
        Scope::Tenant { claim } => format!("tenant of {}", path(claim)),
    };
    let sync = match it.sync {
        SyncMode::Off => "off",
        SyncMode::ReadOnly => "readonly",
        SyncMode::ReadWrite => "readwrite",
    };
    let writable: Vec<String> = it.writable().map(|it| it.name.clone()).collect();
    let migration = |it: &model::Migration| format!("{} {}", it.path, it.hash);
    State {
        scope,
        version: it.version,
        max_bytes: it.max_bytes,
        sync: sync.to_owned(),
        writable: sorted(&writable),
        admin: it.admin.as_ref().and_then(requires),
        migrations: it.migrations.iter().map(migration).collect(),
        schema: completed(wire::members_schema(agent, &it.fields), known.state),
    }
}

/// A schema of the state with what only the crate knows of its fields.
fn completed(mut schema: Value, known: Option<&Value>) -> Value {
    let parts = |key| {
        known
            .and_then(|it| it[key].as_object())
            .into_iter()
            .flatten()
    };
    for (name, types) in parts("properties") {
        let Some(declared) = schema["properties"]
            .get_mut(name)
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        // What the declaration says of a field stands before what its type says of itself.
        for (keyword, value) in types.as_object().into_iter().flatten() {
            declared.entry(keyword).or_insert_with(|| value.clone());
        }
    }
    for (name, definition) in parts("$defs") {
        schema["$defs"][name] = definition.clone();
    }
    schema
}

fn handle(agent: &Agent, it: &model::Handle) -> Handle {
    Handle {
        description: it.description.clone().map(Text),
        ttl_ms: it.ttl_ms,
        requires: requires(&it.permission),
        schema: wire::members_schema(agent, &it.fields),
    }
}

fn tool(it: &model::Tool, mut listed: Value) -> Tool {
    let task = match it.task {
        Task::Never => None,
        Task::Optional => Some("optional"),
        Task::Deferred => Some("deferred"),
        Task::Required => Some("required"),
    };
    let fields = match &it.input {
        Input::Fields(fields) => fields.as_slice(),
        Input::Schema { .. } => &[],
    };
    let bound = fields
        .iter()
        .filter_map(|it| Some((it.name.clone(), path(it.bound.as_ref()?))));
    let mut meta = it.meta.clone();
    meta.sort_keys();
    Tool {
        title: it.title.clone(),
        description: Some(Text(it.description.clone())),
        aliases: sorted(&it.aliases),
        deprecated: it.deprecated.as_ref().map(|it| Deprecated {
            since: it.since.clone(),
            sunset: it.sunset.clone(),
            replacement: it.replacement.clone(),
        }),
        annotations: annotations(&listed),
        confirm: it.confirm.clone().map(Text),
        task: task.map(str::to_owned),
        handle: it.handle.clone(),
        requires: requires(&it.permission),
        bound: bound.collect(),
        input: listed["inputSchema"].take(),
        output: listed.get_mut("outputSchema").map(Value::take),
        meta,
    }
}

/// The hints of a listed tool.
pub(crate) fn annotations(listed: &Value) -> BTreeMap<String, bool> {
    let hints = listed["annotations"].as_object();
    hints
        .into_iter()
        .flatten()
        .filter_map(|(name, hint)| Some((name.clone(), hint.as_bool()?)))
        .collect()
}

fn resource(agent: &Agent, it: &model::Resource) -> Resource {
    let listed = parse(&wire::resource(agent, it));
    let mut meta = it.meta.clone();
    meta.sort_keys();
    let mut out = Resource {
        name: it.name.clone(),
        title: it.title.clone(),
        description: it.description.clone().map(Text),
        mime: it.mime.clone(),
        subscribe: it.subscribe,
        annotations: listed["annotations"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        requires: requires(&it.permission),
        params: matches!(it.uri, Uri::Template(_))
            .then(|| parse(&wire::resource_schema(agent, it))),
        meta,
        ..Resource::default()
    };
    match &it.body {
        ResourceBody::Text(text) => out.contents = Some(hash(text.as_bytes())),
        ResourceBody::Blob(bytes) => out.contents = Some(hash(bytes)),
        ResourceBody::Field(field) => out.field = Some(field.clone()),
        ResourceBody::Query(query) => out.query = Some(Text(query.clone())),
        ResourceBody::Handler => {}
    }
    out
}

fn prompt(agent: &Agent, it: &model::Prompt) -> Prompt {
    let mut meta = it.meta.clone();
    meta.sort_keys();
    Prompt {
        title: it.title.clone(),
        description: it.description.clone().map(Text),
        requires: requires(&it.permission),
        arguments: parse(&wire::prompt_schema(agent, it)),
        template: match &it.body {
            PromptBody::Template(pieces) => Some(Text(pieces.iter().map(piece).collect())),
            PromptBody::Handler => None,
        },
        meta,
    }
}

/// A piece of a template as it is written.
fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Param(name) => format!("{{{{ {name} }}}}"),
        Piece::State(field) => format!("{{{{ state.{field} }}}}"),
    }
}

/// SHA-256, in hex.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What codegen wrote is JSON.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
