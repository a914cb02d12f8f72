//! How an agent that Rust declares is put together: the struct and its impl blocks, each expanded on its own, meet in these traits.

use crate::Error;
use crate::Result;
use crate::agent::{Handler, Input, Table};
use crate::event::Events;
use crate::schema::Late;
#[cfg(not(target_arch = "wasm32"))]
use crate::schema::TypePlace;
use mcp_agent_protocol::{
    Access, Alias, Answer, Completion, CompletionSource, Handle, Item, ResourceItem, TargetKind,
};
use serde::{Serialize, de::DeserializeOwned};

/// Handlers, which `#[mcp_agent]` makes of an impl block. `NAME` is that of the part, hashed: stable Rust has no strings there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lacks handlers",
    label = "no `#[mcp_agent] impl {Self}` for this",
    note = "write `#[mcp_agent]` on the impl block with its `#[tool]`, `#[resource(…)]` and `#[prompt]` methods; a part that `parts(\"…\")` lists is `#[mcp_agent(part = \"…\")]`"
)]
pub trait Part<const NAME: u64>: Sized + 'static {
    /// What the block declares, as TOML.
    const DECLARATION: &'static str = "";
    /// Tools.
    const TOOLS: &'static [Item] = &[];
    /// Names that those once had.
    const ALIASES: &'static [Alias] = &[];
    /// Resources, templates among them.
    const RESOURCES: &'static [ResourceItem] = &[];
    /// Prompts.
    const PROMPTS: &'static [Item] = &[];
    /// What can be completed of them.
    const COMPLETIONS: &'static [Completion] = &[];
    /// Tools whose schemas are of types of the user's.
    const LATE: &'static [Late] = &[];
    /// Kinds of handles that its tools take.
    const HANDLES: &'static [Handle] = &[];
    /// Where those stand.
    #[cfg(not(target_arch = "wasm32"))]
    const PLACES: &'static [TypePlace] = &[];
    /// Their handlers, each list in the order of the one above.
    const TABLE: Table<Self> = Table {
        tools: &[],
        resources: &[],
        prompts: &[],
        completions: &[],
    };
    /// What happens beside MCP. The struct has the path of WebSockets.
    const EVENTS: Events<Self> = Events::NONE;
    /// Whether something is wrong with the block, so that nobody knows what is in it.
    const BROKEN: bool = false;
}

/// A struct that `#[mcp_agent]` stands on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an agent",
    label = "`#[mcp_agent(name = \"…\", version = \"…\")]` is missing on this struct",
    note = "the struct says what the server is, the impl block what it does"
)]
pub trait Declared {
    /// The parts that it lists; none where that is not known, because something is wrong with the struct.
    const PARTS: &'static [&'static str] = &[];
    /// The kinds of handles of all parts.
    const HANDLES: &'static [Handle] = &[];
    /// The tools of each part.
    const TOOLS: &'static [&'static [Item]] = &[];
    /// Whether something is wrong with a part, so that nobody knows what is in it.
    const BROKEN: bool = false;
    /// Whether callers are asked who they are.
    const ASKS: bool = false;
    /// The scopes that there are.
    const SCOPES: &'static [&'static str] = &[];
    /// The roles.
    const ROLES: &'static [&'static str] = &[];
}

/// An agent that keeps a state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps no state, so its handlers have no `self`",
    label = "leave `self` out, or give the struct a field",
    note = "a field is a part of the state: `#[state(default = 0)] count: i64`"
)]
pub trait Stateful {}

/// Compiles where the struct keeps a state.
pub const fn needs_state<A: Stateful>() {}

/// An agent with an object of its own, in which something can be kept.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps no state, and so nothing that is due",
    label = "`state()` is missing on the struct, or a field",
    note = "what is due is kept where the state is: `#[mcp_agent(name = \"…\", version = \"…\", state())]`"
)]
pub trait Keeps {}

/// Compiles where there is such an object.
pub const fn needs_object<A: Keeps>() {}

/// An agent with WebSockets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no WebSockets",
    label = "`websocket(path = \"/ws\")` is missing on the struct",
    note = "the struct says where clients connect: `#[mcp_agent(name = \"…\", version = \"…\", websocket(path = \"/ws\"))]`"
)]
pub trait Listens {}

/// Compiles where there are WebSockets.
pub const fn needs_websocket<A: Listens>() {}

/// Whether the struct lists a part of this name. Compiles where the struct is an agent.
pub const fn lists<A: Declared>(part: &str) -> bool {
    A::PARTS.is_empty() || among(A::PARTS, part)
}

/// Whether the struct asks callers who they are. True where something is wrong with the struct.
pub const fn asks<A: Declared>() -> bool {
    A::PARTS.is_empty() || A::ASKS
}

/// Whether the struct declares a scope. What it declares is said once: where it asks nobody, that is.
pub const fn has_scope<A: Declared>(scope: &str) -> bool {
    A::PARTS.is_empty() || !A::ASKS || among(A::SCOPES, scope)
}

/// The same of a role.
pub const fn has_role<A: Declared>(role: &str) -> bool {
    A::PARTS.is_empty() || !A::ASKS || among(A::ROLES, role)
}

/// Whether a part has a tool of this name. True where something is wrong with one of them, or with the struct.
pub const fn has_tool<A: Declared>(name: &str) -> bool {
    let (mut found, mut part) = (A::PARTS.is_empty() || A::BROKEN, 0);
    while part < A::TOOLS.len() {
        let mut at = 0;
        while at < A::TOOLS[part].len() {
            found |= equal(A::TOOLS[part][at].name.as_bytes(), name.as_bytes());
            at += 1;
        }
        part += 1;
    }
    found
}

