//! What the front Worker tells the session's object of a request: the token has been opened there, and only there are the keys.

use crate::call::WHO;
use crate::client::ClientCaps;
use crate::principal::Who;
use crate::token::Facts;
use crate::version::Version;
use std::rc::Rc;

/// A request in a kept session, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHead {
    /// 32 hex digits.
    pub(crate) id: String,
    pub(crate) version: Version,
    pub(crate) client: ClientCaps,
    /// When the session's token is over; `u64::MAX` for HTTP+SSE, where the stream says so.
    pub(crate) expires_ms: u64,
    /// What the lists were when the session began.
    pub(crate) lists: u32,
    /// The answer may be `application/json`.
    pub(crate) json: bool,
    /// The answer may be `text/event-stream`.
    pub(crate) stream: bool,
    /// Who asks, as the host told it.
    pub(crate) who: Option<Rc<str>>,
    pub(crate) act: Act,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// POST: a message.
    Message,
    /// POST on the message path of HTTP+SSE.
    SseMessage,
    /// DELETE.
    End,
    /// GET: a stream for what belongs to no call.
    Listen,
    /// GET with `Last-Event-ID`: a stream, and the last event of it that arrived.
    Resume(u32, u32),
    /// The stream of a POST, from its beginning.
    Follow(u32),
    /// GET on the SSE path, with the token that messages carry.
    OpenSse(String),
    /// The same with `Last-Event-ID`: the token, and the last event that arrived.
    ResumeSse(String, u32),
}

impl SessionHead {
    pub(crate) fn new(
        facts: &Facts,
        who: Who<'_>,
        json: bool,
        stream: bool,
        act: Act,
    ) -> SessionHead {
        SessionHead {
            id: facts.session(),
            version: facts.version,
            client: facts.client,
            expires_ms: facts.expires_ms,
            lists: facts.lists,
            who: who.known().map(|who| who.line().clone()),
            json,
            stream,
            act,
        }
    }

    /// The object that the session lives in: `session:<32 hex digits>`.
    pub fn object(&self) -> String {
        ["session:", &self.id].concat()
    }

    /// The session's name: 32 hex digits.
    pub fn session(&self) -> &str {
        &self.id
    }

    /// Who asks, as the host told it.
    pub fn who(&self) -> Option<&str> {
        self.who.as_deref()
    }

    /// The same request, to read the stream that its answer goes to.
    pub fn follow(&self, stream: u32) -> SessionHead {
        SessionHead {
            act: Act::Follow(stream),
            ..self.clone()
        }
    }

    /// One line that [`SessionHead::decode`] reads, which a host encodes before it is in a header.
    pub fn encode(&self) -> String {
        let act = match &self.act {
            Act::Message => "m".to_owned(),
            Act::SseMessage => "p".to_owned(),
            Act::End => "d".to_owned(),
            Act::Listen => "l".to_owned(),
            Act::Resume(stream, seq) => format!("r {stream} {seq}"),
            Act::Follow(stream) => format!("f {stream}"),
            Act::OpenSse(token) => ["o ", token].concat(),
            Act::ResumeSse(token, seq) => format!("s {token} {seq}"),
        };
        let mut line = format!(
            "{} {} {} {} {} {} {act}",
            self.id,
            self.version.as_str(),
            self.client.bits(),
            self.expires_ms,
            self.lists,
            u8::from(self.json) + 2 * u8::from(self.stream),
        );
        if let Some(who) = &self.who {
            line.push(WHO);
            line.push_str(who);
        }
        line
    }

    /// Reads what [`SessionHead::encode`] wrote.
    pub fn decode(text: &str) -> Option<SessionHead> {
        let (text, who) = match text.split_once(WHO) {
            Some((text, who)) => (text, Some(Rc::from(who))),
            None => (text, None),
        };
        let mut parts = text.split(' ');
        let id = parts.next().filter(|id| id.len() == 32)?.to_owned();
        let version = Version::parse(parts.next()?)?;
        let client = ClientCaps::from_bits(parts.next()?.parse().ok()?);
        let expires_ms = parts.next()?.parse().ok()?;
        let lists = parts.next()?.parse().ok()?;
        let accepts: u8 = parts.next()?.parse().ok()?;
        let act = match parts.next()? {
            "m" => Act::Message,
            "p" => Act::SseMessage,
            "d" => Act::End,
            "l" => Act::Listen,
            "r" => Act::Resume(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?),
            "f" => Act::Follow(parts.next()?.parse().ok()?),
            "o" => Act::OpenSse(parts.next()?.to_owned()),
            "s" => Act::ResumeSse(parts.next()?.to_owned(), parts.next()?.parse().ok()?),
            _ => return None,
        };
        Some(SessionHead {
            id,
            version,
            client,
            expires_ms,
            lists,
            json: accepts & 1 != 0,
            stream: accepts & 2 != 0,
            who,
            act,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_survives_the_way() {
        for act in [
            Act::Message,
            Act::SseMessage,
            Act::End,
            Act::Listen,
            Act::Resume(7, u32::MAX),
            Act::Follow(3),
            Act::OpenSse("a-b_c".to_owned()),
            Act::ResumeSse("a-b_c".to_owned(), 9),
        ] {
            let head = SessionHead {
                who: Some(r#"{"iss":"a b","sub":"é"}"#.into()),
                id: "00112233445566778899aabbccddeeff".to_owned(),
                version: Version::V2025_06_18,
                client: ClientCaps::from_bits(5),
                expires_ms: u64::MAX,
                lists: 77,
                json: true,
                stream: false,
                act,
            };
            let line = head.encode();
            assert!(!line.contains('\n'));
            assert_eq!(SessionHead::decode(&line), Some(head));
        }
        for broken in ["", "00112233445566778899aabbccddeeff 2025-06-18 5 1 7 1 x"] {
            assert_eq!(SessionHead::decode(broken), None);
        }
    }
}
