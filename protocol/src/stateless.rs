//! 2026-07-28 over HTTP: every request says in `_meta` what it speaks, and its headers must say the same.

use crate::ClientCaps;
use crate::again::{Last, Own};
use crate::call::Call;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::{HttpRequest, Reply};
use crate::jsonrpc::{self, Request};
use crate::listen::nothing_to_hear;
use crate::methods::{Context, failed};
use crate::policy::accept::Accepts;
use crate::principal::Principal;
use crate::route::unsupported_version;
use crate::tasks::TaskRequest;
use crate::token::{Entropy, Keys};
use crate::trace::Trace;
use crate::version::Version;
use crate::wire::{Object, members, string};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::RefCell;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Whether a message says its version in `_meta`.
pub(crate) fn claims(meta: &Object<'_>) -> bool {
    meta.get(VERSION).is_some()
}

impl Engine {
    /// A request that stands for itself. Session and `Last-Event-ID` headers mean nothing to it.
    pub(crate) fn stateless<'r>(
        &self,
        req: &HttpRequest<'r>,
        accepts: Accepts,
        last: Option<&Last>,
        mut request: Request<'r>,
        sealing: Sealing<'_>,
    ) -> Output<'r> {
        let meta = request.params.meta.take();
        let id = request.id;
        let refuse = |error: &RpcError| {
            let body = jsonrpc::error(Some(id), Version::LATEST, error);
            Output::Reply(Reply::json(400, body))
        };
        // `initialize` belongs to the versions with sessions; only the header can have brought it here.
        if request.method == "initialize" && !meta.as_ref().is_some_and(claims) {
            let message = "header mismatch: `initialize` is not of the version that MCP-Protocol-Version names";
            return refuse(&RpcError::header_mismatch(message));
        }
        let claim = match Claim::read(&request, meta.as_ref(), &self.last_client) {
            Ok(claim) => claim,
            Err(error) => return refuse(&error),
        };
        let framing = accepts.framing();
        let version = Version::parse(&claim.version).filter(|version| version.is_stateless());
        match (req.headers.protocol_version, version) {
            (Some(header), _) if header != claim.version => {
                let message = "header mismatch: MCP-Protocol-Version is not the version in `_meta`";
                return refuse(&RpcError::header_mismatch(message));
            }
            (None, Some(_)) if self.has_headers => {
                let message = "header mismatch: MCP-Protocol-Version is missing";
                return refuse(&RpcError::header_mismatch(message));
            }
            _ => {}
        }
        let Some(version) = version else {
            return Output::Reply(unsupported_version(Some(request.id), &claim.version));
        };
        if self.has_headers
            && let Err(error) = self.check_headers(&req.headers, &request)
        {
            return refuse(&error);
        }
        if request.method == "subscriptions/listen" && !request.params.malformed {
            let asker = Asker {
                meta: meta.as_ref(),
                principal: req.key(),
                who: req.who.known().map(|who| &**who),
                streams: accepts.stream,
            };
            let listening = match self.parts.listen {
                Some(listen) => listen(self, version, &asker, claim.client, &request, &sealing),
                None => Ok(Output::Reply(nothing_to_hear(request.id))),
            };
            return listening.unwrap_or_else(|error| {
                Output::Reply(failed(framing, version, request.id, &error))
            });
        }
        let context = Context {
            version,
            framing,
            session: None,
            client: claim.client,
            who: req.who.known().cloned(),
            trace: claim.trace,
        };
        let (resumed, own) = (Resumed::of(&request), Own::of(&request));
        let asker = Asker {
            meta: meta.as_ref(),
            principal: req.key(),
            who: req.who.known().map(|who| &**who),
            streams: accepts.stream,
        };
        match self.dispatch(context, request) {
            // A task has no rounds: what it asks, it asks as a task.
            Output::Task(TaskRequest::Create { .. }) if resumed.state.is_some() => {
                Output::Reply(failed(framing, version, id, &not_of_this_call()))
            }
            Output::Call(call) => {
                if let Some(last) = last.filter(|_| resumed.is_first()) {
                    self.remember(last, req.body, own, &call);
                }
                self.stateless_call(&asker, resumed, call, sealing)
                    .unwrap_or_else(|error| Output::Reply(failed(framing, version, id, &error)))
            }
            output => output,
        }
    }

    fn stateless_call<'r>(
        &self,
        asker: &Asker<'_>,
        resumed: Resumed<'_>,
        call: Call<'r>,
        sealing: Sealing<'_>,
    ) -> Result<Output<'r>, RpcError> {
        if let Some(round) = self.parts.round.filter(|_| call.interactive) {
            return round(self, asker, resumed, call, sealing);
        }
        // What never asks has never given anybody a state.
        match resumed.state {
            Some(_) => Err(not_of_this_call()),
            None => Ok(Output::Call(call)),
        }
    }
}

