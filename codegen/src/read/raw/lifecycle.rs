//! What becomes of a tool: the end of it.

use super::words::SemVer;
use schemars::JsonSchema;

/// That a tool goes away, which models read behind its description, and clients in its `_meta`.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Deprecated")]
pub struct RawDeprecated {
    /// The version of the agent from which on it should not be called any more: `"1.2.0"`.
    #[schemars(required, with = "SemVer")]
    pub since: Option<String>,
    /// The version in which it is gone, after `since`.
    #[schemars(with = "Option<SemVer>")]
    pub sunset: Option<String>,
    /// The tool to call instead.
    #[schemars(rename = "use")]
    pub replacement: Option<String>,
}
