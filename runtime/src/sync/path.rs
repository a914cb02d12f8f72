//! The paths: `/agents/<name>/<instance>` for the connection, `/ticket` behind it for what a page opens one with.

use crate::agent::{Agent, SyncSpec};
use mcp_agent_protocol::Scope;

/// What a path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The connection.
    Connection,
    /// The ticket.
    Ticket,
}

/// The one instance that a client can name: `default` where there is one for everybody, and `me` where it is whoever connects that says which.
pub fn instance<A: Agent>() -> &'static str {
    match A::CATALOG.scope {
        None | Some(Scope::Server | Scope::Session) => "default",
        Some(Scope::User | Scope::Tenant { .. }) => "me",
    }
}

/// The path of the connection, and that of the ticket.
pub fn paths<A: Agent>(spec: &SyncSpec) -> [String; 2] {
    let connection = ["/agents/", spec.agent, "/", instance::<A>()].concat();
    let ticket = [&connection, "/ticket"].concat();
    [connection, ticket]
}

/// What a path is for, and the path of its connection. `None` where it is none of these.
pub fn at<A: Agent>(path: &str) -> Option<(At, String)> {
    let [connection, ticket] = paths::<A>(A::SYNC.as_ref()?);
    if path == connection {
        return Some((At::Connection, connection));
    }
    (path == ticket).then_some((At::Ticket, connection))
}
