//! The servers that are fuzzed: one whose sessions are light, one that keeps them.

use mcp_agent_protocol::{
    Catalog, Completion, CompletionSource, Entropy, Item, Keys, Place, Policy, ResourceItem, Scope,
    TargetKind,
};

/// The bit of a mode that says which of [`CATALOGS`] is talked to.
pub const KEPT: u8 = 1;
/// The bit of a mode that says HTTP+SSE.
pub const SSE: u8 = 1 << 3;

/// The bit of a mode that says 2026-07-28. The two bits between are the version otherwise, so that the digits and what follows them in
/// ASCII are all modes with sessions.
pub const STATELESS: u8 = 1 << 6;

/// A time, in milliseconds since the Unix epoch.
pub const NOW: u64 = 1_800_000_000_000;

/// The key that nobody has.
pub fn keys() -> Keys {
    Keys::new([7; 32], Vec::new())
}

/// Small enough for bodies to be too large.
pub fn policy() -> Policy {
    Policy {
        max_body: 4_096,
        ..Policy::DEFAULT
    }
}

/// Counts up, so that every run is alike.
#[derive(Default)]
pub struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self.0.wrapping_mul(5).wrapping_add(17);
            *byte = self.0;
        }
    }
}

const TOOL: Item = Item {
    json: r##"{"name":"x","inputSchema":{"type":"object","properties":{"a":{"type":"integer"},"b":{"$ref":"#/properties/a"}},"additionalProperties":{"type":"array","items":{"type":"string","pattern":"^(a+)+$"}}}}"##,
    ..Item::EMPTY
};

const LIGHT: Catalog = Catalog {
    server: r#"{"name":"fuzzed","version":"1.0.0"}"#,
    page: 2,
    scope: Some(Scope::Server),
    tools: &[
        Item {
            name: "front",
            ..TOOL
        },
        Item {
            name: "read",
            place: Place::Read,
            ..TOOL
        },
        Item {
            name: "write",
            place: Place::Write,
            ..TOOL
        },
        Item {
            name: "last",
            ..TOOL
        },
        Item {
            name: "__proto__",
            ..TOOL
        },
    ],
    resources: &[
        ResourceItem {
            uri: "x://plain",
            json: r#"{"uri":"x://plain","name":"plain"}"#,
            ..ResourceItem::EMPTY
        },
        ResourceItem {
            uri: "x://{a}/{b}.txt",
            template: true,
            json: r#"{"uriTemplate":"x://{a}/{b}.txt","name":"file"}"#,
            schema: Some(r#"{"properties":{"a":{"type":"integer"}}}"#),
            ..ResourceItem::EMPTY
        },
    ],
    prompts: &[Item {
        name: "prompt",
        json: r#"{"name":"prompt","arguments":[{"name":"tone"},{"name":"guest"},{"name":"note"}]}"#,
        ..Item::EMPTY
    }],
    completions: &[
        Completion {
            kind: TargetKind::Prompt,
            index: 0,
            argument: "tone",
            source: CompletionSource::Values(&["short", "Ähnlich", "full"]),
        },
        Completion {
            kind: TargetKind::Prompt,
            index: 0,
            argument: "guest",
            source: CompletionSource::Handler {
                index: 0,
                place: Place::Read,
            },
        },
    ],
    ..Catalog::EMPTY
};

/// What is served.
pub const CATALOGS: [Catalog; 2] = [
    LIGHT,
    Catalog {
        tools: &[
            Item {
                name: "ask",
                interactive: true,
                ..TOOL
            },
            Item {
                name: "front",
                ..TOOL
            },
        ],
        resources: &[ResourceItem {
            uri: "x://plain",
            json: r#"{"uri":"x://plain","name":"plain"}"#,
            subscribe: true,
            ..ResourceItem::EMPTY
        }],
        ..LIGHT
    },
];
