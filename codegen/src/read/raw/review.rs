//! `[review]`, as it is written.

use super::words::{LevelName, RuleName, Severities};
use indexmap::IndexMap;
use schemars::JsonSchema;

/// How a change of what the agent promises is weighed. It is no part of the Worker.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Review")]
pub struct RawReview {
    /// What counts as broken: `wire`, what clients send; `contract`, what they are answered too, which is the default; `behaviour`, what models
    /// and people read too. What is promised of safety, auth and state always counts.
    #[schemars(with = "Option<LevelName>")]
    pub level: Option<String>,
    /// Rules that weigh otherwise, by their ids: `off`, nothing is said; `warn`, it is said; `error`, it is said and fails the review.
    #[schemars(with = "Option<Severities>")]
    pub severity: Option<IndexMap<String, String>>,
    /// The most tokens that `tools/list` may take of a model's context, as they are estimated. Left out, any number.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub tokens: Option<i64>,
    /// Breaks that are meant.
    pub allow: Option<Vec<RawAllow>>,
}

/// A break that is meant.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Allow")]
pub struct RawAllow {
    /// The id of the rule that would find it: `"PARAM_REMOVED"`.
    #[schemars(required, with = "RuleName")]
    pub rule: Option<String>,
    /// Where, as a finding has it: `"tools.cancel_order.params.reason"`. All inside of it is meant too. A name that is no bare key of TOML stands in
    /// quotes: `'resources."docs://about"'`.
    #[schemars(required, length(min = 1))]
    pub at: Option<String>,
    /// The version of the server from which on it is meant no more: `"1.5.0"`. Left out, it is meant for good.
    #[schemars(regex(pattern = r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$"))]
    pub until: Option<String>,
    /// Why it breaks nobody, for whoever reads the review.
    #[schemars(required, length(min = 1))]
    pub why: Option<String>,
}
