//! What a server offers, as data that generated code writes down at build time.
//!
//! Everything here is `'static` and const-constructible: a catalog costs nothing until its first request.

use crate::auth::{Access, AuthPolicy, Bound};
use crate::call::TargetKind;

/// A server and all it offers.
#[derive(Clone, Copy, Debug)]
pub struct Catalog {
    /// `Implementation` of the specification as a JSON object, in the newest shape.
    pub server: &'static str,
    /// What a model is told of the server.
    pub instructions: Option<&'static str>,
    /// `ttlMs` of lists and of `server/discover` on 2026-07-28, in milliseconds.
    pub cache_ms: u64,
    /// Most items on a page of a list; 0 for all on one.
    pub page: usize,
    /// Whose the state is; `None` for an agent without state.
    pub scope: Option<Scope>,
    /// Tools, in the order in which they are listed.
    pub tools: &'static [Item],
    /// Names that tools once had, which are called as they were and listed nowhere.
    pub aliases: &'static [Alias],
    /// Resources and resource templates, in the order in which they are listed.
    pub resources: &'static [ResourceItem],
    /// Prompts, in the order in which they are listed.
    pub prompts: &'static [Item],
    /// What `completion/complete` knows.
    pub completions: &'static [Completion],
    /// Kinds of handles.
    pub handles: &'static [Handle],
    /// Who may come in; `None` where nobody is asked who they are.
    pub auth: Option<AuthPolicy>,
}

impl Catalog {
    /// A server that offers nothing, for `..Catalog::EMPTY`.
    pub const EMPTY: Catalog = Catalog {
        server: "{}",
        instructions: None,
        cache_ms: 0,
        page: 0,
        scope: None,
        tools: &[],
        aliases: &[],
        resources: &[],
        prompts: &[],
        completions: &[],
        handles: &[],
        auth: None,
    };

    /// Whether a session of the versions with sessions is *kept*: an object knows whether it has ended, what it subscribed to and what it was sent.
    /// Otherwise it is *light*: nothing but its token. Fixed when the server is built.
    pub const fn keeps_sessions(&self) -> bool {
        let mut kept = matches!(self.scope, Some(Scope::Session)) || self.is_interactive();
        let mut at = 0;
        while at < self.resources.len() {
            kept |= self.resources[at].subscribe;
            at += 1;
        }
        kept
    }

    /// Whether any handler may ask its client, report progress and log.
    pub const fn is_interactive(&self) -> bool {
        const fn any(items: &[Item]) -> bool {
            let mut at = 0;
            while at < items.len() {
                if items[at].may_ask() {
                    return true;
                }
                at += 1;
            }
            false
        }
        let mut interactive = any(self.tools) || any(self.prompts);
        let mut at = 0;
        while at < self.resources.len() {
            interactive |= self.resources[at].interactive;
            at += 1;
        }
        interactive
    }

    /// Whether any tool may run as a task. Fixed when the server is built.
    pub const fn has_tasks(&self) -> bool {
        let mut at = 0;
        while at < self.tools.len() {
            if !matches!(self.tools[at].task, TaskSupport::Never) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// A number that changes with what is listed (FNV-1a), never 0.
    pub(crate) fn mark(&self) -> u32 {
        let items = self.tools.iter().chain(self.prompts).map(|item| item.json);
        let all = items.chain(self.resources.iter().map(|item| item.json));
        let mut hash = 0x811c_9dc5_u32;
        for text in all {
            for byte in text.bytes().chain([0]) {
                hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
            }
        }
        hash.max(1)
    }
}

/// A tool or a prompt.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Name on the wire.
    pub name: &'static str,
    /// The item as it is listed, in the newest shape; [`crate::Version`] decides what older clients see of it.
    pub json: &'static str,
    /// JSON Schema of the arguments. `None` for a tool means `inputSchema` in `json`, for a prompt that nothing is checked
    /// beyond "strings only".
    pub schema: Option<&'static str>,
    /// JSON Schema that structured output is checked against before it is sent. `None` where the handler's type cannot violate
    /// `outputSchema`. Tools only.
    pub output: Option<&'static str>,
    /// Where its handler runs.
    pub place: Place,
    /// Whether its handler may ask the client, report progress and log while it runs.
    pub interactive: bool,
    /// What the user is asked before the handler runs; `{name}` stands for the argument of that name. Tools only.
    pub confirm: Option<&'static str>,
    /// Whether it may run as a task of the extension `io.modelcontextprotocol/tasks`. Tools only.
    pub task: TaskSupport,
    /// The handle that it works on: its place in [`Catalog::handles`]. Tools only.
    pub handle: Option<usize>,
    /// The arguments that clients of 2026-07-28 mirror in headers (`x-mcp-header`). Tools only.
    pub headers: &'static [ParamHeader],
    /// Who may use it.
    pub access: Access,
    /// Parameters that are claims of the caller's. Tools only.
    pub bound: &'static [Bound],
}

impl Item {
    /// An item without anything, for `..Item::EMPTY`.
    pub const EMPTY: Item = Item {
        name: "",
        json: "{}",
        schema: None,
        output: None,
        place: Place::Front,
        interactive: false,
        confirm: None,
        task: TaskSupport::Never,
        handle: None,
        headers: &[],
        access: Access::Anyone,
        bound: &[],
    };

