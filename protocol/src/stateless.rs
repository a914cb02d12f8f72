//! 2026-07-28 over HTTP: every request says in `_meta` what it speaks, and its headers must say the same.

use crate::ClientCaps;
use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::{HttpRequest, Reply};
use crate::jsonrpc::{self, Request};
use crate::methods::Context;
use crate::route::unsupported_version;
use crate::trace::Trace;
use crate::version::Version;
use crate::wire::{Object, members, string};
use serde_json::value::RawValue;
use std::borrow::Cow;

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
        framing: Framing,
        request: Request<'r>,
        meta: Option<Object<'r>>,
    ) -> Output<'r> {
        let refuse = |error: &RpcError| {
            let body = jsonrpc::error(Some(request.id), Version::LATEST, error);
            Output::Reply(Reply::json(400, body))
        };
        // `initialize` belongs to the versions with sessions; only the header can have brought it here.
        if request.method == "initialize" && !meta.as_ref().is_some_and(claims) {
            let message = "header mismatch: `initialize` is not of the version that MCP-Protocol-Version names";
            return refuse(&RpcError::header_mismatch(message));
        }
        let claim = match Claim::read(&request, meta) {
            Ok(claim) => claim,
            Err(error) => return refuse(&error),
        };
        let version = Version::parse(&claim.version).filter(|version| version.is_stateless());
        match (req.headers.protocol_version, version) {
            (Some(header), _) if header != claim.version => {
                let message = "header mismatch: MCP-Protocol-Version is not the version in `_meta`";
                return refuse(&RpcError::header_mismatch(message));
            }
            (None, Some(_)) => {
                let message = "header mismatch: MCP-Protocol-Version is missing";
                return refuse(&RpcError::header_mismatch(message));
            }
            _ => {}
        }
        let Some(version) = version else {
            return Output::Reply(unsupported_version(Some(request.id), &claim.version));
        };
        if let Err(error) = self.check_headers(&req.headers, &request) {
            return refuse(&error);
        }
        let context = Context {
            version,
            framing,
            session: None,
            client: claim.client,
            trace: claim.trace,
        };
        self.dispatch(context, request)
    }
}

/// What `_meta` must say.
struct Claim<'a> {
    version: Cow<'a, str>,
    client: ClientCaps,
    trace: Option<Box<Trace>>,
}

impl<'a> Claim<'a> {
    fn read(request: &Request<'a>, meta: Option<Object<'a>>) -> Result<Claim<'a>, RpcError> {
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
            .and_then(ClientCaps::parse)
            .ok_or_else(|| missing(CAPABILITIES))?;
        if meta
            .get(CLIENT_INFO)
            .is_some_and(|info| !is_implementation(info))
        {
            return Err(RpcError::invalid_params(
                "`_meta` has a malformed `io.modelcontextprotocol/clientInfo`",
            ));
        }
        Ok(Claim {
            version,
            client,
            trace: Trace::of(&meta),
        })
    }
}

/// Whether a value has what `Implementation` must have.
pub(crate) fn is_implementation(raw: &RawValue) -> bool {
    let text = |info: &Object<'_>, name| info.get(name).and_then(string).is_some();
    members(raw).is_some_and(|info| text(&info, "name") && text(&info, "version"))
}
