//! An agent as the runtime sees it: its catalog, its state, and a table of handlers.

use crate::event::Events;
use crate::handle::Handles;
use crate::schema::Late;
#[cfg(not(target_arch = "wasm32"))]
use crate::schema::{Make, TypePlace};
use crate::{Call, Cx, Result};
use mcp_agent_protocol::{Access, Answer, Catalog, Policy};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin};

/// Whether an optional member is there in any of a list; iterators are not for constants.
macro_rules! any_has {
    ($list:expr, $member:ident) => {{
        let (mut found, mut at) = (false, 0);
        while at < $list.len() {
            found |= $list[at].$member.is_some();
            at += 1;
        }
        found
    }};
}

/// Implemented by what `#[mcp_agent]` emits, on the user's struct, which is the state.
pub trait Agent: Clone + Default + PartialEq + Serialize + DeserializeOwned + 'static {
    /// The declaration in TOML, in pieces, where Rust declares the agent. Empty where a file does.
    const DECLARATION: &'static [&'static str] = &[];
    /// What the server declares.
    const CATALOG: Catalog;
    /// The tools of which the catalog has no schemas: they are of types of the user's.
    const LATE: &'static [Late] = &[];
    /// Where those stand.
    #[cfg(not(target_arch = "wasm32"))]
    fn places() -> Vec<TypePlace> {
        Vec::new()
    }
    /// The fields of the state that are of types of the user's.
    #[cfg(not(target_arch = "wasm32"))]
    fn kept() -> Vec<(&'static str, Make)> {
        Vec::new()
    }
    /// What the server declares, with every schema in it.
    fn catalog() -> Catalog {
        Self::CATALOG
    }
    /// Whether sessions are kept. Known when it is compiled, so that an agent pays only for the kind that it has.
    const KEPT: bool = Self::CATALOG.keeps_sessions();
    /// Whether there are handles, known when it is compiled.
    const HANDLES: bool = !Self::CATALOG.handles.is_empty();
    /// Whether the user is asked before any tool runs, known when it is compiled.
    const CONFIRMS: bool = any_has!(Self::CATALOG.tools, confirm);
    /// Whether the structured output of any tool is checked, known when it is compiled.
    const CHECKS: bool = any_has!(Self::CATALOG.tools, output) || any_has!(Self::LATE, output);
    /// Whether any handler may ask its client.
    const ASKS: bool = Self::CATALOG.is_interactive();
    /// Whether callers are asked who they are. Known when it is compiled too.
    const AUTH: bool = Self::CATALOG.auth.is_some();
    /// Whether the state belongs to principals. Known when it is compiled too.
    const SOMEONES: bool = match Self::CATALOG.scope {
        Some(scope) => scope.is_someones(),
        None => false,
    };
    /// Who may have the state of others exported and deleted; nobody where it is `None`.
    const ADMIN: Option<Access> = None;
    /// Whether any tool may run as a task. Known when it is compiled too.
    const TASKS: bool = Self::CATALOG.has_tasks();
    /// Paths, hosts, limits.
    const POLICY: Policy;
    /// How the state is kept.
    const STATE: StateSpec;
    /// The handlers, in the order of the catalog.
    const TABLE: Table<Self>;
    /// What happens to it beside MCP.
    const EVENTS: Events<Self> = Events::NONE;
    /// Whether anything is scheduled, known when it is compiled.
    const SCHEDULES: bool = !Self::EVENTS.schedules.is_empty();
    /// Whether it has tables of its own, known when it is compiled.
    const SQL: bool = !Self::STATE.migrations.is_empty();
    /// What pages with `AgentClient` see of the state; `None` where there is nothing for them.
    const SYNC: Option<SyncSpec> = None;
}

/// The handlers of an agent, each list in the order of the catalog's.
pub struct Table<A: 'static> {
    /// Of tools.
    pub tools: &'static [Handler<A>],
    /// Of resources.
    pub resources: &'static [Handler<A>],
    /// Of prompts.
    pub prompts: &'static [Handler<A>],
    /// Of completions.
    pub completions: &'static [Handler<A>],
}

/// How the state is kept.
#[derive(Clone, Copy, Debug)]
pub struct StateSpec {
    /// Version of the state's shape.
    pub version: u32,
    /// Largest serialised state, in bytes.
    pub max_bytes: usize,
    /// What makes the tables of its own, in their order.
    pub migrations: &'static [Migration],
}

impl StateSpec {
    /// Of an agent without a state.
    pub const NONE: Self = Self {
        version: 1,
        max_bytes: 65_536,
        migrations: &[],
    };
}

/// How the state is in sync with clients of the npm package `agents`.
#[derive(Clone, Copy, Debug)]
pub struct SyncSpec {
    /// The agent's name in the path `/agents/<name>/…`, in kebab case.
    pub agent: &'static str,
    /// The fields of the state that a client may write. Empty where it may only read.
    pub writable: &'static [&'static str],
    /// Whether a client may only read.
    pub readonly: bool,
    /// JSON Schema of an object of those fields, which what a client writes is checked against: fields have limits that their types do not know.
    pub schema: Option<&'static str>,
}

/// A numbered file of SQL, which is run once in each object.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The file, as declared.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
    /// SHA-256 of the text, in hex.
    pub hash: &'static str,
}

/// What a handler is given beside its context.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The arguments, a JSON object that satisfies the declared schema.
    pub arguments: &'a str,
    /// The URI as requested, for a resource.
    pub uri: &'a str,
    /// The declared `mimeType`, for a resource.
    pub mime: Option<&'static str>,
    /// What an interactive handler asks through.
    pub call: &'a Call,
    /// The handles of the object that it runs in.
    pub(crate) handles: &'a Handles<'a>,
}

/// A handler's future. It may borrow the state, the context and the input.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + 'a>>;

/// A handler, by where it runs.
pub enum Handler<A: 'static> {
    /// No `self`: anywhere.
    Front(for<'a> fn(&'a Cx, Input<'a>) -> Pending<'a>),
    /// `&self`: on a committed snapshot.
    Read(for<'a> fn(&'a A, &'a Cx, Input<'a>) -> Pending<'a>),
    /// `&mut self`: on a copy, committed on `Ok`.
    Write(for<'a> fn(&'a mut A, &'a Cx, Input<'a>) -> Pending<'a>),
}

impl<A> Clone for Handler<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Handler<A> {}