/// The items of all parts, of which nobody may use those that say nothing of it. `N` is how many there are.
pub const fn denied<const N: usize>(list: &[Item]) -> [Item; N] {
    let mut all = [Item::EMPTY; N];
    let mut at = 0;
    while at < N {
        all[at] = list[at];
        if matches!(all[at].access, Access::Anyone) {
            all[at].access = Access::Nobody;
        }
        at += 1;
    }
    all
}

/// The same of resources.
pub const fn denied_resources<const N: usize>(list: &[ResourceItem]) -> [ResourceItem; N] {
    let mut all = [ResourceItem::EMPTY; N];
    let mut at = 0;
    while at < N {
        all[at] = list[at];
        if matches!(all[at].access, Access::Anyone) {
            all[at].access = Access::Nobody;
        }
        at += 1;
    }
    all
}

const fn among(names: &[&str], name: &str) -> bool {
    let mut at = 0;
    while at < names.len() {
        if equal(names[at].as_bytes(), name.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

/// The place of a handle among those of an agent.
///
/// # Panics
/// When there is none of this name. Each block has been read with its own.
pub const fn handle_index<A: Declared>(name: &str) -> usize {
    let mut at = 0;
    while at < A::HANDLES.len() {
        if equal(A::HANDLES[at].name.as_bytes(), name.as_bytes()) {
            return at;
        }
        at += 1;
    }
    assert!(A::PARTS.is_empty(), "no part has this handle");
    0
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// How long lists are together.
pub const fn total<T>(lists: &[&[T]]) -> usize {
    let (mut all, mut at) = (0, 0);
    while at < lists.len() {
        all += lists[at].len();
        at += 1;
    }
    all
}

/// Lists as one. `N` is their [`total`], `empty` is in none of them.
pub const fn join<T: Copy, const N: usize>(lists: &[&[T]], empty: T) -> [T; N] {
    let mut all = [empty; N];
    let (mut to, mut list) = (0, 0);
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[to] = lists[list][at];
            to += 1;
            at += 1;
        }
        list += 1;
    }
    all
}

/// What completions of a part refer to, by their places in its lists.
#[derive(Clone, Copy, Debug)]
pub struct Completed {
    /// The completions.
    pub completions: &'static [Completion],
    /// How many resources the part has.
    pub resources: usize,
    /// How many prompts.
    pub prompts: usize,
    /// How many handlers of completions.
    pub handlers: usize,
}

/// How many completions parts have together.
pub const fn total_completions(parts: &[Completed]) -> usize {
    let (mut all, mut at) = (0, 0);
    while at < parts.len() {
        all += parts[at].completions.len();
        at += 1;
    }
    all
}

/// Completions as one list, each referring to the joined lists.
pub const fn join_completions<const N: usize>(parts: &[Completed]) -> [Completion; N] {
    let empty = Completion {
        kind: TargetKind::Prompt,
        index: 0,
        argument: "",
        source: CompletionSource::Values(&[]),
    };
    let mut all = [empty; N];
    let (mut to, mut part) = (0, 0);
    let (mut resources, mut prompts, mut handlers) = (0, 0, 0);
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].completions.len() {
            let mut one = parts[part].completions[at];
            one.index += match one.kind {
                TargetKind::Resource => resources,
                _ => prompts,
            };
            if let CompletionSource::Handler { index, place } = one.source {
                one.source = CompletionSource::Handler {
                    index: index + handlers,
                    place,
                };
            }
            all[to] = one;
            to += 1;
            at += 1;
        }
        resources += parts[part].resources;
        prompts += parts[part].prompts;
        handlers += parts[part].handlers;
        part += 1;
    }
    all
}

/// What a handle can stand for.
#[diagnostic::on_unimplemented(
    message = "no handle can stand for `{Self}`",
    label = "does not implement all of `Default`, `Serialize` and `Deserialize`",
    note = "`#[derive(Default, serde::Serialize, serde::Deserialize)]`, after `cargo add serde -F derive`; a new handle stands for the default"
)]
pub trait Held: Sized {
    /// Makes a handle and answers its id.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn create(input: Input<'_>, kind: usize) -> Result<Answer>;
    /// What the handle of a call stands for.
    ///
    /// # Errors
    /// When there is no such handle any more.
    fn open(input: Input<'_>, kind: usize) -> Result<Self>;
    /// What it stands for now, once the call is committed.
    ///
    /// # Errors
    /// That of the answer, or when it cannot be stored.
    fn keep(&self, input: Input<'_>, answer: Result<Answer>) -> Result<Answer>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Default> Held for T {
    fn create(input: Input<'_>, kind: usize) -> Result<Answer> {
        crate::__rt1::create_handle::<T>(input, kind)
    }

    fn open(input: Input<'_>, kind: usize) -> Result<Self> {
        crate::__rt1::open_handle(input, kind)
    }

    fn keep(&self, input: Input<'_>, answer: Result<Answer>) -> Result<Answer> {
        let answer = answer?;
        crate::__rt1::keep_handle(input, self)?;
        Ok(answer)
    }
}

/// A handler of nothing.
pub const fn no_handler<A>() -> Handler<A> {
    Handler::Front(|_, _| {
        Box::pin(std::future::ready(Err(Error::protocol(
            -32603,
            "internal error",
        ))))
    })
}

/// A declared default.
///
/// # Panics
/// When it does not fit. What a macro knows has been refused where it was declared; of a type of the user's, `mcp-gen check` finds it.
#[allow(clippy::panic)]
pub fn declared<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| {
        panic!("the declared default `{json}` does not fit its type: {error}")
    })
}
