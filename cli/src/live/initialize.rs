//! `initialize`, with which a client of 2025-11-25 and before begins, whatever the transport.

use super::http::Http;
use super::server::{Greeting, Lists};
use anyhow::{Result, bail};
use mcp_agent_protocol::Version;
use serde_json::{Map, Value, json};

pub const METHOD: &str = "initialize";

/// Its parameters. There is nothing that this client can be asked.
pub fn params(version: Version) -> Map<String, Value> {
    let client = super::client();
    let version = Value::from(version.as_str());
    let members = [
        ("protocolVersion", version),
        ("capabilities", json!({})),
        ("clientInfo", client),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), value));
    members.into_iter().collect()
}

/// What the server is told when it has answered.
pub fn done() -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })
}

/// What the answer says. A version that nobody knows is one that nobody can speak.
pub fn greeting(http: &Http, result: &Value, transport: &'static str) -> Result<Greeting> {
    let said = &result["protocolVersion"];
    let version = said.as_str().and_then(Version::parse);
    let Some(version) = version.filter(|it| !it.is_stateless()) else {
        bail!(
            "`initialize` is answered with the version {}, which has no `initialize` or is not known",
            http.shown(&said.to_string())
        );
    };
    Ok(Greeting {
        protocol: version.as_str().to_owned(),
        transport,
        server: result["serverInfo"].clone(),
        instructions: result["instructions"].as_str().map(str::to_owned),
        lists: Lists::of(&result["capabilities"]),
    })
}
