//! A client's stream is joined to its session: a new one, or one that was cut off.

use super::head::Act;
use super::stream::{Kind, Stream};
use super::{RowsError, Session, SessionHead, SessionHost};
use crate::capabilities::tells_changes;
use crate::engine::Engine;
use crate::error::RpcError;
use crate::http::Reply;
use crate::listen::List;

/// The most streams that a session may listen on.
const MOST_LISTENING: usize = 32;

/// A stream that the host joins to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// Its number: what is sent to it goes to this client from now on, and to no other.
    pub stream: u32,
    /// What the client gets at once.
    pub first: String,
    /// Whether that was all.
    pub over: bool,
}

impl Engine {
    /// A client wants a stream. The inner error is the refusal.
    pub fn join(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        head: &SessionHead,
        now_ms: u64,
    ) -> Result<Result<Join, Reply>, RowsError> {
        if session.ended {
            return Ok(Err(self.no_such_session()));
        }
        let joined = match &head.act {
            Act::Listen => self.listen(session, host, head, now_ms)?,
            Act::Resume(stream, seq) => {
                let listens = |stream: &Stream| stream.kind == Kind::Listen;
                if session.streams.get(stream).is_some_and(listens) {
                    self.tell_changes(session, host, head, now_ms)?;
                }
                session.note_let_go(host, *stream, false)?;
                self.resume(session, host, *stream, *seq, &self.retry())?
            }
            Act::Follow(stream) => {
                let priming = self.priming(session, head, *stream);
                match self.resume(session, host, *stream, 0, &priming)? {
                    // Its call was cancelled before anybody joined it: a stream of nothing, since a POST is not told to stay away.
                    Err(reply) if reply.status == 204 => Ok(Join {
                        stream: *stream,
                        first: priming,
                        over: true,
                    }),
                    joined => joined,
                }
            }
            Act::OpenSse(token) => {
                session.open_as_sse(token);
                session.keep(host, head)?;
                let stream = session.open(host, Kind::Sse)?;
                Ok(Join {
                    stream,
                    first: self.kept_endpoint(token, 0),
                    over: false,
                })
            }
            Act::ResumeSse(token, seq) => {
                let known = session.sse.as_ref().is_some_and(|sse| sse.token == *token);
                let stream = session.streams.iter().find(|(_, it)| it.kind == Kind::Sse);
                match stream {
                    Some((stream, _)) if known => {
                        let stream = *stream;
                        self.tell_changes(session, host, head, now_ms)?;
                        // It comes before what was missed: whoever is cut off between them has missed as much as before.
                        let endpoint = self.kept_endpoint(token, *seq);
                        self.resume(session, host, stream, *seq, &endpoint)?
                    }
                    _ => Err(self.no_such_session()),
                }
            }
            Act::Message | Act::SseMessage | Act::End => Err(self.no_such_session()),
        };
        if let Ok(join) = &joined {
            host.close(join.stream);
            session.note_left(host, join.stream, None)?;
            let at_ms = now_ms.saturating_add(self.policy.stream_ttl_ms);
            session.wake(host, at_ms, now_ms)?;
        }
        Ok(joined)
    }

    fn listen(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        head: &SessionHead,
        now_ms: u64,
    ) -> Result<Result<Join, Reply>, RowsError> {
        let listening = session.streams.iter();
        let listening = listening.filter(|(_, stream)| stream.kind == Kind::Listen);
        let listening: Vec<u32> = listening.map(|(id, _)| *id).collect();
        if listening.len() >= MOST_LISTENING {
            // Whoever opened so many has no use for the oldest, least of all for one that was left.
            let left = listening.iter().find(|id| !host.is_joined(**id));
            let Some(left) = left.or(listening.first()).copied() else {
                return Ok(Err(self.no_such_session()));
            };
            session.forget_stream(host, left)?;
        }
        session.keep(host, head)?;
        let stream = session.open(host, Kind::Listen)?;
        let priming = self.priming(session, head, stream);
        self.tell_changes(session, host, head, now_ms)?;
        let first = priming + &session.replay(host, stream, 0)?;
        Ok(Ok(Join {
            stream,
            first,
            over: false,
        }))
    }

    fn resume(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        id: u32,
        seq: u32,
        before: &str,
    ) -> Result<Result<Join, Reply>, RowsError> {
        let refuse = |text: &str| Ok(Err(self.refuse(400, &RpcError::invalid_request(text))));
        let Some(stream) = session.streams.get(&id) else {
            return refuse("Last-Event-ID is of a stream that is not kept any more");
        };
        if seq >= stream.next {
            return refuse("Last-Event-ID is of an event that was never sent");
        }
        let ended = stream.ended_ms.is_some();
        let over = ended || stream.let_go;
        session.note_let_go(host, id, false)?;
        let missed = session.replay(host, id, seq)?;
        if ended && missed.is_empty() {
            // The one status that tells every client of event streams not to come back.
            return Ok(Err(Reply::empty(204)));
        }
        Ok(Ok(Join {
            stream: id,
            first: [before, &missed].concat(),
            over,
        }))
    }

    /// The event that says where to come back before there was any other, and after how long.
    fn priming(&self, session: &Session, head: &SessionHead, stream: u32) -> String {
        if head.version.has_priming_events() {
            let (id, retry) = (session.event_id(stream, 0), self.policy.retry_ms);
            format!("id: {id}\nretry: {retry}\ndata: \n\n")
        } else {
            self.retry()
        }
    }

    /// After how long to come back, which is no event.
    fn retry(&self) -> String {
        format!("retry: {}\n\n", self.policy.retry_ms)
    }

    /// Where an HTTP+SSE client posts.
    pub(crate) fn endpoint(&self, token: &str) -> String {
        let sse = self.policy.sse.unwrap_or_default();
        [
            "event: endpoint\ndata: ",
            sse,
            "/message?sessionId=",
            token,
            "\n\n",
        ]
        .concat()
    }

    /// The same with where to come back to, and after how long.
    fn kept_endpoint(&self, token: &str, seq: u32) -> String {
        let retry = format!("retry: {}\n", self.policy.retry_ms);
        [&*event_id(token, seq), &retry, &self.endpoint(token)].concat()
    }

    /// A newer release of this server may list other things than it did when the client asked.
    fn tell_changes(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        head: &SessionHead,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let now = self.lists_mark();
        if session.lists.unwrap_or(head.lists) == now {
            return Ok(());
        }
        session.lists = Some(now);
        session.save(host)?;
        for list in List::ALL {
            if tells_changes(&self.catalog, list) {
                session.list_changed(host, list, now_ms)?;
            }
        }
        Ok(())
    }
}

/// Of the `endpoint` event, for the event that comes next or was the last to arrive.
fn event_id(token: &str, seq: u32) -> String {
    format!("id: {token}-{seq}\n")
}
