//! Which transport, era and session a request belongs to.
//!
//! 1. A `_meta` version, or a stateless version in the header: each request for itself.
//! 2. `initialize`: a session begins, its token is minted.
//! 3. `Mcp-Session-Id`: a session goes on.
//! 4. GET on the SSE path, POST on its message path: HTTP+SSE. GET on the MCP path without a session is the fallback of clients
//!    that were given the wrong path.

use crate::ClientCaps;
use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::{RpcError, UNSUPPORTED_VERSION};
use crate::http::{HttpRequest, Reply};
use crate::jsonrpc::{self, Message, Request};
use crate::list::versions;
use crate::methods::Context;
use crate::policy::accept;
use crate::sse::{OpenSse, SseSession};
use crate::stateless;
use crate::token::{self, Entropy, Facts, Keys, Purpose};
use crate::version::Version;
use crate::wire::{event, quote};

impl Engine {
    /// A request whose host and size are fine.
    pub(crate) fn route<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        if req.path == self.policy.http {
            return match req.method {
                "POST" => self.streamable(req, keys, now_ms, entropy),
                "GET" if self.policy.sse.is_some() && self.is_fallback(req) => {
                    self.open_sse(req, keys, now_ms, entropy)
                }
                // Nothing is said between requests, and a session is nothing but its token: there is nothing to listen to or to end.
                _ => self.not_allowed(if self.policy.sse.is_some() {
                    "GET, POST"
                } else {
                    "POST"
                }),
            };
        }
        match self.policy.sse.and_then(|sse| req.path.strip_prefix(sse)) {
            Some("") if req.method == "GET" => self.open_sse(req, keys, now_ms, entropy),
            Some("") => self.not_allowed("GET"),
            Some("/message") if req.method == "POST" => self.post(req, keys, now_ms),
            Some("/message") => self.not_allowed("POST"),
            _ => Output::Reply(Reply::text(404, "not found")),
        }
    }

    /// A GET on the MCP path that can only be of an HTTP+SSE client: newer ones send a session or a version.
    fn is_fallback(&self, req: &HttpRequest<'_>) -> bool {
        req.headers.session_id.is_none() && req.headers.protocol_version.is_none()
    }

    fn not_allowed<'r>(&self, allow: &'static str) -> Output<'r> {
        Output::Reply(Reply::text(405, "method not allowed").with("allow", allow))
    }

    /// A refusal that no request's `id` belongs to.
    pub(crate) fn refuse(&self, status: u16, error: &RpcError) -> Reply {
        Reply::json(status, jsonrpc::error(None, Version::LATEST_LEGACY, error))
    }

    fn streamable<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        let headers = &req.headers;
        if !accept::is_json(headers.content_type) {
            let error = RpcError::invalid_request("Content-Type must be application/json");
            return Output::Reply(self.refuse(415, &error));
        }
        let accepts = accept::accepts(headers.accept);
        let framing = match (accepts.json, accepts.stream) {
            (true, _) => Framing::Json,
            (false, true) => Framing::Sse,
            (false, false) => {
                let error = RpcError::invalid_request(
                    "Accept must name application/json or text/event-stream",
                );
                return Output::Reply(self.refuse(406, &error));
            }
        };
        let named = headers
            .protocol_version
            .map(|name| (name, Version::parse(name)));
        let message = match Message::parse(req.body) {
            Ok(message) => message,
            Err(unreadable) => {
                let version = named
                    .and_then(|(_, version)| version)
                    .unwrap_or(Version::FIRST);
                let body = jsonrpc::error(unreadable.id, version, &unreadable.error);
                return Output::Reply(Reply::json(400, body));
            }
        };
        let header_is_stateless =
            matches!(named, Some((_, Some(version))) if version.is_stateless());
        match message {
            Message::Request(request) if header_is_stateless || stateless::claims(&request) => {
                self.stateless(req, framing, request)
            }
            Message::Notification(_) | Message::Response if header_is_stateless => {
                self.stateless_one_way(&message)
            }
            Message::Notification(request) if stateless::claims(&request) => {
                self.stateless_one_way(&Message::Notification(request))
            }
            message => {
                if let Some((name, None)) = named {
                    let id = match &message {
                        Message::Request(request) => Some(request.id),
                        _ => None,
                    };
                    return Output::Reply(unsupported_version(id, name));
                }
                match message {
                    Message::Request(request) if request.method == "initialize" => {
                        let Some(keys) = keys else {
                            return Output::NeedKeys;
                        };
                        self.begin(framing, &request, keys, now_ms, entropy)
                    }
                    message => self.in_session(req, framing, message, keys, now_ms),
                }
            }
        }
    }

    /// A notification or response where each request stands for itself. No notification means anything there over HTTP, and there is
    /// nothing to respond to.
    fn stateless_one_way<'r>(&self, message: &Message<'_>) -> Output<'r> {
        Output::Reply(match message {
            Message::Response => self.refuse(
                400,
                &RpcError::invalid_request("this version has no requests to respond to"),
            ),
            _ => Reply::empty(202),
        })
    }

    /// `initialize` over Streamable HTTP: the session is the token that is sent back.
    fn begin<'r>(
        &self,
        framing: Framing,
        request: &Request<'_>,
        keys: &Keys,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        let reply = match self.initialize(request) {
            Ok((version, client, body)) => {
                let facts = self.facts(version, client, now_ms, entropy);
                let token = token::seal(keys, Purpose::Session, &facts, entropy);
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

    fn in_session<'r>(
        &self,
        req: &HttpRequest<'r>,
        framing: Framing,
        message: Message<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
    ) -> Output<'r> {
        let refuse = |status, text: &str| {
            let id = match &message {
                Message::Request(request) => Some(request.id),
                _ => None,
            };
            let error = RpcError::invalid_request(text);
            Output::Reply(Reply::json(
                status,
                jsonrpc::error(id, Version::LATEST_LEGACY, &error),
            ))
        };
        let Some(token) = req.headers.session_id else {
            return refuse(400, "Mcp-Session-Id is missing: send `initialize` first");
        };
        let Some(keys) = keys else {
            return Output::NeedKeys;
        };
        let Some(facts) = token::open(keys, Purpose::Session, token, now_ms) else {
            return refuse(404, "there is no such session: send `initialize` again");
        };
        match message {
            Message::Request(request) => {
                let context = Context {
                    version: facts.version,
                    framing,
                    session: Some(facts.session()),
                    client: facts.client,
                };
                self.dispatch(context, request)
            }
            Message::Notification(_) | Message::Response => Output::Reply(Reply::empty(202)),
        }
    }

    fn facts(
        &self,
        version: Version,
        client: ClientCaps,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Facts {
        let mut random = [0; 16];
        entropy.fill(&mut random);
        Facts {
            version,
            client,
            random,
            expires_ms: now_ms.saturating_add(self.policy.session_ttl_ms),
        }
    }

    fn open_sse<'r>(
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
        let facts = self.facts(Version::FIRST, ClientCaps::default(), now_ms, entropy);
        let token = token::seal(keys, Purpose::Messages, &facts, entropy);
        let id = facts.session();
        let sse = self.policy.sse.unwrap_or_default();
        Output::OpenSse(OpenSse {
            object: ["session:", &id].concat(),
            first: [
                "event: endpoint\ndata: ",
                sse,
                "/message?sessionId=",
                &token,
                "\n\n",
            ]
            .concat(),
            token,
            session: SseSession::new(id),
        })
    }

    fn post<'r>(&self, req: &HttpRequest<'r>, keys: Option<&Keys>, now_ms: u64) -> Output<'r> {
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
        match token::open(keys, Purpose::Messages, token, now_ms) {
            Some(facts) => Output::Post {
                object: ["session:", &facts.session()].concat(),
                body: req.body,
            },
            None => {
                let error = RpcError::invalid_request(
                    "there is no such session: open the event stream again",
                );
                Output::Reply(self.refuse(404, &error))
            }
        }
    }

    /// A message of an HTTP+SSE client, in its object.
    pub(crate) fn sse_message<'r>(&self, session: &mut SseSession, body: &'r str) -> Output<'r> {
        let version = session.version.unwrap_or(Version::FIRST);
        let request = match Message::parse(body) {
            Ok(Message::Request(request)) => request,
            Ok(Message::Notification(_) | Message::Response) => {
                return Output::Reply(Reply::empty(202));
            }
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
        };
        self.dispatch(context, request)
    }
}

/// A JSON-RPC message as the client wants it.
pub(crate) fn frame(framing: Framing, status: u16, body: String) -> Reply {
    match framing {
        Framing::Sse if status == 200 => Reply {
            status,
            headers: vec![
                ("cache-control", "no-cache".to_owned()),
                ("x-accel-buffering", "no".to_owned()),
            ],
            content: crate::ContentKind::EventStream,
            body: event(&body),
        },
        // The body of an error status is read before anybody looks for a stream.
        _ => Reply::json(status, body),
    }
}

/// 400 with `-32022` and what we do speak.
pub(crate) fn unsupported_version(id: Option<&str>, requested: &str) -> Reply {
    let mut data = ["{\"supported\":", &versions(|_| true), ",\"requested\":"].concat();
    quote(&mut data, &crate::error::clip(requested));
    data.push('}');
    let error = RpcError::new(UNSUPPORTED_VERSION, "unsupported protocol version").with_data(data);
    Reply::json(400, jsonrpc::error(id, Version::LATEST_LEGACY, &error))
}
