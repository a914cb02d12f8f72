//! A request in a kept session, in its object.

use super::head::Act;
use super::{Begin, Level, RowsError, Session, SessionHead, SessionHost, SseFacts, URI};
use crate::Call;
use crate::batch::{self, Batch};
use crate::call::Framing;
use crate::client::ClientCaps;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::Reply;
use crate::jsonrpc::{self, Message, Params, Request};
use crate::listen::List;
use crate::methods::{Context, failed};
use crate::route::frame;
use crate::token::Entropy;
use crate::trace::Trace;
use crate::version::Version;
use crate::wire::string;

/// The most resources that one session may subscribe to.
const MOST_SUBSCRIPTIONS: usize = 1_000;
/// The longest URI that can be subscribed to, in bytes: it is kept as long as the session.
const MOST_URI: usize = 4_096;

/// What the host of a session's object must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionOutput<'r> {
    /// Send this.
    Reply(Reply),
    /// Run a handler that asks for nothing, and answer with what it gives: over HTTP+SSE by [`Session::push`].
    Call(Call<'r>),
    /// Play a call that may ask. If it does not end at once, give it to [`Engine::begin`].
    Begin(Begin<'r>),
    /// Send the reply, and play this call again: its client has answered.
    Play(Reply, u32),
    /// Send the reply, and drop these calls: their client has cancelled them.
    Stop(Reply, Vec<u32>),
    /// Tell the object whose state a resource shows; when it knows, send the reply.
    Watch {
        /// The resource.
        uri: String,
        /// Whether the client wants to hear of it from now on, or not any more.
        on: bool,
        /// When that is over in any case, in milliseconds since the Unix epoch.
        until_ms: u64,
        /// The reply: over HTTP+SSE for [`Session::push`].
        reply: Reply,
    },
    /// Do this for each of several messages of an HTTP+SSE client.
    Batch(Batch<'r>),
    /// Send the reply, and drop every call: the session is over.
    End(Reply),
}

impl Engine {
    /// A request in a kept session. An error is the storage's: nothing that it was about has happened, and the session must be
    /// loaded again.
    pub fn in_kept_session<'r>(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        head: &SessionHead,
        body: &'r str,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Result<SessionOutput<'r>, RowsError> {
        let via_sse = head.act == Act::SseMessage;
        if session.ended || (via_sse && session.sse.is_none()) {
            return Ok(SessionOutput::Reply(self.no_such_session()));
        }
        if head.act == Act::End {
            session.end(host, head)?;
            return Ok(SessionOutput::End(Reply::empty(204)));
        }
        let (version, client) = match &session.sse {
            Some(sse) => (sse.version.unwrap_or(Version::FIRST), sse.client),
            None => (head.version, head.client),
        };
        let message = match Message::parse(body) {
            Ok(message) => message,
            Err(_) if via_sse && batch::is_batch(body) => {
                return Ok(match self.sse_batch(version, body) {
                    Output::Batch(batch) => SessionOutput::Batch(batch),
                    Output::Reply(reply) => SessionOutput::Reply(reply),
                    _ => SessionOutput::Reply(Reply::empty(202)),
                });
            }
            Err(unreadable) => {
                let body = jsonrpc::error(unreadable.id, version, &unreadable.error);
                return Ok(SessionOutput::Reply(Reply::json(400, body)));
            }
        };
        let accepted = Reply::empty(202);
        let request = match message {
            Message::Response(response) => {
                return Ok(match session.answered(host, &response)? {
                    Some(call) => SessionOutput::Play(accepted, call),
                    None => SessionOutput::Reply(accepted),
                });
            }
            Message::Notification(note) if note.method == batch::CANCELLED => {
                let request = note.params.request_id.map_or("", |id| id.get());
                let stopped = session.cancel(host, request, now_ms)?;
                return Ok(SessionOutput::Stop(accepted, stopped));
            }
            Message::Notification(_) => return Ok(SessionOutput::Reply(accepted)),
            Message::Request(request) => request,
        };
        let context = Context {
            version,
            framing: match (via_sse, head.json) {
                (true, _) => Framing::Message,
                (false, true) => Framing::Json,
                (false, false) => Framing::Sse,
            },
            session: Some(session.id.clone()),
            client,
            who: head.who.as_deref().and_then(|who| self.principal(who)),
            trace: Trace::of(request.params.meta.as_ref()),
        };
        let output = self.in_context(session, host, head, context, request, entropy)?;
        session.by_stream(host, output, via_sse, now_ms)
    }

    fn in_context<'r>(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        head: &SessionHead,
        context: Context,
        request: Request<'r>,
        entropy: &mut dyn Entropy,
    ) -> Result<SessionOutput<'r>, RowsError> {
        let (version, framing, id) = (context.version, context.framing, request.id);
        let refuse = |error: RpcError| SessionOutput::Reply(failed(framing, version, id, &error));
        if let Some(sse) = &mut session.sse {
            if request.method == "initialize" {
                return match self.initialize(&request) {
                    Ok((version, client, body)) => {
                        sse.version = Some(version);
                        sse.client = client;
                        session.save(host)?;
                        Ok(SessionOutput::Reply(frame(framing, 200, body)))
                    }
                    Err(error) => Ok(refuse(error)),
                };
            }
            if sse.version.is_none() && request.method != "ping" {
                return Ok(refuse(RpcError::invalid_request("send `initialize` first")));
            }
        }
        let done = || SessionOutput::Reply(frame(framing, 200, jsonrpc::result(id, &["{}"])));
        match &*request.method {
            "logging/setLevel" if self.logs() => match level(&request.params) {
                Ok(level) => {
                    session.keep(host, head)?;
                    session.level = level;
                    session.save(host)?;
                    Ok(done())
                }
                Err(error) => Ok(refuse(error)),
            },
            "resources/subscribe" | "resources/unsubscribe" if self.has_subscriptions() => {
                let on = request.method == "resources/subscribe";
                match self.subscription(&request.params, &context) {
                    Ok(_) if on && session.subscriptions.len() >= MOST_SUBSCRIPTIONS => {
                        let message = "this session subscribes to too many resources";
                        Ok(refuse(RpcError::invalid_request(message)))
                    }
                    Ok(uri) => {
                        session.keep(host, head)?;
                        session.subscribe(host, &uri, on)?;
                        let SessionOutput::Reply(reply) = done() else {
                            return Ok(done());
                        };
                        Ok(SessionOutput::Watch {
                            uri,
                            on,
                            until_ms: session.expires_ms,
                            reply,
                        })
                    }
                    Err(error) => Ok(refuse(error)),
                }
            }
            _ => {
                let progress = progress_token(&request.params);
                Ok(match self.dispatch(context, request) {
                    Output::Call(call) if call.interactive => {
                        self.interactive(session, head, call, progress, entropy)
                    }
                    Output::Call(call) => SessionOutput::Call(call),
                    Output::Reply(reply) => SessionOutput::Reply(reply),
                    // A message in a session asks for nothing that only the front has.
                    _ => SessionOutput::Reply(Reply::empty(500)),
                })
            }
        }
    }

    fn interactive<'r>(
        &self,
        session: &Session,
        head: &SessionHead,
        call: Call<'r>,
        progress: Option<String>,
        entropy: &mut dyn Entropy,
    ) -> SessionOutput<'r> {
        if session.calls.len() >= super::call::MOST_CALLS {
            let error = RpcError::invalid_request("too many calls of this session are waiting");
            let (framing, version) = (call.head.framing, call.head.version);
            return SessionOutput::Reply(failed(framing, version, &call.head.id, &error));
        }
        let mut journal = session.first_journal(&call, progress, entropy);
        let streams = head.stream || call.head.framing == Framing::Message;
        journal.client = if streams {
            call.head.version.limits(journal.client)
        } else {
            // There is no stream to ask on.
            ClientCaps::default()
        };
        SessionOutput::Begin(Begin {
            call,
            journal,
            streams,
            head: head.clone(),
        })
    }

    /// A call that did not end at its first breath: from now on it is stored, and has a stream. Gives its number and its stream's;
    /// `None` where the client's stream is gone for good.
    pub fn begin(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        begin: Begin<'_>,
        now_ms: u64,
    ) -> Result<Option<(u32, u32)>, RowsError> {
        let item = self.item(begin.call.target);
        let begun = session.begin(host, begin, item)?;
        let at_ms = now_ms.saturating_add(self.policy.stream_ttl_ms);
        session.wake(host, at_ms, now_ms)?;
        Ok(begun)
    }

    pub(super) fn no_such_session(&self) -> Reply {
        let gone = "there is no such session: send `initialize` again";
        self.refuse(404, &RpcError::invalid_request(gone))
    }

    /// The resource that is to be subscribed to.
    fn subscription(&self, params: &Params<'_>, context: &Context) -> Result<String, RpcError> {
        well_formed(params)?;
        let uri = params
            .uri
            .and_then(string)
            .ok_or_else(|| RpcError::invalid_params("`uri` must be a string"))?;
        if uri.len() > MOST_URI {
            return Err(RpcError::invalid_params("`uri` is too long"));
        }
        let Some((index, _)) = self.find_resource(&uri) else {
            return Err(RpcError::resource_not_found(&uri).in_version(context.version));
        };
        let item = &self.catalog.resources[index];
        self.admit(item.access, context.who.as_deref())
            .map_err(|refusal| refusal.error())?;
        if !item.subscribe {
            let message = "this resource cannot be subscribed to";
            return Err(RpcError::invalid_params(message));
        }
        Ok(uri.into_owned())
    }
}

