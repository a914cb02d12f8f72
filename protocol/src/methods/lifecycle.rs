//! `initialize`: what both sides can do, and which version they speak.

use crate::ClientCaps;
use crate::engine::Engine;
use crate::error::RpcError;
use crate::jsonrpc::{self, Request};
use crate::list::Kind;
use crate::stateless::is_implementation;
use crate::version::Version;
use crate::wire::string;

impl Engine {
    /// Negotiates: the version, the client's capabilities, and the response.
    pub(crate) fn initialize(
        &self,
        request: &Request<'_>,
    ) -> Result<(Version, ClientCaps, String), RpcError> {
        let params = &request.params;
        if params.malformed {
            return Err(RpcError::invalid_params(
                "`params` must be an object without duplicates",
            ));
        }
        let requested = params.protocol_version.and_then(string);
        let requested = requested
            .ok_or_else(|| RpcError::invalid_params("`protocolVersion` must be a string"))?;
        let client = params.capabilities.and_then(ClientCaps::parse);
        let client =
            client.ok_or_else(|| RpcError::invalid_params("`capabilities` must be an object"))?;
        if !params.client_info.is_some_and(is_implementation) {
            return Err(RpcError::invalid_params(
                "`clientInfo` must have a `name` and a `version`",
            ));
        }
        let version = Version::negotiate(&requested);
        let result = self.lists.result(&self.catalog, Kind::Handshake, version);
        Ok((version, client, jsonrpc::result(request.id, &[result])))
    }
}
