//! One round of a call, here or on its way to the object that plays it.

use crate::call::{Call, Framing, Route};
use crate::session::{Emission, Journal};
use crate::wire::{Text, quote};

/// One round of a call whose handler may ask its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round<'r> {
    /// The call. Its route says where it is played.
    pub call: Call<'r>,
    /// What the rounds before have brought.
    pub journal: Journal,
    /// 1 for the first.
    pub number: u32,
    /// When the call is over, whatever it has come to; milliseconds since the Unix epoch.
    pub until_ms: u64,
    /// Whether the client can follow a stream.
    pub streams: bool,
    /// Who asks.
    pub(super) principal: Option<String>,
}

impl Round<'_> {
    /// Where this round is played. From the second on, its client has a state that it may send again, also twice at once, and the handler
    /// may take a step: what must not happen twice happens in an object, where that is noticed.
    pub(super) fn place(&self) -> Route {
        match &self.call.route {
            Route::Here if self.number > 1 => Route::Object(self.notebook()),
            route => route.clone(),
        }
    }

    /// Whether it is played in the object that keeps what calls without state have done.
    pub fn is_away(&self) -> bool {
        self.call.route == Route::Object(self.notebook())
    }

    /// Who asks; `None` where nobody is known.
    pub fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// The object that keeps what a call has done that is played in the front: one of 256, so that none has all of them.
    pub fn notebook(&self) -> String {
        notebook(&self.journal.nonce)
    }

    /// Whether its outcome is kept for a client that sends the same state again.
    pub fn is_kept(&self) -> bool {
        self.number > 1 && matches!(self.call.route, Route::Object(_))
    }

    /// What a word of the handler is to the client: a message, if it wants to hear it.
    pub fn says(&self, word: &Emission) -> Option<String> {
        word.notification(
            self.call.head.version,
            self.journal.progress.as_deref(),
            self.journal.level,
        )
    }

    /// The answer is a message on a stream, whatever the client would have taken.
    pub fn as_message(&mut self) {
        self.call.head.framing = Framing::Message;
    }

    /// The same with a text of its own, because it may outlive the request's bytes.
    pub fn to_static(&self) -> Round<'static> {
        let Call {
            head,
            route,
            target,
            arguments,
            uri,
            interactive,
            once,
        } = &self.call;
        Round {
            call: Call {
                head: head.clone(),
                route: route.clone(),
                target: *target,
                arguments: arguments.clone().into_owned().into(),
                uri: uri.clone().map(|uri| uri.into_owned().into()),
                interactive: *interactive,
                once: *once,
            },
            journal: self.journal.clone(),
            number: self.number,
            until_ms: self.until_ms,
            streams: self.streams,
            principal: self.principal.clone(),
        }
    }

    /// All but the call: lines that [`Round::decode`] reads.
    pub fn encode(&self) -> String {
        let journal = self.journal.encode();
        let mut out = format!(
            "{} {} {} {}\n",
            self.number,
            self.until_ms,
            u8::from(self.streams),
            journal.matches('\n').count() + 1
        );
        match &self.principal {
            Some(principal) => quote(&mut out, principal),
            None => out.push('-'),
        }
        out.push('\n');
        out.push_str(&journal);
        out
    }

    /// Reads what [`Round::encode`] wrote, and behind a line end the call, by `read`.
    pub fn decode(
        text: &str,
        read: impl FnOnce(&str) -> Option<Call<'static>>,
    ) -> Option<Round<'static>> {
        let mut parts = text.splitn(3, '\n');
        let mut facts = parts.next()?.split(' ');
        let number = facts.next()?.parse().ok()?;
        let until_ms = facts.next()?.parse().ok()?;
        let streams = facts.next()? == "1";
        let lines: usize = facts.next()?.parse().ok()?;
        let principal = match parts.next()? {
            "-" => None,
            quoted => Some(
                serde_json::from_str::<Text<'_>>(quoted)
                    .ok()?
                    .0
                    .into_owned(),
            ),
        };
        let rest = parts.next()?;
        let (end, _) = rest.match_indices('\n').nth(lines.checked_sub(1)?)?;
        Some(Round {
            call: read(&rest[end + 1..])?,
            journal: Journal::decode(&rest[..end])?,
            number,
            until_ms,
            streams,
            principal,
        })
    }
}

/// The object that keeps what a call of this nonce has done that is played in the front.
pub fn notebook(nonce: &str) -> String {
    ["calls:", nonce.get(..2).unwrap_or("00")].concat()
}

/// A message as one event of an event stream.
pub fn event(message: &str) -> String {
    crate::wire::event(message)
}
