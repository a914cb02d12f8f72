//! 2026-07-28 over HTTP: every request says in `_meta` what it speaks, and its headers must say the same.

use crate::ClientCaps;
use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::{RpcError, clip};
use crate::http::{Headers, HttpRequest, Reply};
use crate::jsonrpc::{self, Request};
use crate::methods::{Context, Method};
use crate::route::unsupported_version;
use crate::version::Version;
use crate::wire::{Object, members, string};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use std::borrow::Cow;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Whether a message says its version in `_meta`.
pub(crate) fn claims(request: &Request<'_>) -> bool {
    meta(request).is_some_and(|meta| meta.get(VERSION).is_some())
}

fn meta<'a>(request: &Request<'a>) -> Option<Object<'a>> {
    request.params.meta.and_then(members)
}

impl Engine {
    /// A request that stands for itself. Session and `Last-Event-ID` headers mean nothing to it.
    pub(crate) fn stateless<'r>(
        &self,
        req: &HttpRequest<'r>,
        framing: Framing,
        request: Request<'r>,
    ) -> Output<'r> {
        let version = Version::V2026_07_28;
        let refuse = |status, error: &RpcError| {
            Output::Reply(Reply::json(
                status,
                jsonrpc::error(Some(request.id), version, error),
            ))
        };
        let claim = match Claim::read(&request) {
            Ok(claim) => claim,
            Err(error) => {
                // `initialize` belongs to the versions with sessions; only a header says otherwise here.
                let lost = request.method == "initialize" && !claims(&request);
                let error = if lost {
                    RpcError::header_mismatch(
                        "initialize has no place in the version that MCP-Protocol-Version names",
                    )
                } else {
                    error
                };
                return refuse(400, &error);
            }
        };
        let named = claim.version;
        match req.headers.protocol_version {
            Some(header) if header == named => {}
            Some(_) => {
                return refuse(
                    400,
                    &RpcError::header_mismatch(
                        "header mismatch: MCP-Protocol-Version is not the version in `_meta`",
                    ),
                );
            }
            None if Version::parse(&named).is_some_and(Version::is_stateless) => {
                return refuse(
                    400,
                    &RpcError::header_mismatch("header mismatch: MCP-Protocol-Version is missing"),
                );
            }
            None => {}
        }
        let Some(version) = Version::parse(&named).filter(|version| version.is_stateless()) else {
            return Output::Reply(unsupported_version(Some(request.id), &named));
        };
        if let Err(error) = check_headers(&req.headers, &request) {
            return refuse(400, &error);
        }
        if Method::parse(&request.method, version, &self.catalog).is_none() {
            return refuse(404, &RpcError::method_not_found(&request.method));
        }
        self.dispatch(
            Context {
                version,
                framing,
                session: None,
                client: claim.client,
            },
            request,
        )
    }
}

/// What `_meta` must say.
struct Claim<'a> {
    version: Cow<'a, str>,
    client: ClientCaps,
}

impl<'a> Claim<'a> {
    fn read(request: &Request<'a>) -> Result<Claim<'a>, RpcError> {
        if request.params.malformed {
            return Err(RpcError::invalid_params("`params` must be an object"));
        }
        let Some(meta) = meta(request) else {
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
        Ok(Claim { version, client })
    }
}

/// Whether a value has what `Implementation` must have.
pub(crate) fn is_implementation(raw: &RawValue) -> bool {
    let text = |info: &Object<'_>, name| info.get(name).and_then(string).is_some();
    members(raw).is_some_and(|info| text(&info, "name") && text(&info, "version"))
}

/// `Mcp-Method` and `Mcp-Name` say what the body says, so that whoever routes by headers routes what we run.
fn check_headers(headers: &Headers<'_>, request: &Request<'_>) -> Result<(), RpcError> {
    match headers.mcp_method {
        Some(method) if method == request.method => {}
        Some(_) => {
            return Err(RpcError::header_mismatch(
                "header mismatch: Mcp-Method is not the body's method",
            ));
        }
        None => {
            return Err(RpcError::header_mismatch(
                "header mismatch: Mcp-Method is missing",
            ));
        }
    }
    let source = match &*request.method {
        "tools/call" | "prompts/get" => request.params.name,
        "resources/read" => request.params.uri,
        _ => return Ok(()),
    };
    // Without a name in the body there is nothing to compare; the method says what is wrong.
    let Some(body) = source.and_then(string) else {
        return Ok(());
    };
    let Some(header) = headers.mcp_name else {
        return Err(RpcError::header_mismatch(
            "header mismatch: Mcp-Name is missing",
        ));
    };
    let Some(name) = decode(header) else {
        return Err(RpcError::header_mismatch(
            "header mismatch: Mcp-Name is malformed",
        ));
    };
    if name != body {
        let message = [
            "header mismatch: Mcp-Name says `",
            &clip(&name),
            "`, the body `",
            &clip(&body),
            "`",
        ]
        .concat();
        return Err(RpcError::header_mismatch(message));
    }
    Ok(())
}

/// A header's value, out of its Base64 sentinel if it has one; `None` if it holds what no header may.
fn decode(header: &str) -> Option<Cow<'_, str>> {
    if let Some(inner) = header
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    {
        return String::from_utf8(STANDARD.decode(inner).ok()?)
            .ok()
            .map(Cow::Owned);
    }
    header
        .bytes()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
        .then_some(Cow::Borrowed(header))
}
