//! 2025-03-26 to 2025-11-25 over Streamable HTTP: `initialize`, perhaps a session, and its end.

use super::http::{Headers, Http};
use super::initialize;
use super::message::Said;
use super::server::{Greeting, Server};
use super::streamable::Endpoint;
use crate::address::Address;
use anyhow::{Context, Result, bail};
use mcp_agent_protocol::Version;
use serde_json::{Map, Value};

/// A server that was initialized.
struct Session<'a> {
    endpoint: Endpoint<'a>,
    headers: Headers,
    greeting: Greeting,
}

/// Whether there is one.
pub enum Found<'a> {
    Server(Box<dyn Server + 'a>),
    /// POST is refused in a way in which servers of 2024-11-05 refuse it. This is what it says.
    Refused(String),
}

/// Initializes at this version, or at what the server offers instead.
pub fn open<'a>(http: &'a Http, at: &Address, version: Version) -> Result<Found<'a>> {
    let mut endpoint = Endpoint::new(http, at, true);
    let heard = endpoint.ask(initialize::METHOD, initialize::params(version), &Vec::new())?;
    let result = match heard.said {
        Some(Ok(result)) => result,
        Some(Err(error)) if error.is_modern() => {
            bail!("{at} refuses {}: {}", version.as_str(), heard.shown)
        }
        _ if matches!(heard.status, 400 | 404 | 405) => return Ok(Found::Refused(heard.shown)),
        _ => bail!("`initialize` of {at}: the answer is {}", heard.shown),
    };
    let greeting = initialize::greeting(http, &result, "Streamable HTTP")?;
    let mut headers: Headers = vec![("mcp-protocol-version", greeting.protocol.clone())];
    headers.extend(heard.session.map(|id| ("mcp-session-id", id)));
    let mut session = Session {
        endpoint,
        headers,
        greeting,
    };
    match session.initialized() {
        Ok(()) => Ok(Found::Server(Box::new(session))),
        Err(error) => {
            session.end();
            Err(error)
        }
    }
}

impl Session<'_> {
    fn initialized(&self) -> Result<()> {
        let told = self.endpoint.tell(&initialize::done(), &self.headers)?;
        told.accepted(self.endpoint.http)
            .context("`notifications/initialized`")
    }
}

impl Server for Session<'_> {
    fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    fn ask(&mut self, method: &str, params: Map<String, Value>) -> Result<Said> {
        let heard = self.endpoint.ask(method, params, &self.headers)?;
        match heard.said {
            Some(said) => Ok(said),
            None => bail!("the answer is {}", heard.shown),
        }
    }

    /// A server may keep a session until it is told (2025-11-25, "Session Management"), or may not care.
    fn end(&mut self) {
        if self.headers.iter().any(|it| it.0 == "mcp-session-id") {
            self.endpoint.http.delete(&self.endpoint.at, &self.headers);
        }
    }
}
