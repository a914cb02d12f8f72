//! A catalog of everything that an item can say, and of more items than a page holds.

use super::COUNTER;
use mcp_agent_protocol::{
    Catalog, Completion, CompletionSource, Item, Place, ResourceItem, TargetKind,
};

/// Sessions are light: nothing but their token.
pub const RICH: Catalog = Catalog {
    server: r#"{"name":"rich","title":"Rich","version":"1.0.0","icons":[{"src":"https://example.com/i.png","mimeType":"image/png","sizes":["48x48"],"theme":"light"}]}"#,
    instructions: None,
    cache_ms: 1_000,
    page: 2,
    scope: COUNTER.scope,
    aliases: &[],
    tools: &[
        Item {
            name: "draw",
            json: r#"{"name":"draw","title":"Draw","inputSchema":{"type":"object"},"annotations":{"title":"Draw","readOnlyHint":true},"icons":[{"src":"data:image/png;base64,AA==","theme":"dark"}],"_meta":{"example.com/ui":{"a":1}}}"#,
            ..Item::EMPTY
        },
        Item {
            name: "count",
            json: r#"{"name":"count","inputSchema":{"type":"object"},"outputSchema":{"type":"integer"}}"#,
            ..Item::EMPTY
        },
        Item {
            name: "last",
            json: r#"{"name":"last","inputSchema":{"type":"object"},"outputSchema":{"type":"object"}}"#,
            ..Item::EMPTY
        },
    ],
    resources: &[
        ResourceItem {
            uri: "files://readme",
            json: r#"{"uri":"files://readme","name":"readme","title":"Read me","annotations":{"audience":["user"],"priority":0.5,"lastModified":"2025-01-12T15:00:58Z"},"size":123,"icons":[{"src":"https://example.com/i.png"}],"_meta":{"example.com/x":true}}"#,
            ..ResourceItem::EMPTY
        },
        ResourceItem {
            uri: "files://{folder}/{name}",
            template: true,
            json: r#"{"uriTemplate":"files://{folder}/{name}","name":"file","annotations":{"lastModified":"2025-01-12T15:00:58Z"}}"#,
            ..ResourceItem::EMPTY
        },
    ],
    prompts: &[Item {
        name: "review",
        json: r#"{"name":"review","title":"Review","arguments":[{"name":"language","title":"Language","required":true},{"name":"framework"},{"name":"note"}],"icons":[{"src":"https://example.com/i.png"}],"_meta":{"example.com/x":null}}"#,
        ..Item::EMPTY
    }],
    handles: &[],
    auth: None,
    completions: &[
        Completion {
            kind: TargetKind::Prompt,
            index: 0,
            argument: "language",
            source: CompletionSource::Values(&["Python", "Perl", "perl6", "PHP", "Ça"]),
        },
        Completion {
            kind: TargetKind::Prompt,
            index: 0,
            argument: "framework",
            source: CompletionSource::Handler {
                index: 0,
                place: Place::Read,
            },
        },
        Completion {
            kind: TargetKind::Resource,
            index: 1,
            argument: "folder",
            source: CompletionSource::Handler {
                index: 1,
                place: Place::Front,
            },
        },
    ],
};

/// The same with state that is a session's.
pub const RICH_SESSIONS: Catalog = Catalog {
    scope: Some(mcp_agent_protocol::Scope::Session),
    ..RICH
};

/// Sessions are kept: a tool is interactive, and a resource can be subscribed to.
pub const KEPT: Catalog = Catalog {
    tools: &[Item {
        name: "ask",
        json: r#"{"name":"ask","inputSchema":{"type":"object"}}"#,
        interactive: true,
        ..Item::EMPTY
    }],
    resources: &[ResourceItem {
        uri: "counter://value",
        json: r#"{"uri":"counter://value","name":"value"}"#,
        place: Place::Read,
        subscribe: true,
        ..ResourceItem::EMPTY
    }],
    ..RICH
};
