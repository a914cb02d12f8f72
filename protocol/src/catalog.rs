//! What a server offers, as data that generated code writes down at build time.
//!
//! Everything here is `'static` and const-constructible: a catalog costs nothing until its first request.

/// A server and all it offers.
#[derive(Clone, Copy, Debug)]
pub struct Catalog {
    /// `Implementation` of the specification as a JSON object, in the newest shape.
    pub server: &'static str,
    /// What a model is told of the server.
    pub instructions: Option<&'static str>,
    /// `ttlMs` of lists and of `server/discover` on 2026-07-28, in milliseconds.
    pub cache_ms: u64,
    /// Whose the state is; `None` for an agent without state.
    pub scope: Option<Scope>,
    /// Tools, in the order in which they are listed.
    pub tools: &'static [Item],
    /// Resources and resource templates, in the order in which they are listed.
    pub resources: &'static [ResourceItem],
    /// Prompts, in the order in which they are listed.
    pub prompts: &'static [Item],
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
    /// Where its handler runs.
    pub place: Place,
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
}