/// Who sends a request, beside what its call says.
pub(crate) struct Asker<'a> {
    pub meta: Option<&'a Object<'a>>,
    pub principal: Option<&'a str>,
    pub who: Option<&'a Principal>,
    /// Whether the answer may be a stream.
    pub streams: bool,
}

/// What a request brings from the one before it.
#[derive(Clone, Copy)]
pub(crate) struct Resumed<'a> {
    /// `requestState`.
    pub state: Option<&'a RawValue>,
    /// `inputResponses`.
    pub answers: Option<&'a RawValue>,
}

impl<'a> Resumed<'a> {
    fn of(request: &Request<'a>) -> Resumed<'a> {
        Resumed {
            state: request.params.request_state,
            answers: request.params.input_responses,
        }
    }

    /// Whether it brings nothing.
    fn is_first(&self) -> bool {
        self.state.is_none() && self.answers.is_none()
    }
}

/// What states are sealed and opened with.
pub(crate) struct Sealing<'a> {
    pub keys: Option<&'a Keys>,
    pub now_ms: u64,
    pub entropy: &'a mut dyn Entropy,
}

/// A state that was tampered with, or is of another call, or is over: nobody is told which.
pub(crate) fn not_of_this_call() -> RpcError {
    RpcError::invalid_params("`requestState` is not one of this call, or it is over")
}

/// What `_meta` must say.
struct Claim<'a> {
    version: Cow<'a, str>,
    client: ClientCaps,
    trace: Option<Box<Trace>>,
}

impl<'a> Claim<'a> {
    fn read(
        request: &Request<'a>,
        meta: Option<&Object<'a>>,
        last: &LastClient,
    ) -> Result<Claim<'a>, RpcError> {
        if request.params.malformed {
            return Err(RpcError::invalid_params("`params` must be an object"));
        }
        let Some(meta) = meta else {
            return Err(RpcError::invalid_params(
                "`_meta` is missing, which must name the protocol version and the client's capabilities",
            ));
        };
        let missing =
            |name: &str| RpcError::invalid_params(["`_meta` must have `", name, "`"].concat());
        let version = meta
            .get(VERSION)
            .and_then(string)
            .ok_or_else(|| missing(VERSION))?;
        let client = meta
            .get(CAPABILITIES)
            .and_then(|raw| last.capabilities(raw))
            .ok_or_else(|| missing(CAPABILITIES))?;
        if meta
            .get(CLIENT_INFO)
            .is_some_and(|info| !last.is_implementation(info))
        {
            return Err(RpcError::invalid_params(
                "`_meta` has a malformed `io.modelcontextprotocol/clientInfo`",
            ));
        }
        Ok(Claim {
            version,
            client,
            trace: Trace::of(Some(meta)),
        })
    }
}

/// Of what a client says of itself, so many bytes are remembered.
const MAX_REMEMBERED: usize = 2048;

/// What the last client said of itself, and was right: it says so with each of its requests.
#[derive(Default)]
pub(crate) struct LastClient {
    info: RefCell<String>,
    capabilities: RefCell<Option<(String, ClientCaps)>>,
}

impl LastClient {
    /// [`ClientCaps::parse`].
    fn capabilities(&self, raw: &RawValue) -> Option<ClientCaps> {
        let mut last = self.capabilities.borrow_mut();
        if let Some((text, known)) = &*last
            && text == raw.get()
        {
            return Some(*known);
        }
        let read = ClientCaps::parse(raw)?;
        if raw.get().len() <= MAX_REMEMBERED {
            *last = Some((raw.get().to_owned(), read));
        }
        Some(read)
    }

    /// [`is_implementation`].
    fn is_implementation(&self, raw: &RawValue) -> bool {
        if *self.info.borrow() == raw.get() {
            return true;
        }
        let is_one = is_implementation(raw);
        if is_one && raw.get().len() <= MAX_REMEMBERED {
            raw.get().clone_into(&mut self.info.borrow_mut());
        }
        is_one
    }
}

/// Whether a value has what `Implementation` must have.
pub(crate) fn is_implementation(raw: &RawValue) -> bool {
    let text = |info: &Object<'_>, name| info.get(name).and_then(string).is_some();
    members(raw).is_some_and(|info| text(&info, "name") && text(&info, "version"))
}
