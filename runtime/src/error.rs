//! What a handler says when it fails.

use crate::sql::SqlError;
use mcp_agent_protocol::RpcError;
use std::fmt::Display;

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a handler failed.
///
/// Any [`std::error::Error`] becomes one by `?`: for a tool, the model reads its message in a result with `isError`, so that it can
/// mend its call; for a resource or a prompt the client gets -32603 without the message, which goes to the log. An error made by
/// [`Error::protocol`] reaches the client as the JSON-RPC error that it is.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
pub(crate) enum Kind {
    /// A tool's failure, told to the model.
    Tool(String),
    /// A JSON-RPC error.
    Protocol(RpcError),
    /// A statement that failed, which is nothing for clients.
    Sql(SqlError),
}

impl Error {
    /// A failure that the model is told of, in a tool result with `isError`.
    pub fn tool(message: impl Display) -> Self {
        Self(Kind::Tool(message.to_string()))
    }

    /// A JSON-RPC error with this code and message.
    pub fn protocol(code: i64, message: impl Display) -> Self {
        Self(Kind::Protocol(RpcError::new(code, message.to_string())))
    }

    /// JSON-RPC -32602: the arguments satisfy the schema and still cannot be meant.
    pub fn invalid_params(message: impl Display) -> Self {
        Self::protocol(-32602, message)
    }

    /// The statement that failed, if it was one.
    pub fn sql(&self) -> Option<&SqlError> {
        match &self.0 {
            Kind::Sql(error) => Some(error),
            Kind::Tool(_) | Kind::Protocol(_) => None,
        }
    }

    /// For the log. It is not `Display`, which would make it an error that a tool tells the model.
    pub(crate) fn said(&self) -> String {
        match &self.0 {
            Kind::Tool(message) => message.clone(),
            Kind::Protocol(error) => format!("{} ({})", error.message, error.code),
            Kind::Sql(error) => error.to_string(),
        }
    }

    pub(crate) fn rpc(error: RpcError) -> Self {
        Self(Kind::Protocol(error))
    }

    pub(crate) fn into_kind(self) -> Kind {
        self.0
    }
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        Self::tool(error)
    }
}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        Self(Kind::Sql(error))
    }
}