impl Session {
    /// Over HTTP+SSE, answers are events of the stream, and the POST is answered by 202.
    fn by_stream<'r>(
        &mut self,
        host: &dyn SessionHost,
        output: SessionOutput<'r>,
        via_sse: bool,
        now_ms: u64,
    ) -> Result<SessionOutput<'r>, RowsError> {
        match output {
            SessionOutput::Reply(reply) if via_sse && reply.status == 200 => {
                self.push(host, &reply.body, now_ms)?;
                Ok(SessionOutput::Reply(Reply::empty(202)))
            }
            output => Ok(output),
        }
    }

    /// A message of the one stream of an HTTP+SSE client.
    pub fn push(
        &mut self,
        host: &dyn SessionHost,
        message: &str,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        self.notify(host, message, now_ms)
    }

    /// DELETE: what is left says that it is over, until the token is.
    fn end(&mut self, host: &dyn SessionHost, head: &SessionHead) -> Result<(), RowsError> {
        for stream in self.streams.keys().copied().collect::<Vec<_>>() {
            self.forget_stream(host, stream)?;
        }
        for call in self.calls.keys().copied().collect::<Vec<_>>() {
            self.forget_call(host, call)?;
        }
        host.clear(URI)?;
        self.subscriptions.clear();
        self.ended = true;
        self.expires_ms = head.expires_ms;
        self.save(host)?;
        self.wake(host, self.expires_ms, 0)?;
        Ok(())
    }

    fn subscribe(&mut self, host: &dyn SessionHost, uri: &str, on: bool) -> Result<(), RowsError> {
        let key = [URI, uri].concat();
        if on {
            if self.subscriptions.insert(uri.to_owned()) {
                host.put(&key, "")?;
            }
        } else if self.subscriptions.remove(uri) {
            host.delete(&key)?;
        }
        Ok(())
    }

    /// `notifications/resources/updated`, if the client subscribes to the resource. False where it does not.
    pub fn updated(
        &mut self,
        host: &dyn SessionHost,
        uri: &str,
        now_ms: u64,
    ) -> Result<bool, RowsError> {
        if !self.subscribes(uri) {
            return Ok(false);
        }
        let mut params = String::from("{\"uri\":");
        crate::wire::quote(&mut params, uri);
        params.push('}');
        let message = jsonrpc::notification("notifications/resources/updated", &params);
        self.notify(host, &message, now_ms)?;
        Ok(true)
    }

    /// `notifications/…/list_changed`.
    pub fn list_changed(
        &mut self,
        host: &dyn SessionHost,
        list: List,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        self.notify(host, &list.changed(""), now_ms)
    }

    pub(super) fn open_as_sse(&mut self, token: &str) {
        self.sse = Some(SseFacts {
            token: token.to_owned(),
            version: None,
            client: ClientCaps::default(),
        });
    }
}

fn well_formed(params: &Params<'_>) -> Result<(), RpcError> {
    if params.malformed {
        let message = "`params` must be an object without duplicates";
        return Err(RpcError::invalid_params(message));
    }
    Ok(())
}

fn level(params: &Params<'_>) -> Result<Level, RpcError> {
    well_formed(params)?;
    let name = params.level.and_then(string);
    name.as_deref().and_then(Level::parse).ok_or_else(|| {
        RpcError::invalid_params(
            "`level` must be debug, info, notice, warning, error, critical, alert or emergency",
        )
    })
}

/// `progressToken`: a string or an integer.
fn progress_token(params: &Params<'_>) -> Option<String> {
    let token = params.meta.as_ref()?.get("progressToken")?;
    jsonrpc::is_id(token).then(|| token.get().to_owned())
}
