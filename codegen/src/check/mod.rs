//! The rules. [`check`] is the only constructor of [`Agent`], so nothing after it asks whether something is legal.
//!
//! Each part of a declaration is checked as it is translated, and takes a harmless value where it is wrong, so that the rest
//! is checked too. What can only be judged over the whole (`RULES`) comes last. Each rule stands under the comment that explains it;
//! the long explanations are `mcp-gen explain CODE`.

mod annotations;
mod auth;
mod bound;
mod claim;
mod confirm;
mod constraint;
mod cors;
mod cron;
mod cycle;
mod default;
mod deploy;
mod endpoint;
mod every_member;
mod file;
mod format;
mod handle;
mod handler;
mod icon;
mod input_schema;
mod lifecycle;
mod member;
mod member_name;
mod meta;
mod migration;
mod mime;
mod param_header;
mod permission;
mod prompt;
mod quantity;
mod query;
mod resource;
mod review;
mod schedule;
mod schema_walk;
mod scope;
mod server;
mod setting;
mod state;
mod statement;
mod sync;
mod template;
mod tool;
mod transport;
mod type_name;
mod types;
mod uri;
mod version;
mod walk;

pub(crate) use auth::is_scope;
pub use file::{MAX_INPUT_SCHEMA, MAX_MIGRATION, MAX_RESOURCE, MAX_TEMPLATE};
pub(crate) use handle::parameter as handle_parameter;
pub use input_schema::{ANNOTATIONS, ENFORCED};
pub(crate) use tool::is_tool_name;

use crate::Files;
use crate::diag::{Address, Code, Diagnostic, Sink};
use crate::model::{Agent, Model};
use crate::read::raw::Raw;

/// What a rule has at hand.
struct Cx<'a> {
    raw: &'a Raw,
    files: &'a dyn Files,
    sink: &'a mut Sink,
    /// Files that were read, in order, each once.
    read: Vec<String>,
}

impl Cx<'_> {
    fn report(&mut self, code: Code, at: &Address, message: impl Into<String>) -> &mut Diagnostic {
        self.sink.report(code, at.clone(), message)
    }

    /// Whether the table at `path` could not be read, so that nobody knows what is missing there.
    fn unread(&self, path: &[&str]) -> bool {
        self.sink
            .in_hole(&Address::root().keys(path.iter().copied()))
    }
}

/// A rule over the whole model.
type Rule = fn(&Model, &mut Cx<'_>);

const RULES: &[Rule] = &[
    cycle::check_cycles,
    handler::check_handlers,
    lifecycle::check_aliases_are_free,
    lifecycle::check_replacements,
    member_name::check_members,
    member_name::check_variants,
    type_name::check_type_names,
    default::check_defaults,
    state::check_initial_size,
    resource::check_same_templates,
    permission::check_nobody,
    scope::check_reachable,
];

/// Judges `raw`. `None` when something is wrong; what, is then in `sink`. Beside the agent, the files that were read.
pub fn check(raw: &Raw, files: &dyn Files, sink: &mut Sink) -> Option<(Agent, Vec<String>)> {
    sink.end_of_reading();
    if !version::check_schema_version(raw, sink) {
        return None;
    }
    let mut cx = Cx {
        raw,
        files,
        sink,
        read: Vec::new(),
    };
    param_header::check_headers(&mut cx);
    bound::check_bound(&mut cx);
    sync::check_writable(&mut cx);
    let auth = auth::check_auth(&mut cx);
    let handles = handle::check_handles(&mut cx);
    let mut tools = tool::check_tools(&mut cx);
    tools.extend(handle::check_tools_of(&mut cx, &handles));
    let transport = transport::check_transport(&mut cx);
    endpoint::check_sync_paths(&mut cx, &transport);
    let websocket = endpoint::check_websocket(&mut cx, &transport);
    let model = Model {
        server: server::check_server(&mut cx),
        types: types::check_types(&mut cx),
        state: state::check_state(&mut cx),
        handles,
        tools,
        resources: resource::check_resources(&mut cx),
        prompts: prompt::check_prompts(&mut cx),
        schedules: schedule::check_schedules(&mut cx),
        request: endpoint::check_request(&mut cx, &transport, websocket.as_ref()),
        websocket,
        transport,
        auth,
        deploy: deploy::check_deploy(&mut cx),
        review: review::check_review(&mut cx),
    };
    for rule in RULES {
        rule(&model, &mut cx);
    }
    let read = cx.read;
    sink.drop_echoes();
    (!sink.has_errors()).then_some((Agent(model), read))
}
