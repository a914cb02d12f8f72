//! HTTP+SSE of 2024-11-05: what the object that owns a client's stream remembers of it.

use crate::client::ClientCaps;
use crate::version::Version;

/// An HTTP+SSE client, as long as its stream is open. Save it with [`SseSession::encode`] before the object may sleep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseSession {
    /// 32 hex digits.
    pub(crate) id: String,
    /// As `initialize` negotiated it; `None` before.
    pub(crate) version: Option<Version>,
    /// What the client said that it can do.
    pub(crate) client: ClientCaps,
}

impl SseSession {
    /// A session that has not been initialized.
    pub(crate) fn new(id: String) -> SseSession {
        SseSession {
            id,
            version: None,
            client: ClientCaps::default(),
        }
    }

    /// The session's name: 32 hex digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// One line that [`SseSession::decode`] reads.
    pub fn encode(&self) -> String {
        let version = self.version.map_or("-", Version::as_str);
        [&self.id, " ", version, " ", &self.client.bits().to_string()].concat()
    }

    /// Reads what [`SseSession::encode`] wrote.
    pub fn decode(text: &str) -> Option<SseSession> {
        let mut parts = text.split(' ');
        let id = parts
            .next()
            .filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let version = match parts.next()? {
            "-" => None,
            text => Some(Version::parse(text)?),
        };
        let client = ClientCaps::from_bits(parts.next()?.parse().ok()?);
        match parts.next() {
            None => Some(SseSession {
                id: id.to_owned(),
                version,
                client,
            }),
            Some(_) => None,
        }
    }
}

/// An HTTP+SSE stream that the host opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSse {
    /// The object that owns the stream: `session:<32 hex digits>`.
    pub object: String,
    /// What the client's messages carry to be let in.
    pub token: String,
    /// The stream's first bytes: the `endpoint` event.
    pub first: String,
    /// What the object remembers, to be given to [`crate::Engine::message`].
    pub session: SseSession,
}
