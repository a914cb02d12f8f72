//! What a client says that it can do, as bits that fit a token.

use crate::wire::{Object, members};
use serde_json::value::RawValue;

/// A client's capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientCaps(u16);

impl ClientCaps {
    /// `roots`.
    pub const ROOTS: ClientCaps = ClientCaps(1);
    /// `sampling`.
    pub const SAMPLING: ClientCaps = ClientCaps(1 << 1);
    /// `sampling.tools`.
    pub const SAMPLING_TOOLS: ClientCaps = ClientCaps(1 << 2);
    /// `sampling.context`.
    pub const SAMPLING_CONTEXT: ClientCaps = ClientCaps(1 << 3);
    /// `elicitation` in a form; an empty object says so too.
    pub const ELICITATION_FORM: ClientCaps = ClientCaps(1 << 4);
    /// `elicitation` by URL.
    pub const ELICITATION_URL: ClientCaps = ClientCaps(1 << 5);
    /// `roots.listChanged`.
    pub const ROOTS_CHANGES: ClientCaps = ClientCaps(1 << 6);

    /// `elicitation` in a form with lists of choices, which 2025-06-18 does not have.
    pub const ELICITATION_LISTS: ClientCaps = ClientCaps(1 << 7);
    /// The extension `io.modelcontextprotocol/tasks`.
    pub const TASKS: ClientCaps = ClientCaps(1 << 8);

    /// Whether all of these are there.
    pub const fn has(self, other: ClientCaps) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and those.
    pub const fn with(self, other: ClientCaps) -> ClientCaps {
        ClientCaps(self.0 | other.0)
    }

    /// These without those.
    pub(crate) const fn without(self, other: ClientCaps) -> ClientCaps {
        ClientCaps(self.0 & !other.0)
    }

    /// These as `ClientCapabilities`, a JSON object: what a client is told that it lacks.
    pub fn required(self) -> String {
        let mut parts = Vec::new();
        if self.has(ClientCaps::ROOTS) {
            parts.push("\"roots\":{}");
        }
        if self.has(ClientCaps::SAMPLING_TOOLS) {
            parts.push("\"sampling\":{\"tools\":{}}");
        } else if self.has(ClientCaps::SAMPLING) {
            parts.push("\"sampling\":{}");
        }
        if self.has(ClientCaps::ELICITATION_URL) {
            parts.push("\"elicitation\":{\"url\":{}}");
        } else if self.has(ClientCaps::ELICITATION_FORM) {
            parts.push("\"elicitation\":{\"form\":{}}");
        }
        if self.has(ClientCaps::TASKS) {
            parts.push("\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}");
        }
        ["{", &parts.join(","), "}"].concat()
    }

    /// As a number, for tokens and heads.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// From a number; bits without a meaning are kept, so that a newer isolate's token is not damaged.
    pub const fn from_bits(bits: u16) -> ClientCaps {
        ClientCaps(bits)
    }

    /// Reads `ClientCapabilities`; `None` if it is not an object. Capabilities that we never use are ignored.
    pub(crate) fn parse(raw: &RawValue) -> Option<ClientCaps> {
        let mut caps = ClientCaps::default();
        for (name, value) in &members(raw)?.0 {
            match &**name {
                "roots" => {
                    caps = caps.with(ClientCaps::ROOTS);
                    if value.get_member("listChanged") == Some("true") {
                        caps = caps.with(ClientCaps::ROOTS_CHANGES);
                    }
                }
                "sampling" => {
                    caps = caps.with(ClientCaps::SAMPLING);
                    if value.get_member("tools").is_some() {
                        caps = caps.with(ClientCaps::SAMPLING_TOOLS);
                    }
                    if value.get_member("context").is_some() {
                        caps = caps.with(ClientCaps::SAMPLING_CONTEXT);
                    }
                }
                "elicitation" => {
                    let url = value.get_member("url").is_some();
                    if url {
                        caps = caps.with(ClientCaps::ELICITATION_URL);
                    }
                    if !url || value.get_member("form").is_some() {
                        caps = caps.with(ClientCaps::ELICITATION_FORM);
                    }
                }
                "extensions" if value.get_member("io.modelcontextprotocol/tasks").is_some() => {
                    caps = caps.with(ClientCaps::TASKS);
                }
                _ => {}
            }
        }
        Some(caps)
    }
}

/// Looks one member up in a value that may not be an object.
trait GetMember {
    fn get_member(&self, name: &str) -> Option<&str>;
}

impl GetMember for RawValue {
    fn get_member(&self, name: &str) -> Option<&str> {
        let Object(members) = members(self)?;
        members
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.get())
    }
}
