//! A reply, and its body as text or as a stream.

use super::bounded::Bounded;
use super::events::Events;
use super::http::Http;
use crate::address::Address;
use anyhow::{Context, Result, bail};
use std::io::{BufReader, Read};
use ureq::BodyReader;
use ureq::http::HeaderMap;

/// The media type of streams.
pub const STREAM: &str = "text/event-stream";

/// The body of a reply.
pub type Body = Bounded<BodyReader<'static>>;
/// The events of a reply.
pub type Stream = Events<BufReader<Body>>;

/// The head of a reply, and what can be read after it.
pub struct Reply {
    pub status: u16,
    /// Who replies, which redirects may have made another than was asked.
    pub at: Address,
    pub headers: HeaderMap,
    pub body: Body,
}

impl Reply {
    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type, without parameters, in lower case.
    pub fn media(&self) -> String {
        let all = self.header("content-type").unwrap_or_default();
        let media = all.split(';').next().unwrap_or_default();
        media.trim().to_ascii_lowercase()
    }

    /// Whether it goes well, and has events.
    pub fn is_stream(&self) -> bool {
        self.status == 200 && self.media() == STREAM
    }

    /// All of the body.
    pub fn text(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        let read = self.body.read_to_end(&mut bytes);
        read.with_context(|| format!("the answer of {} cannot be read", self.at))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// An error unless it is a success, which has nothing to say: the message was taken.
    pub fn accepted(mut self, http: &Http) -> Result<()> {
        let status = self.status;
        if (200..300).contains(&status) {
            return Ok(());
        }
        let text = self.text()?;
        bail!("{} answers {status}: {}", self.at, http.shown(&text))
    }

    /// The body as events.
    pub fn stream(self) -> Stream {
        Events::new(BufReader::new(self.body))
    }

    /// Where a 401 says that tokens are from: `resource_metadata` of its challenge (2025-06-18, "Protected Resource Metadata Discovery").
    pub fn metadata(&self) -> Option<&str> {
        resource_metadata(self.header("www-authenticate")?)
    }
}

/// The parameter `resource_metadata` of a `WWW-Authenticate`.
fn resource_metadata(challenge: &str) -> Option<&str> {
    let (_, value) = challenge.split_once("resource_metadata=")?;
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([',', ' ']).next(),
    }
}

#[cfg(test)]
mod tests {
    use super::resource_metadata;

    #[test]
    fn a_challenge_names_where_tokens_are_from() {
        for (challenge, found) in [
            (
                r#"Bearer realm="a", resource_metadata="https://a/b", scope="x""#,
                Some("https://a/b"),
            ),
            (
                "Bearer resource_metadata=https://a/b, error=x",
                Some("https://a/b"),
            ),
            ("Bearer", None),
            ("", None),
        ] {
            assert_eq!(resource_metadata(challenge), found, "{challenge}");
        }
    }
}
