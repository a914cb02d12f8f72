//! Requests to a deployment. The token comes from the environment, and goes to that deployment alone.

use crate::address::Address;
use anyhow::{Context, Result, ensure};
use std::time::Duration;
use ureq::Agent;

/// The variable that has the access token.
pub const TOKEN: &str = "MCP_TOKEN";
/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// What of an answer is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// A deployment, and who asks it.
pub struct Remote {
    agent: Agent,
    base: String,
    token: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Remote {
    /// The deployment at this URL, with the token of the environment.
    pub fn at(url: &str) -> Result<Self> {
        let token = token().with_context(|| {
            format!("{TOKEN} is not set: it has the access token of who may do this")
        })?;
        let base = origin(url, &token)?;
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // To wherever it leads, the token would go along.
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        Ok(Self {
            agent: Agent::new_with_config(config),
            base,
            token,
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// Posts JSON to a path.
    pub fn post(&self, path: &str, body: &str) -> Result<Answer> {
        let url = [&self.base, path].concat();
        let request = self.agent.post(&url);
        let sent = request
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .send(body);
        let mut response = sent.with_context(|| format!("no answer from {url}"))?;
        let status = response.status().as_u16();
        let read = response.body_mut().with_config().limit(LARGEST);
        let body = read
            .read_to_string()
            .with_context(|| format!("the answer of {url} cannot be read"))?;
        Ok(Answer { status, body })
    }
}

/// The origin of a URL: a path would be of something else there.
fn origin(url: &str, token: &str) -> Result<String> {
    let address = Address::parse(url, Some(token))?;
    ensure!(
        address.is_origin(),
        "`{url}` has a path: the URL of the Worker is meant, without one"
    );
    Ok(address.origin())
}

/// The access token of the environment, if there is one.
pub fn token() -> Option<String> {
    let token = std::env::var(TOKEN).unwrap_or_default();
    let token = token.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_nowhere_else() {
        for (url, origin_of) in [
            ("https://a.example", Some("https://a.example")),
            ("https://a.example/", Some("https://a.example")),
            ("http://127.0.0.1:8787", Some("http://127.0.0.1:8787")),
            ("http://[::1]:8787/", Some("http://[::1]:8787")),
            ("http://a.example", None),
            ("http://localhost.evil.example", None),
            ("https://me:word@a.example", None),
            ("https://a.example/mcp", None),
            ("https://a.example/?x", None),
            ("ftp://a.example", None),
            ("a.example", None),
            ("", None),
        ] {
            assert_eq!(origin(url, "t").ok().as_deref(), origin_of, "{url}");
        }
    }
}
