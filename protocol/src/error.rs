//! JSON-RPC errors, by name.

use crate::version::Version;
use crate::wire::quote;

/// An error as JSON-RPC says it. What is in it is shown to the client: nothing of the inside goes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// The code.
    pub code: i64,
    /// One sentence.
    pub message: String,
    /// Raw JSON with details.
    pub data: Option<String>,
    /// The scopes that a token must have for this, with spaces between.
    scopes: Option<Box<str>>,
}

/// `-32700`: the body is not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// `-32600`: the body is not a JSON-RPC message.
pub const INVALID_REQUEST: i64 = -32600;
/// `-32601`: there is no such method.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// `-32602`: the method's parameters are wrong.
pub const INVALID_PARAMS: i64 = -32602;
/// `-32603`: the server failed.
pub const INTERNAL_ERROR: i64 = -32603;
/// `-32002`: no such resource, before 2026-07-28.
pub const RESOURCE_NOT_FOUND: i64 = -32002;
/// `-32003`: the caller may not do this. (MCP names no code; this one is of the range that JSON-RPC leaves to servers.)
pub const FORBIDDEN: i64 = -32003;
/// `-32020`: headers and body disagree (2026-07-28).
pub const HEADER_MISMATCH: i64 = -32020;
/// `-32021`: the client lacks a capability that the request needs (2026-07-28).
pub const MISSING_CAPABILITY: i64 = -32021;
/// `-32022`: the protocol version is not supported (2026-07-28).
pub const UNSUPPORTED_VERSION: i64 = -32022;

impl RpcError {
    /// An error with this code and message.
    pub fn new(code: i64, message: impl Into<String>) -> RpcError {
        RpcError {
            code,
            message: message.into(),
            data: None,
            scopes: None,
        }
    }

    /// The same with details, as raw JSON.
    pub fn with_data(mut self, data: impl Into<String>) -> RpcError {
        self.data = Some(data.into());
        self
    }

    /// `-32700`.
    pub fn parse() -> RpcError {
        RpcError::new(PARSE_ERROR, "parse error: the body is not valid JSON")
    }

    /// `-32600`.
    pub fn invalid_request(message: impl Into<String>) -> RpcError {
        RpcError::new(INVALID_REQUEST, message)
    }

    /// `-32601`.
    pub fn method_not_found(method: &str) -> RpcError {
        RpcError::new(
            METHOD_NOT_FOUND,
            ["method not found: ", &clip(method)].concat(),
        )
    }

    /// `-32602`.
    pub fn invalid_params(message: impl Into<String>) -> RpcError {
        RpcError::new(INVALID_PARAMS, message)
    }

    /// `-32603`. It takes no message, so that nothing of the inside gets out.
    pub fn internal() -> RpcError {
        RpcError::new(INTERNAL_ERROR, "internal error")
    }

    /// `-32020`.
    pub fn header_mismatch(message: impl Into<String>) -> RpcError {
        RpcError::new(HEADER_MISMATCH, message)
    }

    /// `-32021`, with the capabilities that are needed, as a raw JSON object.
    pub fn missing_capability(required: &str) -> RpcError {
        RpcError::new(MISSING_CAPABILITY, "missing required client capability")
            .with_data(["{\"requiredCapabilities\":", required, "}"].concat())
    }

    /// `-32003`: it is not for this caller, who is told nothing more.
    pub fn forbidden() -> RpcError {
        RpcError::new(FORBIDDEN, "forbidden")
    }

    /// `-32003`, with the scopes that the token must have: answered by HTTP 403 and a challenge (RFC 6750, section 3.1).
    pub(crate) fn insufficient_scope(scopes: &str) -> RpcError {
        let mut data = String::from("{\"scope\":");
        quote(&mut data, scopes);
        data.push('}');
        RpcError {
            scopes: Some(scopes.into()),
            ..RpcError::new(FORBIDDEN, "insufficient scope").with_data(data)
        }
    }

    /// The scopes that are missed, with others that are not.
    pub(crate) fn scopes(&self) -> Option<&str> {
        self.scopes.as_deref()
    }

    /// No such resource. Written as `-32002` before 2026-07-28 and as `-32602` from then on.
    pub fn resource_not_found(uri: &str) -> RpcError {
        let mut data = String::from("{\"uri\":");
        quote(&mut data, &clip(uri));
        data.push('}');
        RpcError::new(RESOURCE_NOT_FOUND, "resource not found").with_data(data)
    }

    /// The same as this version says it.
    pub(crate) fn in_version(mut self, version: Version) -> RpcError {
        if self.code == RESOURCE_NOT_FOUND {
            self.code = version.resource_not_found();
        } else if version.reserves(self.code) {
            self.code = INTERNAL_ERROR;
        }
        self
    }

    /// The HTTP status that a response with this error has.
    pub(crate) fn status(&self, version: Version) -> u16 {
        match self.code {
            FORBIDDEN if self.scopes.is_some() => 403,
            METHOD_NOT_FOUND if version.is_stateless() => 404,
            HEADER_MISMATCH | MISSING_CAPABILITY | UNSUPPORTED_VERSION
                if version.is_stateless() =>
            {
                400
            }
            _ => 200,
        }
    }

    /// The member `error` of a response.
    pub(crate) fn write(&self, out: &mut String) {
        out.push_str("{\"code\":");
        out.push_str(&self.code.to_string());
        out.push_str(",\"message\":");
        quote(out, &self.message);
        if let Some(data) = &self.data {
            out.push_str(",\"data\":");
            out.push_str(data);
        }
        out.push('}');
    }
}

/// What a client sent, short enough to be sent back.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}
