//! The constants of an agent: its catalog as JSON made at build time, its policy, how its state is kept.

use super::{access, completions, option};
use crate::emit::json;
use crate::model::{
    Access, Agent, Cors, Handle, Migration, Prompt, Resource, ResourceBody, Scope, SyncMode, Task,
    Tool, ToolBody, Transport, Uri,
};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

/// What a catalog lists, each a slice in tokens.
pub struct Lists {
    /// Of tools.
    pub tools: TokenStream,
    /// Of names that those once had; `None` where none had another.
    pub aliases: Option<TokenStream>,
    /// Of resources.
    pub resources: TokenStream,
    /// Of prompts.
    pub prompts: TokenStream,
    /// Of what can be completed.
    pub completions: TokenStream,
    /// Of handles.
    pub handles: TokenStream,
}

impl Lists {
    /// What the declaration itself lists.
    pub fn of(agent: &Agent) -> Self {
        let tools = agent.tools.iter().map(|item| tool(agent, item, None));
        let resources = agent.resources.iter().map(|item| resource(agent, item));
        let prompts = agent.prompts.iter().map(|item| prompt(agent, item));
        let completions = completions::catalog(agent);
        Self {
            tools: quote!(&[#(#tools),*]),
            aliases: aliases(&agent.tools),
            resources: quote!(&[#(#resources),*]),
            prompts: quote!(&[#(#prompts),*]),
            completions: quote!(&[#(#completions),*]),
            handles: handles(agent),
        }
    }
}

/// `CATALOG`, `POLICY`, `STATE`, `SYNC` and `ADMIN`.
pub fn consts(agent: &Agent, lists: &Lists) -> TokenStream {
    let server = json::server(&agent.server);
    let instructions = option(agent.server.instructions.as_ref());
    let cache_ms = agent.server.cache_ms;
    let page = agent.server.page_size.map_or(0, |size| size as usize);
    let scope = option(agent.state.as_ref().map(|state| scope(&state.scope)));
    let Lists {
        tools,
        aliases,
        resources,
        prompts,
        completions,
        handles,
    } = lists;
    let aliases = aliases.as_ref().map(|all| quote!(aliases: #all,));
    let policy = policy(agent);
    let auth = access::policy(agent.auth.as_ref());
    let (version, max_bytes) = agent
        .state
        .as_ref()
        .map_or((1, 0), |state| (state.version, state.max_bytes));
    let migrations = agent.state.iter().flat_map(|state| &state.migrations);
    let migrations = migrations.map(|Migration { path, text, hash }| {
        quote!(::mcp_agent::__rt1::Migration { name: #path, sql: #text, hash: #hash })
    });
    let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
    let (sync, admin) = (sync(agent), admin(agent));
    quote! {
        // An item that says all that there is to say needs no rest.
        #[allow(clippy::needless_update)]
        const CATALOG: ::mcp_agent::__rt1::Catalog = ::mcp_agent::__rt1::Catalog {
            server: #server,
            instructions: #instructions,
            cache_ms: #cache_ms,
            page: #page,
            scope: #scope,
            tools: #tools,
            #aliases
            resources: #resources,
            prompts: #prompts,
            completions: #completions,
            handles: #handles,
            #auth
            ..::mcp_agent::__rt1::Catalog::EMPTY
        };
        #policy
        const STATE: ::mcp_agent::__rt1::StateSpec = ::mcp_agent::__rt1::StateSpec { version: #version, max_bytes: #max_bytes, migrations: &[#(#migrations),*] };
        #sync
        #admin
    }
}

/// Whose the state is.
fn scope(scope: &Scope) -> TokenStream {
    let scope = match scope {
        Scope::Server => quote!(Server),
        Scope::Session => quote!(Session),
        Scope::User => quote!(User),
        Scope::Tenant { claim } => quote!(Tenant { claim: &[#(#claim),*] }),
    };
    quote!(::mcp_agent::__rt1::Scope::#scope)
}

/// `ADMIN`, where somebody may have the state of others exported and deleted.
fn admin(agent: &Agent) -> Option<TokenStream> {
    let permission = agent.state.as_ref()?.admin.as_ref()?;
    let access = access::tokens(permission);
    Some(quote! {
        const ADMIN: Option<::mcp_agent::__rt1::Access> = Some(#access);
    })
}

/// `SYNC`, where pages see the state.
fn sync(agent: &Agent) -> Option<TokenStream> {
    let state = agent.state.as_ref()?;
    let readonly = match state.sync {
        SyncMode::Off => return None,
        SyncMode::ReadOnly => true,
        SyncMode::ReadWrite => false,
    };
    // It is in kebab case, which `AgentClient` makes of whatever it is given.
    let name = &agent.server.name;
    let writable = state.writable().map(|it| &it.name);
    let schema = option(json::checked_fields(agent));
    Some(quote! {
        const SYNC: Option<::mcp_agent::__rt1::SyncSpec> = Some(::mcp_agent::__rt1::SyncSpec { agent: #name, writable: &[#(#writable),*], readonly: #readonly, schema: #schema });
    })
}

/// A tool of the catalog.
pub fn tool(agent: &Agent, tool: &Tool, owner: Option<&Type>) -> TokenStream {
    let (name, json) = (&tool.name, json::tool(agent, tool));
    let (place, _) = runs(place_of(tool), false);
    let base = match tool.interactive {
        true => quote!(INTERACTIVE),
        false => quote!(EMPTY),
    };
    let output = json::checked_output(agent, tool).map(|schema| quote!(output: Some(#schema),));
    let more = more(agent, tool, owner);
    quote!(::mcp_agent::__rt1::Item { name: #name, json: #json, #place #output #more ..::mcp_agent::__rt1::Item::#base })
}

/// A tool of which the runtime writes the JSON: the one at this place of `LATE`.
pub fn late_tool(agent: &Agent, tool: &Tool, owner: &Type, at: usize) -> TokenStream {
    let (place, interactive) = (place(place_of(tool)), tool.interactive);
    let name = &tool.name;
    let item = quote!(LATE[#at].item(#name, #place, #interactive));
    let more = more(agent, tool, Some(owner));
    if more.is_empty() {
        return item;
    }
    quote!(::mcp_agent::__rt1::Item { #more ..#item })
}

/// The names that tools once had, if any had another.
pub fn aliases(tools: &[Tool]) -> Option<TokenStream> {
    let all = tools.iter().flat_map(|tool| {
        let name = &tool.name;
        let alias = move |it| quote!(::mcp_agent::__rt1::Alias { name: #it, tool: #name });
        tool.aliases.iter().map(alias)
    });
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then(|| quote!(&[#(#all),*]))
}

fn place_of(tool: &Tool) -> Access {
    match tool.body {
        // What a handle stands for is changed where the state is, one call at a time.
        ToolBody::Handler if tool.handle.is_some() => Access::Write,
        _ => tool.access,
    }
}

/// What few tools have. Where the agent is in parts, its `owner` knows the places of all handles.
fn more(agent: &Agent, tool: &Tool, owner: Option<&Type>) -> TokenStream {
    let confirm = tool
        .confirm
        .as_ref()
        .map(|question| quote!(confirm: Some(#question),));
    let task = match tool.task {
        Task::Never => None,
        Task::Optional => Some(quote!(Optional)),
        Task::Deferred => Some(quote!(Deferred)),
        Task::Required => Some(quote!(Required)),
    };
    let task = task.map(|task| quote!(task: ::mcp_agent::__rt1::TaskSupport::#task,));
    let handle = tool
        .handle
        .as_ref()
        .filter(|_| tool.body == ToolBody::Handler);
    let handle = agent
        .handles
        .iter()
        .position(|known| handle == Some(&known.name))
        .map(|index| match owner {
            None => quote!(handle: Some(#index),),
            Some(owner) => {
                let name = &agent.handles[index].name;
                quote!(handle: Some(::mcp_agent::__rt1::handle_index::<#owner>(#name)),)
            }
        });
    let headers = json::param_headers(agent, tool);
    let headers = headers.iter().map(|(header, path)| {
        quote!(::mcp_agent::__rt1::ParamHeader { header: #header, path: &[#(#path),*] })
    });
    let headers = (headers.len() > 0).then(|| quote!(headers: &[#(#headers),*],));
    let access = access::of(&tool.permission);
    let bound = access::bound(agent, tool);
    quote!(#confirm #task #handle #headers #access #bound)
}

/// The kinds of handles.
pub fn handles(agent: &Agent) -> TokenStream {
    let handles = agent.handles.iter().map(handle);
    quote!(&[#(#handles),*])
}

fn handle(handle: &Handle) -> TokenStream {
    let Handle { name, ttl_ms, .. } = handle;
    quote!(::mcp_agent::__rt1::Handle { name: #name, ttl_ms: #ttl_ms })
}

/// A prompt of the catalog.
pub fn prompt(agent: &Agent, prompt: &Prompt) -> TokenStream {
    let (name, json, schema) = (
        &prompt.name,
        json::prompt(agent, prompt),
        json::prompt_schema(agent, prompt),
    );
    let (place, interactive) = runs(prompt.access, prompt.interactive);
    let access = access::of(&prompt.permission);
    quote!(::mcp_agent::__rt1::Item { name: #name, json: #json, schema: Some(#schema), #place #interactive #access ..::mcp_agent::__rt1::Item::EMPTY })
}

/// A resource of the catalog.
pub fn resource(agent: &Agent, resource: &Resource) -> TokenStream {
    let json = json::resource(agent, resource);
    let mime = option(resource.mime.as_ref());
    let place = place(resource.access);
    let (uri, template) = match &resource.uri {
        Uri::Plain(uri) => (uri, false),
        Uri::Template(uri) => (uri, true),
    };
    let schema = option(template.then(|| json::resource_schema(agent, resource)));
    let (interactive, subscribe) = (resource.interactive, resource.subscribe);
    let access = access::of(&resource.permission);
    let shown = match &resource.body {
        ResourceBody::Field(field) => Some(quote!(field: Some(#field),)),
        ResourceBody::Query(statement) => Some(quote!(query: Some(#statement),)),
        _ => None,
    };
    quote!(::mcp_agent::__rt1::ResourceItem { uri: #uri, template: #template, json: #json, mime: #mime, schema: #schema, place: #place, interactive: #interactive, subscribe: #subscribe, #shown #access ..::mcp_agent::__rt1::ResourceItem::EMPTY })
}

/// Where the handler of an item runs and whether it asks, unless it is as in an item that says nothing of it.
fn runs(access: Access, interactive: bool) -> (Option<TokenStream>, Option<TokenStream>) {
    let place = (access != Access::None).then(|| {
        let place = place(access);
        quote!(place: #place,)
    });
    (place, interactive.then(|| quote!(interactive: true,)))
}

/// Where a handler runs.
pub fn place(access: Access) -> TokenStream {
    match access {
        Access::None => quote!(::mcp_agent::__rt1::Place::Front),
        Access::Read => quote!(::mcp_agent::__rt1::Place::Read),
        Access::Write => quote!(::mcp_agent::__rt1::Place::Write),
    }
}

fn policy(agent: &Agent) -> TokenStream {
    let transport = &agent.transport;
    let (http, sse) = (&transport.http, option(transport.sse.as_ref()));
    let hosts = transport.hosts.iter().chain(&agent.deploy.routes);
    let origins = &transport.origins;
    let Transport {
        session_ttl_ms,
        keepalive_ms,
        stream_ttl_ms,
        task_ttl_ms,
        retry_ms,
        max_body,
        ..
    } = transport;
    let Cors {
        allow_headers,
        expose_headers,
        max_age_s,
    } = &transport.cors;
    quote! {
        const POLICY: ::mcp_agent::__rt1::Policy = ::mcp_agent::__rt1::Policy {
            http: #http,
            sse: #sse,
            hosts: &[#(#hosts),*],
            origins: &[#(#origins),*],
            session_ttl_ms: #session_ttl_ms,
            keepalive_ms: #keepalive_ms,
            stream_ttl_ms: #stream_ttl_ms,
            task_ttl_ms: #task_ttl_ms,
            retry_ms: #retry_ms,
            max_body: #max_body,
            cors: ::mcp_agent::__rt1::Cors {
                allow_headers: &[#(#allow_headers),*],
                expose_headers: &[#(#expose_headers),*],
                max_age_s: #max_age_s,
            },
        };
    }
}
