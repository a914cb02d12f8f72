//! What a completion handler is given.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What somebody has typed of an argument of a prompt, or of a variable of a resource template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CompleteParams {
    /// What has been typed of the argument so far; empty at first.
    pub value: String,
    /// The other arguments that the client knows already, by name. Clients of versions before 2025-06-18 send none.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}
