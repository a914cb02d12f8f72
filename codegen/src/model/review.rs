//! How a change of the contract is weighed.

/// `[review]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What counts as broken.
    pub level: ReviewLevel,
    /// Rules that weigh otherwise: ids of [`RULES`], each once.
    pub severity: Vec<(String, ReviewSeverity)>,
    /// Breaks that are meant.
    pub allow: Vec<Allow>,
    /// Tokens that `tools/list` may take of a model's context, as they are estimated.
    pub tokens: Option<u64>,
}

/// What counts as broken: of these each and those before it. Safety, auth and state always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewLevel {
    /// What clients send.
    Wire,
    /// What they are answered.
    #[default]
    Contract,
    /// What models and people read.
    Behaviour,
}

/// How a rule weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewSeverity {
    /// Nothing is said.
    Off,
    /// It is said.
    Warn,
    /// It is said, and fails the review.
    Error,
}

/// `[[review.allow]]`: a break that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// An id of [`RULES`].
    pub rule: String,
    /// An address, as a finding has it: it and all inside it.
    pub at: String,
    /// The version of the server from which on it does not hold, `MAJOR.MINOR.PATCH`.
    pub until: Option<String>,
    /// Why. Not empty.
    pub why: String,
}

/// The ids of the rules, by the alphabet.
pub const RULES: &[&str] = &[
    "ALLOW_EXPIRED",
    "ALLOW_UNUSED",
    "AUTH_ADDED",
    "AUTH_MODE_CHANGED",
    "AUTH_REMOVED",
    "AUTH_RESOURCE_CHANGED",
    "BOUND_CLAIM_CHANGED",
    "BOUND_PARAM_UNBOUND",
    "CONFIRM_CHANGED",
    "CONFIRM_REMOVED",
    "DEFAULT_ALLOW",
    "DEFAULT_DENY",
    "DESTRUCTIVE_SET",
    "ENDPOINT_MOVED",
    "ENDPOINT_REMOVED",
    "HANDLE_REMOVED",
    "HANDLE_TTL_SHORTENED",
    "HIDDEN_UNICODE",
    "IDEMPOTENT_CHANGED",
    "INSTRUCTIONS_CHANGED",
    "ISSUER_CHANGED",
    "MIGRATION_EDITED",
    "MIGRATION_REMOVED",
    "NOT_SUBSCRIBABLE",
    "OPEN_WORLD_SET",
    "OUTPUT_CONSTRAINT_LOOSENED",
    "OUTPUT_DESCRIPTION_CHANGED",
    "OUTPUT_DRAFT_07",
    "OUTPUT_ENUM_VALUE_ADDED",
    "OUTPUT_FIELD_REMOVED",
    "OUTPUT_NOT_OBJECT",
    "OUTPUT_NOW_NULLABLE",
    "OUTPUT_NOW_OPTIONAL",
    "OUTPUT_SCHEMA_REMOVED",
    "OUTPUT_TYPE_CHANGED",
    "OUTPUT_UNION_WIDENED",
    "PARAM_ADDED_REQUIRED",
    "PARAM_CONSTRAINT_TIGHTENED",
    "PARAM_DEFAULT_CHANGED",
    "PARAM_DESCRIPTION_CHANGED",
    "PARAM_ENUM_VALUE_REMOVED",
    "PARAM_HEADER_CHANGED",
    "PARAM_NOT_NULLABLE",
    "PARAM_NOW_ENUM",
    "PARAM_NOW_REQUIRED",
    "PARAM_REMOVED",
    "PARAM_RENAMED",
    "PARAM_TYPE_CHANGED",
    "PARAM_UNION_NARROWED",
    "PROMPT_DESCRIPTION_CHANGED",
    "PROMPT_REMOVED",
    "PROMPT_RENAMED",
    "PROMPT_TEXT_CHANGED",
    "READ_ONLY_UNSET",
    "RESOURCE_DESCRIPTION_CHANGED",
    "RESOURCE_MIME_CHANGED",
    "RESOURCE_MOVED",
    "RESOURCE_REMOVED",
    "RESOURCE_SOURCE_CHANGED",
    "RESOURCE_TEXT_CHANGED",
    "ROLE_ADDED",
    "ROLE_REMOVED",
    "ROLE_WIDENED",
    "SCOPE_ADDED",
    "SCOPE_REMOVED",
    "SCOPE_WORDS_CHANGED",
    "SERVER_DESCRIPTION_CHANGED",
    "SERVER_NAME_CHANGED",
    "STATE_FIELD_CHANGED",
    "STATE_FIELD_REMOVED",
    "STATE_LIMIT_LOWERED",
    "STATE_REMOVED",
    "STATE_SCOPE_CHANGED",
    "STATE_VERSION_LOWERED",
    "SYNC_NARROWED",
    "TASK_NOW_REQUIRED",
    "TITLE_CHANGED",
    "TOKEN_BUDGET",
    "TOOL_DESCRIPTION_CHANGED",
    "TOOL_NAME",
    "TOOL_REMOVED",
    "TOOL_RENAMED",
    "TOO_MANY_TOOLS",
    "TOP_LEVEL_UNION",
    "VERSION_TOO_LOW",
];
