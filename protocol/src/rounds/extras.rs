//! What `_meta` of a request says of the notifications that it wants.

use crate::error::RpcError;
use crate::jsonrpc::is_id;
use crate::session::Level;
use crate::wire::{Object, string};

const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
const PROGRESS_TOKEN: &str = "progressToken";

/// What a client wants to hear of its call.
pub(super) struct Extras {
    /// From which level on log messages are wanted; `None` for none.
    pub level: Option<Level>,
    /// `progressToken`, raw JSON.
    pub progress: Option<String>,
}

impl Extras {
    pub fn read(meta: Option<&Object<'_>>) -> Result<Extras, RpcError> {
        let get = |name| meta.and_then(|meta| meta.get(name));
        let level = match get(LOG_LEVEL) {
            None => None,
            Some(raw) => {
                let level = string(raw).and_then(|text| Level::parse(&text));
                Some(level.ok_or_else(|| {
                    RpcError::invalid_params(
                        "`_meta` has an unknown `io.modelcontextprotocol/logLevel`",
                    )
                })?)
            }
        };
        let progress = match get(PROGRESS_TOKEN) {
            None => None,
            Some(raw) if is_id(raw) => Some(raw.get().to_owned()),
            Some(_) => {
                return Err(RpcError::invalid_params(
                    "`progressToken` must be a string or an integer",
                ));
            }
        };
        Ok(Extras { level, progress })
    }
}
