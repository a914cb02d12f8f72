//! Plain HTTP, for what is not MCP.

use crate::auth::Auth;
use crate::{Error, Result, host};
use serde::{Serialize, de::DeserializeOwned};

/// A request at the declared path.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) auth: Option<Auth>,
}

impl Request {
    /// Who sends it, where `[auth]` is declared and the request has a token that is good. Nobody is refused here: that is the handler's
    /// business.
    pub fn auth(&self) -> Option<&Auth> {
        self.auth.as_ref()
    }

    /// The method, in capitals.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, as it was sent.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// What is behind the `?`, as it was sent.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// All headers, with their names in lower case. Of a name that was sent several times the values stand in one, with commas between.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter();
        headers.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut known = self.headers();
        let found = known.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none, or of another type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(Error::invalid_params)
    }
}

/// What is answered.
///
/// ```
/// use mcp_agent::Response;
///
/// let page = Response::text("not here").status(404);
/// let image = Response::new(200).header("content-type", "image/png").body(vec![0x89, 0x50]);
/// let cookies = Response::new(204).header("set-cookie", "a=1").header("set-cookie", "b=2");
/// ```
#[derive(Clone, Debug)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// An answer of this status, without a body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// 200 with a text.
    pub fn text(text: impl Into<String>) -> Self {
        let response = Self::new(200).header("content-type", "text/plain; charset=utf-8");
        response.body(text.into())
    }

    /// 200 with a value as JSON.
    ///
    /// # Errors
    /// When it does not serialise.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        let response = Self::new(200).header("content-type", "application/json");
        Ok(response.body(serde_json::to_vec(value)?))
    }

    /// With this status, from 200 to 599.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With this header too. Several of one name are kept, `set-cookie` each on a line of its own.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// What a handler answered, as it is sent. Nothing of the inside is said of one that failed.
    pub(crate) fn of(answered: Result<Self>) -> Self {
        match answered {
            Ok(response) => response.sendable(),
            Err(error) => {
                host::log(&format!("a request was not answered: {}", error.said()));
                Self::internal_error()
            }
        }
    }

    pub(crate) fn internal_error() -> Self {
        Self::text("internal error").status(500)
    }

    /// The same, if HTTP has such an answer.
    fn sendable(mut self) -> Self {
        if !(200..=599).contains(&self.status) {
            host::log(&format!(
                "a response cannot have the status {}",
                self.status
            ));
            return Self::internal_error();
        }
        let mut headers = self.headers.iter();
        if let Some((name, _)) = headers.find(|(name, value)| !is_name(name) || !is_value(value)) {
            host::log(&format!("a response cannot have the header {name:?}"));
            return Self::internal_error();
        }
        // These have none (RFC 9110, 15).
        if matches!(self.status, 204 | 205 | 304) {
            self.body.clear();
        }
        self
    }
}

/// A token of RFC 9110, 5.6.2.
fn is_name(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(token)
}

/// A line end would begin another header.
fn is_value(value: &str) -> bool {
    !value.chars().any(|it| it.is_control() && it != '\t')
}
