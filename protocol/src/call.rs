//! A call that a handler must answer, and the head that finds its way back.

use crate::client::ClientCaps;
use crate::trace::Trace;
use crate::version::Version;
use std::borrow::Cow;
use std::rc::Rc;

/// Before who asked, in a line: no JSON and no header has it.
pub(crate) const WHO: char = '\u{1f}';

/// A call of a handler: everything has been checked, only the handler is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'r> {
    /// What [`crate::Engine::answer`] needs to write the response.
    pub head: CallHead,
    /// Where the handler runs.
    pub route: Route,
    /// Which handler.
    pub target: Target,
    /// A JSON object that satisfies the schema; `{}` where the request has none. Of a resource: its template's variables.
    pub arguments: Cow<'r, str>,
    /// Of a resource: the URI as the client wrote it.
    pub uri: Option<Cow<'r, str>>,
    /// Whether the handler may ask the client, report progress and log.
    pub interactive: bool,
    /// Whether it must not run again when its last request is sent again: its user has confirmed it once.
    pub once: bool,
}

/// Where a handler runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// In the Worker that got the request.
    Here,
    /// In the object of this name: `state:server`, or a [home](crate::Principal::home).
    Object(String),
}

/// Which handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Of which list.
    pub kind: TargetKind,
    /// Its place in the catalog's list.
    pub index: usize,
}

/// A list of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// `tools`.
    Tool,
    /// `resources`.
    Resource,
    /// `prompts`.
    Prompt,
    /// The handlers of completions.
    Completion,
}

/// How a response is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// As the body.
    Json,
    /// As the one event of a stream.
    Sse,
    /// As a message on a stream that somebody else holds (HTTP+SSE).
    Message,
}

/// What is remembered of a request while its handler runs, here or in another object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallHead {
    /// The request's `id`, raw JSON.
    pub id: String,
    /// The version that the request speaks.
    pub version: Version,
    /// How the response is written.
    pub framing: Framing,
    /// The session, as 32 hex digits; `None` on versions without.
    pub session: Option<String>,
    /// What the client can do.
    pub client: ClientCaps,
    /// Which handler.
    pub target: Target,
    /// Where the request stands in a distributed trace.
    pub trace: Option<Box<Trace>>,
    /// Who asked, as the host told it: a JSON object in one line. `None` where nobody is asked who they are.
    pub who: Option<Rc<str>>,
}

impl CallHead {
    /// One line that [`CallHead::decode`] reads, for the way to an object. It holds no line break.
    pub fn encode(&self) -> String {
        let framing = match self.framing {
            Framing::Json => 'j',
            Framing::Sse => 's',
            Framing::Message => 'm',
        };
        let kind = match self.target.kind {
            TargetKind::Tool => 't',
            TargetKind::Resource => 'r',
            TargetKind::Prompt => 'p',
            TargetKind::Completion => 'c',
        };
        let mut out = String::with_capacity(64 + self.id.len());
        out.push_str(self.version.as_str());
        out.push(' ');
        out.push(framing);
        out.push(kind);
        // A trace has spaces, so its length says where it ends.
        let trace = self.trace.as_ref().map(|trace| trace.encode());
        if let Some(trace) = &trace {
            out.push_str(&trace.len().to_string());
        }
        out.push(' ');
        out.push_str(&self.target.index.to_string());
        out.push(' ');
        out.push_str(&self.client.bits().to_string());
        out.push(' ');
        out.push_str(self.session.as_deref().unwrap_or("-"));
        out.push(' ');
        if let Some(trace) = &trace {
            out.push_str(trace);
            out.push(' ');
        }
        out.push_str(&self.id);
        if let Some(who) = &self.who {
            out.push(WHO);
            out.push_str(who);
        }
        out
    }

    /// Reads what [`CallHead::encode`] wrote.
    pub fn decode(text: &str) -> Option<CallHead> {
        let (text, who) = match text.split_once(WHO) {
            Some((text, who)) => (text, Some(Rc::from(who))),
            None => (text, None),
        };
        let mut parts = text.splitn(6, ' ');
        let version = Version::parse(parts.next()?)?;
        let (framing, kind, traced) = match parts.next()?.as_bytes() {
            [framing, kind, traced @ ..] => (*framing, *kind, traced),
            _ => return None,
        };
        let framing = match framing {
            b'j' => Framing::Json,
            b's' => Framing::Sse,
            b'm' => Framing::Message,
            _ => return None,
        };
        let kind = match kind {
            b't' => TargetKind::Tool,
            b'r' => TargetKind::Resource,
            b'p' => TargetKind::Prompt,
            b'c' => TargetKind::Completion,
            _ => return None,
        };
        let index = parts.next()?.parse().ok()?;
        let client = ClientCaps::from_bits(parts.next()?.parse().ok()?);
        let session = Some(parts.next()?)
            .filter(|session| *session != "-")
            .map(str::to_owned);
        let mut id = parts.next()?;
        let mut trace = None;
        if !traced.is_empty() {
            let length = std::str::from_utf8(traced).ok()?.parse::<usize>().ok()?;
            trace = Some(Trace::decode(id.get(..length)?)?);
            id = id[length..].strip_prefix(' ')?;
        }
        Some(CallHead {
            id: id.to_owned(),
            version,
            framing,
            session,
            client,
            target: Target { kind, index },
            trace,
            who,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01\ta=b c\t";

    #[test]
    fn a_head_survives_the_way() {
        for version in Version::ALL {
            for framing in [Framing::Json, Framing::Sse, Framing::Message] {
                for kind in [TargetKind::Tool, TargetKind::Resource, TargetKind::Prompt] {
                    for id in ["1", "-7", "\"a b\\n - c\"", "\"\"", "12345678901234567890"] {
                        for (session, trace) in [
                            (None, None),
                            (None, Trace::decode(TRACE)),
                            (Some("00112233445566778899aabbccddeeff"), None),
                            (
                                Some("00112233445566778899aabbccddeeff"),
                                Trace::decode("\t\ta=b, c=d"),
                            ),
                        ] {
                            let head = CallHead {
                                id: id.to_owned(),
                                version,
                                framing,
                                session: session.map(str::to_owned),
                                client: ClientCaps::from_bits(0b1011),
                                target: Target { kind, index: 41 },
                                trace,
                                who: Some(r#"{"iss":"a b","sub":"é"}"#.into())
                                    .filter(|_| kind != TargetKind::Tool),
                            };
                            let line = head.encode();
                            assert!(!line.contains('\n'));
                            assert_eq!(CallHead::decode(&line), Some(head));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_broken_head_is_none() {
        for text in [
            "",
            "2025-11-25",
            "2025-11-25 jt",
            "2025-11-25 jt 0 0 -",
            "2025-11-25 xt 0 0 - 1",
            "2025-11-25 jt -1 0 - 1",
            "1999-01-01 jt 0 0 - 1",
            "2025-11-25 jtx 0 0 - 1",
            "2025-11-25 jt5 0 0 - \t\ta=b",
            "2025-11-25 jt5 0 0 - \t\ta=b1",
            "2025-11-25 jt2 0 0 - \t\t 1",
            "2025-11-25 jt99999 0 0 - \t\ta=b 1",
            "2025-11-25 jt4 0 0 - \t\t\u{e4} 1",
            "2025-11-25 jt3 0 0 - \t\t\u{e4} 1",
        ] {
            assert_eq!(CallHead::decode(text), None, "{text}");
        }
    }
}
