//! What becomes of a tool.

/// The prefix of the keys of `_meta` that are not the user's: a domain of the project, written backwards, as the specification asks.
pub const META_PREFIX: &str = "io.github.mcp-agent";

/// `deprecated` of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deprecated {
    /// The version of the agent from which on it should not be called any more, `MAJOR.MINOR.PATCH`.
    pub since: String,
    /// The version in which it is gone, later than `since`.
    pub sunset: Option<String>,
    /// `use`: the name of another tool, to be called instead.
    pub replacement: Option<String>,
}
