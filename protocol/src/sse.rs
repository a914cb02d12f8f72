//! HTTP+SSE of 2024-11-05: the stream that is opened, the messages that are posted, and what the object that
//! owns a client's stream remembers of it.

use crate::batch;
use crate::call::Framing;
use crate::client::ClientCaps;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::{HttpRequest, Reply};
use crate::jsonrpc::{self, Message};
use crate::methods::Context;
use crate::policy::accept;
use crate::principal::{Principal, Who};
use crate::session::{Act, SessionHead};
use crate::token::{self, Entropy, Keys, Purpose};
use crate::trace::Trace;
use crate::version::Version;
use std::rc::Rc;

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

impl Engine {
    /// GET on the SSE path: a stream that begins with where to post.
    pub(crate) fn open_sse<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        if !accept::accepts(req.headers.accept).stream {
            let error = RpcError::invalid_request("Accept must name text/event-stream");
            return Output::Reply(self.refuse(406, &error));
        }
        let Some(keys) = keys else {
            return Output::NeedKeys;
        };
        if let Some(last) = req.headers.last_event_id.filter(|_| self.kept) {
            return self.resume_sse(req.who, last, keys, now_ms);
        }
        let mut facts = self.facts(Version::FIRST, ClientCaps::default(), now_ms, entropy);
        // It lasts as long as its stream is open, which the object knows: without one, a POST is 404.
        facts.expires_ms = u64::MAX;
        let token = token::seal(keys, Purpose::Messages, req.key(), &facts, entropy);
        if self.kept {
            let act = Act::OpenSse(token);
            return Output::Join(SessionHead::new(&facts, req.who, false, true, act));
        }
        let id = facts.session();
        Output::OpenSse(OpenSse {
            object: ["session:", &id].concat(),
            first: self.endpoint(&token),
            token,
            session: SseSession::new(id),
        })
    }

    /// The stream of a kept session was cut off: its client says which by the last event that arrived.
    fn resume_sse<'r>(&self, who: Who<'_>, last: &str, keys: &Keys, now_ms: u64) -> Output<'r> {
        let owner = who.known().map(|who| who.key());
        let parts = last.rsplit_once('-');
        let event = parts.and_then(|(token, seq)| Some((token, seq.parse().ok()?)));
        let opened = event.and_then(|(token, seq)| {
            let facts = token::open(keys, Purpose::Messages, owner, token, now_ms)?;
            Some((facts, Act::ResumeSse(token.to_owned(), seq)))
        });
        match opened {
            Some((facts, act)) => Output::Join(SessionHead::new(&facts, who, false, true, act)),
            None => Output::Reply(self.no_such_stream()),
        }
    }

    fn no_such_stream(&self) -> Reply {
        let text = "there is no such session: open the event stream again";
        self.refuse(404, &RpcError::invalid_request(text))
    }

    /// POST on the message path: the token says whose stream it is.
    pub(crate) fn post<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Output<'r> {
        if !accept::is_json(req.headers.content_type) {
            let error = RpcError::invalid_request("Content-Type must be application/json");
            return Output::Reply(self.refuse(415, &error));
        }
        let token = req
            .query
            .split('&')
            .find_map(|pair| pair.strip_prefix("sessionId="));
        let Some(token) = token else {
            return Output::Reply(
                self.refuse(400, &RpcError::invalid_request("`sessionId` is missing")),
            );
        };
        let Some(keys) = keys else {
            return Output::NeedKeys;
        };
        match token::open(keys, Purpose::Messages, req.key(), token, now_ms) {
            Some(facts) if self.kept => Output::Session(SessionHead::new(
                &facts,
                req.who,
                true,
                true,
                Act::SseMessage,
            )),
            Some(facts) => Output::Post {
                object: ["session:", &facts.session()].concat(),
                body: req.body,
            },
            None => Output::Reply(self.no_such_stream()),
        }
    }

    /// A message of an HTTP+SSE client, in its object.
    pub(crate) fn sse_message<'r>(
        &self,
        session: &mut SseSession,
        who: Option<Rc<Principal>>,
        body: &'r str,
    ) -> Output<'r> {
        let version = session.version.unwrap_or(Version::FIRST);
        let request = match Message::parse(body) {
            Ok(Message::Request(request)) => request,
            Ok(Message::Notification(_) | Message::Response(_)) => {
                return Output::Reply(Reply::empty(202));
            }
            Err(_) if batch::is_batch(body) => return self.sse_batch(version, body),
            Err(unreadable) => {
                return Output::Reply(Reply::json(
                    400,
                    jsonrpc::error(unreadable.id, version, &unreadable.error),
                ));
            }
        };
        if request.method == "initialize" {
            return Output::Reply(match self.initialize(&request) {
                Ok((version, client, body)) => {
                    session.version = Some(version);
                    session.client = client;
                    Reply::json(200, body)
                }
                Err(error) => Reply::json(200, jsonrpc::error(Some(request.id), version, &error)),
            });
        }
        if session.version.is_none() && request.method != "ping" {
            let error = RpcError::invalid_request("send `initialize` first");
            return Output::Reply(Reply::json(
                200,
                jsonrpc::error(Some(request.id), version, &error),
            ));
        }
        let context = Context {
            version,
            framing: Framing::Message,
            session: Some(session.id.clone()),
            client: session.client,
            who,
            trace: Trace::of(request.params.meta.as_ref()),
        };
        self.dispatch(context, request)
    }
}
