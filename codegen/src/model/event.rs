//! What happens to an agent beside MCP.

use super::Access;

/// `[schedules.*]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Name, by which handlers schedule it.
    pub name: String,
    /// Name of the handler, unique among all.
    pub method: String,
    /// What it does.
    pub description: Option<String>,
    /// Five fields, in UTC.
    pub cron: Option<String>,
    /// How often a run is tried, at least 1.
    pub attempts: u32,
    /// How the handler uses the state.
    pub access: Access,
}

/// `[websocket]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSocket {
    /// Path that clients connect to, `/ws` by default.
    pub path: String,
    /// How the handlers use the state: not [`Access::None`].
    pub access: Access,
}

/// `[request]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// A path, or all paths below one: `/hooks/*`.
    pub path: String,
    /// How the handler uses the state.
    pub access: Access,
}

/// What a handler of an event is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventArgument {
    /// The context.
    Cx,
    /// The state before.
    Old,
    /// The version of a stored state.
    From,
    /// The JSON of a stored state.
    Stored,
    /// A run of a schedule.
    Due,
    /// A client's connection.
    Socket,
    /// What that asked for.
    Asked,
    /// What a client sent.
    Message,
    /// The code that a connection was closed with.
    Code,
    /// What was said of that.
    Reason,
    /// Why a connection failed.
    Failure,
    /// A plain request.
    Request,
}

impl EventArgument {
    /// Its name in a signature, and its type.
    pub fn parameter(self) -> (&'static str, &'static str) {
        match self {
            Self::Cx => ("cx", "&::mcp_agent::Cx"),
            Self::Old => ("old", "&Self"),
            Self::From => ("from", "u32"),
            Self::Stored => ("old", "::mcp_agent::serde_json::Value"),
            Self::Due => ("due", "::mcp_agent::Due"),
            Self::Socket => ("socket", "&::mcp_agent::Socket"),
            Self::Asked => ("request", "&::mcp_agent::Request"),
            Self::Message => ("message", "::mcp_agent::Message"),
            Self::Code => ("code", "u16"),
            Self::Reason => ("reason", "&str"),
            Self::Failure => ("error", "&str"),
            Self::Request => ("request", "::mcp_agent::Request"),
        }
    }

    /// The same as a handler file has it.
    pub fn written(self, unused: &str) -> String {
        let (name, ty) = self.parameter();
        format!("{unused}{name}: {}", written(ty))
    }
}

/// A path as a handler file has it, which has the prelude.
pub fn written(path: &str) -> String {
    path.replace("::mcp_agent::serde_json", "mcp_agent::serde_json")
        .replace("::mcp_agent::", "")
}
