//! 2026-07-28: each request stands for itself, and says in `_meta` and in headers what it speaks.

use super::http::{Headers, Http};
use super::message::Said;
use super::server::{Greeting, Lists, Server};
use super::streamable::{Endpoint, Heard};
use crate::address::Address;
use anyhow::{Result, bail};
use mcp_agent_protocol::Version;
use serde_json::{Map, Value, json};

/// A server of the stateless era.
struct Stateless<'a> {
    endpoint: Endpoint<'a>,
    greeting: Greeting,
}

/// Whether there is one.
pub enum Found<'a> {
    Server(Box<dyn Server + 'a>),
    /// It speaks this one of the versions with sessions, and says so.
    Speaks(Version),
    /// It answers as those do that have never heard of the question.
    Older,
}

/// Asks for `server/discover` (2026-07-28, "Streamable HTTP", "Backward Compatibility").
pub fn discover<'a>(http: &'a Http, at: &Address) -> Result<Found<'a>> {
    let mut endpoint = Endpoint::new(http, at, false);
    let heard = post(&mut endpoint, "server/discover", Map::new())?;
    let newest = Version::LATEST.as_str();
    let speaks = |all: Vec<String>| {
        let mut older = Version::ALL.into_iter().filter(|it| !it.is_stateless());
        older.find(|it| all.iter().any(|name| name == it.as_str()))
    };
    match heard.said {
        Some(Ok(result)) => {
            let all = result["supportedVersions"].as_array();
            let all = all.into_iter().flatten().filter_map(Value::as_str);
            let all: Vec<String> = all.map(str::to_owned).collect();
            if all.iter().any(|it| it == newest) {
                return Ok(Found::Server(Box::new(Stateless {
                    greeting: greeting(&result),
                    endpoint,
                })));
            }
            Ok(match speaks(all) {
                Some(version) => Found::Speaks(version),
                None => Found::Older,
            })
        }
        Some(Err(error)) if error.is_modern() => match speaks(error.supported()) {
            Some(version) => Ok(Found::Speaks(version)),
            None => bail!("{at} refuses {newest}: {}", heard.shown),
        },
        _ => Ok(Found::Older),
    }
}

impl Server for Stateless<'_> {
    fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    fn ask(&mut self, method: &str, params: Map<String, Value>) -> Result<Said> {
        let heard = post(&mut self.endpoint, method, params)?;
        let Some(said) = heard.said else {
            bail!("the answer is {}", heard.shown);
        };
        if let Ok(result) = &said {
            let kind = &result["resultType"];
            // What lists a server has cannot depend on what a user is asked.
            if !(kind.is_null() || kind == "complete") {
                let kind = self.endpoint.http.shown(&kind.to_string());
                bail!("the answer is not complete, but {kind}");
            }
        }
        Ok(said)
    }
}

fn post(endpoint: &mut Endpoint<'_>, method: &str, params: Map<String, Value>) -> Result<Heard> {
    let version = Version::LATEST.as_str();
    let mut params = params;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": super::client(),
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    params.insert("_meta".to_owned(), meta);
    let headers: Headers = vec![
        ("mcp-protocol-version", version.to_owned()),
        ("mcp-method", method.to_owned()),
    ];
    endpoint.ask(method, params, &headers)
}

fn greeting(result: &Value) -> Greeting {
    Greeting {
        protocol: Version::LATEST.as_str().to_owned(),
        transport: "Streamable HTTP",
        server: result["_meta"]["io.modelcontextprotocol/serverInfo"].clone(),
        instructions: result["instructions"].as_str().map(str::to_owned),
        lists: Lists::of(&result["capabilities"]),
    }
}
