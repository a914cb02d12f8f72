//! A kept session: what its object knows of a client of the versions with sessions.
//!
//! It is made from rows and writes every change to them before anything is sent, so that it can be dropped at any moment and made
//! again ([`Session::load`]). Nothing here waits: a call that waits for its client is a row.

mod asks;
mod call;
mod emission;
mod head;
mod join;
mod journal;
mod level;
mod message;
mod replay;
mod rows;
mod stream;
mod sweep;

pub use asks::Want;
pub use call::Begin;
pub use emission::Emission;
pub(crate) use head::Act;
pub use head::SessionHead;
pub use join::Join;
pub use journal::{Answered, Journal};
pub use level::Level;
pub use message::SessionOutput;
pub use rows::{Rows, RowsError, SessionHost};

use crate::client::ClientCaps;
use crate::version::Version;
use call::SessionCall;
use std::collections::{BTreeMap, BTreeSet};
use stream::Stream;

/// The row of what is not a list.
const SESSION: &str = "session";
/// The row of when the sweep comes.
const ALARM: &str = "alarm";
/// Begins the keys of what is subscribed to.
const URI: &str = "uri/";

/// A kept session.
#[derive(Debug)]
pub struct Session {
    id: String,
    /// DELETE was here: nothing of it is served again.
    ended: bool,
    /// From which level on log messages are sent.
    level: Level,
    /// When the token is over.
    expires_ms: u64,
    /// The lists that the client was last told of.
    lists: Option<u32>,
    next_stream: u32,
    next_call: u32,
    /// Of HTTP+SSE: what a token cannot say, because it is made before `initialize`.
    sse: Option<SseFacts>,
    streams: BTreeMap<u32, Stream>,
    calls: BTreeMap<u32, SessionCall>,
    subscriptions: BTreeSet<String>,
    /// Whether there is a row of it, so that there is something to sweep.
    stored: bool,
    /// When the sweep comes.
    alarm_ms: Option<u64>,
}

/// What is known of an HTTP+SSE client.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SseFacts {
    token: String,
    version: Option<Version>,
    client: ClientCaps,
}

impl Session {
    /// The session of this id (32 hex digits; may be empty where there are rows), as its rows have it.
    pub fn load(id: &str, host: &dyn SessionHost) -> Result<Session, RowsError> {
        let mut session = Session {
            id: id.to_owned(),
            ended: false,
            level: Level::Info,
            expires_ms: u64::MAX,
            lists: None,
            next_stream: 1,
            next_call: 1,
            sse: None,
            streams: BTreeMap::new(),
            calls: BTreeMap::new(),
            subscriptions: BTreeSet::new(),
            stored: false,
            alarm_ms: None,
        };
        if let Some(row) = host.get(SESSION)? {
            session.stored = true;
            session
                .read(&row)
                .ok_or_else(|| RowsError("the row of a session cannot be read".to_owned()))?;
            session.alarm_ms = host.get(ALARM)?.and_then(|at| at.parse().ok());
            session.streams = stream::load(host)?;
            session.calls = call::load(host)?;
            let subscriptions = host.list(URI, "")?;
            session.subscriptions = subscriptions
                .into_iter()
                .filter_map(|(key, _)| Some(key.strip_prefix(URI)?.to_owned()))
                .collect();
        }
        Ok(session)
    }

    /// The session's name: 32 hex digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether its client speaks HTTP+SSE.
    pub fn is_sse(&self) -> bool {
        self.sse.is_some()
    }

    /// Makes sure that there are rows, which are swept when the session is over.
    pub fn keep(&mut self, host: &dyn SessionHost, head: &SessionHead) -> Result<(), RowsError> {
        if !self.stored {
            self.expires_ms = head.expires_ms;
            self.lists.get_or_insert(head.lists);
            self.save(host)?;
            self.wake(host, head.expires_ms, 0)?;
        }
        Ok(())
    }

    /// Whether the client wants to hear of changes of this resource.
    pub fn subscribes(&self, uri: &str) -> bool {
        !self.ended && self.subscriptions.contains(uri)
    }

    /// The resources that it subscribes to.
    pub fn subscriptions(&self) -> impl Iterator<Item = &str> {
        self.subscriptions.iter().map(String::as_str)
    }

    fn save(&mut self, host: &dyn SessionHost) -> Result<(), RowsError> {
        let lists = self.lists.map_or("-".to_owned(), |lists| lists.to_string());
        let sse = self.sse.as_ref().map_or("-".to_owned(), |sse| {
            let version = sse.version.map_or("-", Version::as_str);
            format!("{} {version} {}", sse.token, sse.client.bits())
        });
        let row = format!(
            "{} {} {} {} {lists} {} {} {sse}",
            self.id,
            u8::from(self.ended),
            self.level.as_str(),
            self.expires_ms,
            self.next_stream,
            self.next_call,
        );
        host.put(SESSION, &row)?;
        self.stored = true;
        Ok(())
    }

    fn read(&mut self, row: &str) -> Option<()> {
        let mut parts = row.split(' ');
        // Who loads a session does not always know its name: an alarm does not.
        self.id = parts.next()?.to_owned();
        self.ended = parts.next()? == "1";
        self.level = Level::parse(parts.next()?)?;
        self.expires_ms = parts.next()?.parse().ok()?;
        self.lists = match parts.next()? {
            "-" => None,
            lists => Some(lists.parse().ok()?),
        };
        self.next_stream = parts.next()?.parse().ok()?;
        self.next_call = parts.next()?.parse().ok()?;
        self.sse = match parts.next()? {
            "-" => None,
            token => Some(SseFacts {
                token: token.to_owned(),
                version: match parts.next()? {
                    "-" => None,
                    version => Some(Version::parse(version)?),
                },
                client: ClientCaps::from_bits(parts.next()?.parse().ok()?),
            }),
        };
        Some(())
    }
}
