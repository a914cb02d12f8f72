//! A client of any MCP server, which does nothing but ask what there is.
//!
//! All versions are spoken: 2026-07-28 is tried first, then `initialize`, then HTTP+SSE, as the specification has it for clients that
//! do not know whom they meet.

mod bounded;
mod events;
mod http;
mod initialize;
mod limits;
mod message;
mod pages;
mod reply;
mod server;
mod session;
mod sse;
mod stateless;
mod streamable;
#[cfg(test)]
mod tests;

pub use http::shown;
pub use server::Greeting;

use crate::address::Address;
use anyhow::{Context, Result};
use http::Http;
use limits::Limits;
use mcp_agent_protocol::Version;
use serde_json::{Value, json};
use server::Server;

/// What a server says of itself to whoever asks.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Who it is, what it speaks, and which lists it has at all.
    pub greeting: Greeting,
    pub tools: Vec<Value>,
    pub resources: Vec<Value>,
    /// Resource templates.
    pub templates: Vec<Value>,
    pub prompts: Vec<Value>,
}

/// Asks the server at this URL for all that it lists. A `token` is sent over TLS or on this machine, and to its origin alone.
///
/// Each item is an object with the text that it is known by; what else is in it is as the server says it.
pub fn list(url: &str, token: Option<&str>) -> Result<Listing> {
    list_within(url, token, Limits::DEFAULT)
}

fn list_within(url: &str, token: Option<&str>, limits: Limits) -> Result<Listing> {
    let at = Address::parse(url, token)?;
    let http = Http::new(&at, token, limits);
    let mut server = connect(&http, &at)?;
    let listing = collect(&http, &mut *server);
    server.end();
    listing.with_context(|| at.to_string())
}

/// Whichever of the three ways of speaking it has.
fn connect<'a>(http: &'a Http, at: &Address) -> Result<Box<dyn Server + 'a>> {
    let version = match stateless::discover(http, at)? {
        stateless::Found::Server(server) => return Ok(server),
        stateless::Found::Speaks(version) => version,
        stateless::Found::Older => Version::LATEST_LEGACY,
    };
    let refused = match session::open(http, at, version)? {
        session::Found::Server(server) => return Ok(server),
        session::Found::Refused(shown) => shown,
    };
    let server = sse::open(http, at, version);
    let server = server.with_context(|| {
        format!("{at} is no MCP server that answers: to `initialize` it says {refused}")
    })?;
    Ok(Box::new(server))
}

fn collect(http: &Http, server: &mut dyn Server) -> Result<Listing> {
    let greeting = server.greeting().clone();
    let mut all = |has: bool, list: &pages::List| match has {
        true => list.all(http, server),
        false => Ok(Vec::new()),
    };
    let lists = greeting.lists;
    Ok(Listing {
        tools: all(lists.tools, &pages::TOOLS)?,
        resources: all(lists.resources, &pages::RESOURCES)?,
        templates: all(lists.resources, &pages::TEMPLATES)?,
        prompts: all(lists.prompts, &pages::PROMPTS)?,
        greeting,
    })
}

/// Who we say we are.
fn client() -> Value {
    json!({ "name": "mcp-gen", "version": env!("CARGO_PKG_VERSION") })
}
