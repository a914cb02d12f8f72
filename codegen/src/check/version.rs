//! `schema_version`.

use crate::diag::{Address, Code, Sink};
use crate::read::raw::Raw;

/// The version of the vocabulary that this release reads.
const CURRENT: i64 = 1;

/// A declaration says which vocabulary it is written in, so that a later release can change a key's meaning without guessing. One
/// that is newer than this release says nothing that could be judged here, so that this is then the only error.
pub(super) fn check_schema_version(raw: &Raw, sink: &mut Sink) -> bool {
    let at = Address::root().key("schema_version");
    match raw.schema_version {
        Some(CURRENT) => {}
        Some(newer) if newer > CURRENT => {
            *sink = Sink::default();
            sink.report(
                Code::UnknownSchemaVersion,
                at,
                format!("schema version {newer} is newer than this release"),
            )
            .help(format!(
                "this release reads version {CURRENT}; install a newer mcp-gen and mcp-agent"
            ));
            return false;
        }
        Some(other) => {
            sink.report(
                Code::UnknownSchemaVersion,
                at,
                format!("there is no schema version {other}"),
            )
            .help(format!("schema_version = {CURRENT}"));
        }
        None => {
            sink.report(
                Code::MissingSchemaVersion,
                at,
                "the declaration does not say its `schema_version`",
            )
            .help(format!(
                "write `schema_version = {CURRENT}` above the first table"
            ));
        }
    }
    true
}
