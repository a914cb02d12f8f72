//! Where a server is, and whether a token may be said there. Used by all that goes over HTTP.

use anyhow::{Context, Result, bail, ensure};
use std::fmt;
use url::{Host, Url};

/// An `http` or `https` URL that names no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// The address that is written like this. Where a `token` goes along, only this machine is spoken to without TLS.
    pub fn parse(text: &str, token: Option<&str>) -> Result<Self> {
        let wrong = || format!("`{text}` is no URL: https://my-agent.example.workers.dev");
        let mut url = Url::parse(text).with_context(wrong)?;
        let address = match url.scheme() {
            "http" | "https" => {
                url.set_fragment(None);
                Self(url)
            }
            other => bail!("`{other}` is neither https nor http"),
        };
        let user = !address.0.username().is_empty() || address.0.password().is_some();
        ensure!(
            !user,
            "{address} has a user in it: a token has its own place, in the environment"
        );
        if token.is_some() && address.0.scheme() == "http" && !address.is_loopback() {
            bail!("{address} would show the token to everybody on the way: https:// it is");
        }
        Ok(address)
    }

    /// What a reference there leads to, as long as that is the same origin: nobody else is told what is meant for this one.
    pub fn join(&self, reference: &str) -> Result<Self> {
        let url = self.0.join(reference);
        let mut url = url.map_err(|_| anyhow::anyhow!("{self} names an address that is none"))?;
        ensure!(
            url.origin() == self.0.origin(),
            "{self} leads to another origin, {}",
            url.origin().ascii_serialization()
        );
        url.set_fragment(None);
        // Of the same origin, but a user would go along as a header.
        let (_, _) = (url.set_username(""), url.set_password(None));
        Ok(Self(url))
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// Whether it is an origin, and nothing more.
    pub fn is_origin(&self) -> bool {
        self.0.path() == "/" && self.0.query().is_none()
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// All of it, to be asked.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// As it may be shown: queries are where sessions and keys are.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.0.path())
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn a_token_is_said_over_tls_or_on_this_machine() {
        for (url, open, with_token) in [
            ("https://a.example/mcp", true, true),
            ("http://127.0.0.1:8787/mcp", true, true),
            ("http://[::1]/", true, true),
            ("http://localhost/", true, true),
            ("http://a.example/mcp", true, false),
            ("http://localhost.evil.example/", true, false),
            ("https://me:word@a.example/", false, false),
            ("ftp://a.example/", false, false),
            ("a.example", false, false),
            ("", false, false),
        ] {
            assert_eq!(Address::parse(url, None).is_ok(), open, "{url}");
            assert_eq!(Address::parse(url, Some("t")).is_ok(), with_token, "{url}");
        }
    }

    #[test]
    fn references_stay_at_home() {
        let at = Address::parse("https://a.example/mcp/sse?key=1", None).expect("a URL");
        for (reference, joined) in [
            (
                "/messages?session=1",
                Some("https://a.example/messages?session=1"),
            ),
            ("messages", Some("https://a.example/mcp/messages")),
            ("?session=1", Some("https://a.example/mcp/sse?session=1")),
            ("https://A.example:443/m#x", Some("https://a.example/m")),
            ("https://me@a.example/m", Some("https://a.example/m")),
            ("http://a.example/m", None),
            ("https://a.example:8443/m", None),
            ("//b.example/m", None),
            ("\\\\b.example/m", None),
            ("https://", None),
        ] {
            let found = at.join(reference).ok();
            assert_eq!(found.as_ref().map(Address::as_str), joined, "{reference}");
        }
        assert_eq!(at.to_string(), "https://a.example/mcp/sse");
    }
}
