//! POST on the MCP path: Streamable HTTP, with sessions and without.

use crate::again::Last;
use crate::batch;
use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::head::Passed;
use crate::http::{HttpRequest, Reply};
use crate::jsonrpc::{self, Message, Request};
use crate::methods::Context;
use crate::policy::accept;
use crate::route::{frame, unsupported_version};
use crate::session::{Act, SessionHead};
use crate::stateless;
use crate::token::{self, Entropy, Facts, Keys, Purpose};
use crate::trace::Trace;
use crate::version::Version;

impl Engine {
    /// A message of a client: which era it is of, and of which session.
    pub(crate) fn streamable<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        match Passed::of(&req.headers) {
            Ok(passed) => self.message_of(req, passed, None, keys, now_ms, entropy),
            Err((status, text)) => {
                let error = RpcError::invalid_request(text);
                Output::Reply(self.refuse(status, &error))
            }
        }
    }

    /// The same where the head is fine. What is worth it is remembered as the last that came with it.
    pub(crate) fn message_of<'r>(
        &self,
        req: &HttpRequest<'r>,
        passed: Passed,
        last: Option<&Last>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        let accepts = passed.accepts;
        let framing = accepts.framing();
        let named = req.headers.protocol_version;
        let named = named.map(|name| (name, passed.version));
        let message = match Message::parse(req.body) {
            Ok(message) => message,
            Err(_) if batch::is_batch(req.body) => {
                return self.streamable_batch(req, framing, named, keys, now_ms);
            }
            Err(unreadable) => {
                let version = named
                    .and_then(|(_, version)| version)
                    .unwrap_or(Version::FIRST);
                let body = jsonrpc::error(unreadable.id, version, &unreadable.error);
                return Output::Reply(Reply::json(400, body));
            }
        };
        let meta = match &message {
            Message::Request(it) | Message::Notification(it) => it.params.meta.as_ref(),
            Message::Response(_) => None,
        };
        let names_stateless = matches!(named, Some((_, Some(version))) if version.is_stateless());
        if names_stateless || meta.is_some_and(stateless::claims) {
            return match message {
                Message::Request(request) => {
                    let sealing = stateless::Sealing {
                        keys,
                        now_ms,
                        entropy,
                    };
                    self.stateless(req, accepts, last, request, sealing)
                }
                // No notification means anything there over HTTP.
                Message::Notification(_) => Output::Reply(Reply::empty(202)),
                Message::Response(_) => {
                    let error =
                        RpcError::invalid_request("this version has no requests to respond to");
                    Output::Reply(self.refuse(400, &error))
                }
            };
        }
        if let Some((name, None)) = named {
            return Output::Reply(unsupported_version(message.id(), name));
        }
        match message {
            Message::Request(request) if request.method == "initialize" => match keys {
                Some(keys) => {
                    let owner = req.key();
                    self.open_session(framing, &request, owner, keys, now_ms, entropy)
                }
                None => Output::NeedKeys,
            },
            message => self.in_session(req, framing, message, keys, now_ms),
        }
    }

    /// `initialize` over Streamable HTTP: the session is the token that is sent back.
    fn open_session<'r>(
        &self,
        framing: Framing,
        request: &Request<'_>,
        owner: Option<&str>,
        keys: &Keys,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        let reply = match self.initialize(request) {
            Ok((version, client, body)) => {
                let facts = self.facts(version, client, now_ms, entropy);
                let token = token::seal(keys, Purpose::Session, owner, &facts, entropy);
                frame(framing, 200, body).with("mcp-session-id", token)
            }
            Err(error) => frame(
                framing,
                200,
                jsonrpc::error(Some(request.id), Version::LATEST_LEGACY, &error),
            ),
        };
        Output::Reply(reply)
    }

    /// GET with a session: a stream to listen on, or one that was cut off.
    pub(crate) fn get_stream<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Output<'r> {
        if !accept::accepts(req.headers.accept).stream {
            let error = RpcError::invalid_request("Accept must name text/event-stream");
            return Output::Reply(self.refuse(406, &error));
        }
        let act = match req.headers.last_event_id.map(event_id) {
            None => Act::Listen,
            Some(Some((stream, seq))) => Act::Resume(stream, seq),
            Some(None) => {
                let error = RpcError::invalid_request("Last-Event-ID is not one of this server's");
                return Output::Reply(self.refuse(400, &error));
            }
        };
        match self.kept_session(req, keys, now_ms) {
            Ok(facts) => Output::Join(SessionHead::new(&facts, req.who, false, true, act)),
            Err(none) => self.without_session(none),
        }
    }

    /// DELETE: the session ends.
    pub(crate) fn end<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Output<'r> {
        match self.kept_session(req, keys, now_ms) {
            Ok(facts) => Output::Session(SessionHead::new(&facts, req.who, true, true, Act::End)),
            Err(none) => self.without_session(none),
        }
    }

    fn kept_session(
        &self,
        req: &HttpRequest<'_>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Result<Facts, NoSession> {
        if let Some(name) = req.headers.protocol_version
            && Version::parse(name).is_none()
        {
            return Err(NoSession::Refused(400, "unsupported protocol version"));
        }
        self.session(req, keys, now_ms)
    }

    fn without_session<'r>(&self, none: NoSession) -> Output<'r> {
        match none {
            NoSession::NeedKeys => Output::NeedKeys,
            NoSession::Refused(status, text) => {
                Output::Reply(self.refuse(status, &RpcError::invalid_request(text)))
            }
        }
    }

    fn in_session<'r>(
        &self,
        req: &HttpRequest<'r>,
        framing: Framing,
        message: Message<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Output<'r> {
        let facts = match self.session(req, keys, now_ms) {
            Ok(facts) => facts,
            Err(NoSession::NeedKeys) => return Output::NeedKeys,
            Err(NoSession::Refused(status, text)) => {
                let error = RpcError::invalid_request(text);
                let body = jsonrpc::error(message.id(), Version::LATEST_LEGACY, &error);
                return Output::Reply(Reply::json(status, body));
            }
        };
        if self.kept {
            let accepts = accept::accepts(req.headers.accept);
            let head =
                SessionHead::new(&facts, req.who, accepts.json, accepts.stream, Act::Message);
            return Output::Session(head);
        }
        match message {
            Message::Request(request) => {
                let context = Context {
                    version: facts.version,
                    framing,
                    session: Some(facts.session()),
                    client: facts.client,
                    who: req.who.known().cloned(),
                    trace: Trace::of(request.params.meta.as_ref()),
                };
                self.dispatch(context, request)
            }
            Message::Notification(_) | Message::Response(_) => Output::Reply(Reply::empty(202)),
        }
    }

    /// The session that a request goes on with.
    pub(crate) fn session(
        &self,
        req: &HttpRequest<'_>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Result<Facts, NoSession> {
        let missing = match self.has_headers {
            true => "Mcp-Session-Id is missing: send `initialize` first",
            false => "send `initialize` first, or name the protocol version in `_meta`",
        };
        let token = req
            .headers
            .session_id
            .ok_or(NoSession::Refused(400, missing))?;
        let keys = keys.ok_or(NoSession::NeedKeys)?;
        let gone = "there is no such session: send `initialize` again";
        let opened = token::open(keys, Purpose::Session, req.key(), token, now_ms);
        opened.ok_or(NoSession::Refused(404, gone))
    }
}

/// Reads `<stream>-<seq>`.
fn event_id(text: &str) -> Option<(u32, u32)> {
    let (stream, seq) = text.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    Some((number(stream)?, number(seq)?))
}

/// Why there is no session.
pub(crate) enum NoSession {
    /// Its token can only be read with the keys.
    NeedKeys,
    /// HTTP status, and what is wrong.
    Refused(u16, &'static str),
}