    /// The same, of which the handler may ask.
    pub const INTERACTIVE: Item = Item {
        interactive: true,
        ..Item::EMPTY
    };

    /// Whether a call of it may wait for its client: its handler asks, or its user is asked first.
    pub const fn may_ask(&self) -> bool {
        self.interactive || self.confirm.is_some()
    }
}

/// A name that a tool once had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name, which no tool and no other alias has.
    pub name: &'static str,
    /// What the tool is called now: a name of [`Catalog::tools`].
    pub tool: &'static str,
}

/// Whether a tool may run as a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskSupport {
    /// It is answered as it is called.
    Never,
    /// It runs as a task where the client knows tasks, and is answered as it is called where not.
    Optional,
    /// It is called like any other, and becomes a task when its handler says so, where the client knows tasks.
    Deferred,
    /// It runs as a task, and is refused to a client that does not know tasks.
    Required,
}

/// An argument that clients mirror in a header `Mcp-Param-*` (2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters").
#[derive(Clone, Copy, Debug)]
pub struct ParamHeader {
    /// The header's name, in lower case: `mcp-param-region`.
    pub header: &'static str,
    /// The names of the members that lead to the argument.
    pub path: &'static [&'static str],
}

/// A kind of explicit state handle: what a client creates by one tool, hands to others, and closes by a third.
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    /// The name of the parameter that takes one.
    pub name: &'static str,
    /// How long one lasts after it was last used, in milliseconds.
    pub ttl_ms: u64,
}

/// A resource or a resource template.
#[derive(Clone, Copy, Debug)]
pub struct ResourceItem {
    /// URI, or URI template of RFC 6570 level 1.
    pub uri: &'static str,
    /// Whether `uri` is a template.
    pub template: bool,
    /// The item as it is listed, in the newest shape.
    pub json: &'static str,
    /// `mimeType` of contents that do not name their own.
    pub mime: Option<&'static str>,
    /// JSON Schema of the template's variables, which come as strings.
    pub schema: Option<&'static str>,
    /// Where its handler runs.
    pub place: Place,
    /// Whether its handler may ask the client, report progress and log while it runs.
    pub interactive: bool,
    /// Whether clients may subscribe to it.
    pub subscribe: bool,
    /// The field of the state that it shows, whose change its subscribers hear of.
    pub field: Option<&'static str>,
    /// The query that it shows, of whose tables its subscribers hear when they change.
    pub query: Option<&'static str>,
    /// Who may use it.
    pub access: Access,
}

impl ResourceItem {
    /// A resource without anything, for `..ResourceItem::EMPTY`.
    pub const EMPTY: ResourceItem = ResourceItem {
        uri: "",
        template: false,
        json: "{}",
        mime: None,
        schema: None,
        place: Place::Front,
        interactive: false,
        subscribe: false,
        field: None,
        query: None,
        access: Access::Anyone,
    };
}

/// What can be completed: an argument of a prompt, or a variable of a resource template.
#[derive(Clone, Copy, Debug)]
pub struct Completion {
    /// Of which list: [`TargetKind::Prompt`] or [`TargetKind::Resource`].
    pub kind: TargetKind,
    /// The item's place in its list.
    pub index: usize,
    /// The argument or variable.
    pub argument: &'static str,
    /// Where the values come from.
    pub source: CompletionSource,
}

/// Where completions come from.
#[derive(Clone, Copy, Debug)]
pub enum CompletionSource {
    /// These, of which those that begin with what was typed are offered.
    Values(&'static [&'static str]),
    /// A handler.
    Handler {
        /// Its place in the table of completion handlers.
        index: usize,
        /// Where it runs; never [`Place::Write`].
        place: Place,
    },
}

/// Where a handler runs, and how it may use the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// No `self`: in the Worker that got the request.
    Front,
    /// `&self`: where the state is, on a committed snapshot.
    Read,
    /// `&mut self`: where the state is, one at a time.
    Write,
}

/// Whose the state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One state for everybody.
    Server,
    /// One state a session; versions with sessions only.
    Session,
    /// One state a principal: issuer and subject.
    User,
    /// One state for all whose claim is the same, of one issuer.
    Tenant {
        /// The names of the members that lead to the claim.
        claim: &'static [&'static str],
    },
}

impl Scope {
    /// Whether a state belongs to principals, so that there is none for whoever is not known.
    pub const fn is_someones(self) -> bool {
        matches!(self, Scope::User | Scope::Tenant { .. })
    }
}
