//! Protocol versions. This is the only file that compares them: everything that differs is a method here.

use crate::client::ClientCaps;

/// A version of the Model Context Protocol that this engine speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 2024-11-05: HTTP+SSE.
    V2024_11_05,
    /// 2025-03-26: Streamable HTTP, batches.
    V2025_03_26,
    /// 2025-06-18: structured output, titles, the version header.
    V2025_06_18,
    /// 2025-11-25: icons, input errors for the model.
    V2025_11_25,
    /// 2026-07-28: stateless.
    V2026_07_28,
}

impl Version {
    /// How many there are; [`Version::index`] is below it.
    pub const COUNT: usize = 5;

    /// All of them, newest first, as they are offered.
    pub const ALL: [Version; Version::COUNT] = [
        Version::V2026_07_28,
        Version::V2025_11_25,
        Version::V2025_06_18,
        Version::V2025_03_26,
        Version::V2024_11_05,
    ];

    /// The newest.
    pub const LATEST: Version = Version::V2026_07_28;

    /// What `initialize` is answered with when the client asks for something else.
    pub const LATEST_LEGACY: Version = Version::V2025_11_25;

    /// What an HTTP+SSE client speaks until its `initialize` says otherwise.
    pub const FIRST: Version = Version::V2024_11_05;

    /// The version that is written like this.
    pub fn parse(text: &str) -> Option<Version> {
        Version::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// As it is written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Version::V2024_11_05 => "2024-11-05",
            Version::V2025_03_26 => "2025-03-26",
            Version::V2025_06_18 => "2025-06-18",
            Version::V2025_11_25 => "2025-11-25",
            Version::V2026_07_28 => "2026-07-28",
        }
    }

    /// A number below [`Version::COUNT`], for tables and tokens. It never changes for a version.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The version with this number.
    pub fn from_index(index: usize) -> Option<Version> {
        Version::ALL
            .into_iter()
            .find(|version| version.index() == index)
    }

    /// `initialize` negotiates: a version with sessions is echoed, anything else gets the latest of those.
    pub fn negotiate(requested: &str) -> Version {
        Version::parse(requested)
            .filter(|version| !version.is_stateless())
            .unwrap_or(Version::LATEST_LEGACY)
    }

    /// Each request stands for itself: `_meta` instead of `initialize`, no session, caching hints, `resultType`.
    pub fn is_stateless(self) -> bool {
        self >= Version::V2026_07_28
    }

    /// `ping` exists.
    pub fn has_ping(self) -> bool {
        !self.is_stateless()
    }

    /// A stream begins with an event that has an id and no data, so that a client that is cut off can come back (SEP-1699).
    pub fn has_priming_events(self) -> bool {
        self >= Version::V2025_11_25 && !self.is_stateless()
    }

    /// The server may ask the user through the client.
    pub fn has_elicitation(self) -> bool {
        self >= Version::V2025_06_18
    }

    /// What a client of this version can be asked, whatever it says: its answer to a method that the version does not have would be an
    /// error.
    pub fn limits(self, client: ClientCaps) -> ClientCaps {
        let newer = ClientCaps::ELICITATION_URL
            .with(ClientCaps::SAMPLING_TOOLS)
            .with(ClientCaps::SAMPLING_CONTEXT);
        let mut client = client;
        if self < Version::V2025_11_25 {
            client = client.without(newer);
        } else if client.has(ClientCaps::ELICITATION_FORM) {
            client = client.with(ClientCaps::ELICITATION_LISTS);
        }
        if !self.has_elicitation() {
            client = client.without(ClientCaps::ELICITATION_FORM);
        }
        client
    }

    /// Progress notifications may have a `message`.
    pub fn has_progress_messages(self) -> bool {
        self >= Version::V2025_03_26
    }

    /// A body may be an array of messages.
    pub fn has_batches(self) -> bool {
        self == Version::V2025_03_26
    }

    /// Arguments that violate a tool's schema are a result that a model reads, not a protocol error.
    pub fn input_errors_are_results(self) -> bool {
        self >= Version::V2025_11_25
    }

    /// The code for a resource that does not exist.
    pub fn resource_not_found(self) -> i64 {
        if self.is_stateless() {
            crate::error::INVALID_PARAMS
        } else {
            crate::error::RESOURCE_NOT_FOUND
        }
    }

    /// Whether the specification keeps this code for itself and has not given it a meaning, so that no server may say it.
    pub fn reserves(self, code: i64) -> bool {
        use crate::error::{HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION};
        let defined = [HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION];
        self.is_stateless() && (-32099..=-32020).contains(&code) && !defined.contains(&code)
    }

    /// An error response whose request could not be read has no `id`, instead of `null`.
    pub fn omits_unknown_id(self) -> bool {
        self >= Version::V2025_11_25
    }

    /// `icons`; `description` and `websiteUrl` of an implementation.
    pub fn has_icons(self) -> bool {
        self >= Version::V2025_11_25
    }

    /// `title` beside `name`, `_meta` on items.
    pub fn has_titles(self) -> bool {
        self >= Version::V2025_06_18
    }

    /// `outputSchema` and `structuredContent`.
    pub fn has_structured_output(self) -> bool {
        self >= Version::V2025_06_18
    }

    /// `outputSchema` and `structuredContent` may be anything, not only objects.
    pub fn has_any_output(self) -> bool {
        self.is_stateless()
    }

    /// `resource_link` as content.
    pub fn has_resource_links(self) -> bool {
        self >= Version::V2025_06_18
    }

    /// `audio` as content.
    pub fn has_audio(self) -> bool {
        self >= Version::V2025_03_26
    }

    /// `annotations` of tools.
    pub fn has_tool_annotations(self) -> bool {
        self >= Version::V2025_03_26
    }

    /// Completions are announced. They exist from the first version on, which has no capability for them.
    pub fn has_completions_capability(self) -> bool {
        self >= Version::V2025_03_26
    }

    /// A completion is told the arguments that are already there.
    pub fn has_completion_context(self) -> bool {
        self >= Version::V2025_06_18
    }

    /// `lastModified` of annotations.
    pub fn has_last_modified(self) -> bool {
        self >= Version::V2025_06_18
    }

    /// `execution` of tools: tasks as they were before they became an extension.
    pub fn has_tool_execution(self) -> bool {
        self == Version::V2025_11_25
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn text_and_number_round_trip() {
        for version in Version::ALL {
            assert_eq!(Version::parse(version.as_str()), Some(version));
            assert_eq!(Version::from_index(version.index()), Some(version));
        }
        assert_eq!(Version::parse("2025-11-25 "), None);
        assert_eq!(Version::from_index(Version::COUNT), None);
    }

    /// Hosts know one version by its text, and read other headers of its requests than of all others.
    #[test]
    fn the_latest_alone_is_stateless() {
        let stateless = |version: &Version| version.is_stateless();
        assert!(
            Version::ALL
                .iter()
                .filter(|it| stateless(it))
                .eq([&Version::LATEST])
        );
    }

    #[test]
    fn initialize_never_negotiates_a_stateless_version() {
        assert_eq!(Version::negotiate("2024-11-05"), Version::V2024_11_05);
        assert_eq!(Version::negotiate("2025-03-26"), Version::V2025_03_26);
        for other in ["2026-07-28", "1900-01-01", "2030-01-01", ""] {
            assert_eq!(Version::negotiate(other), Version::V2025_11_25, "{other}");
        }
    }
}
