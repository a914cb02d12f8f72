//! A catalog of handlers that ask, and of resources to subscribe to: its sessions are kept.

use super::COUNTER;
use mcp_agent_protocol::{Catalog, Item, Place, ResourceItem};

const BOOK: Item = Item {
    name: "book",
    json: r#"{"name":"book","inputSchema":{"type":"object","properties":{"nights":{"type":"integer"}},"additionalProperties":false}}"#,
    interactive: true,
    ..Item::EMPTY
};

pub const TALK: Catalog = Catalog {
    server: r#"{"name":"talk","version":"1.0.0"}"#,
    instructions: None,
    tools: &[
        BOOK,
        Item {
            name: "charge",
            json: r#"{"name":"charge","inputSchema":{"type":"object"}}"#,
            place: Place::Write,
            interactive: true,
            ..Item::EMPTY
        },
        Item {
            name: "add",
            json: r#"{"name":"add","inputSchema":{"type":"object"}}"#,
            place: Place::Write,
            ..Item::EMPTY
        },
    ],
    resources: &[
        ResourceItem {
            uri: "hotel://bell",
            json: r#"{"uri":"hotel://bell","name":"bell"}"#,
            place: Place::Read,
            subscribe: true,
            ..ResourceItem::EMPTY
        },
        ResourceItem {
            uri: "rooms://{id}",
            template: true,
            json: r#"{"uriTemplate":"rooms://{id}","name":"room"}"#,
            subscribe: true,
            interactive: true,
            ..ResourceItem::EMPTY
        },
        ResourceItem {
            uri: "hotel://name",
            json: r#"{"uri":"hotel://name","name":"name"}"#,
            ..ResourceItem::EMPTY
        },
    ],
    prompts: &[Item {
        name: "plan",
        json: r#"{"name":"plan"}"#,
        interactive: true,
        ..Item::EMPTY
    }],
    completions: &[],
    handles: &[],
    ..COUNTER
};

/// A release that lists other things, and the same in other places.
pub const TALK_MORE: Catalog = Catalog {
    tools: &[
        Item {
            name: "more",
            json: r#"{"name":"more","inputSchema":{"type":"object"}}"#,
            interactive: true,
            ..Item::EMPTY
        },
        BOOK,
    ],
    ..TALK
};
