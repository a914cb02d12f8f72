//! A server whose tools had other names once.

use super::mirrored::MIRRORED;
use super::talk::TALK;
use super::{COUNTER, EMPTY};
use mcp_agent_protocol::{Access, Alias, Catalog, Item, TaskSupport};

pub const RENAMED: Catalog = Catalog {
    tools: &[
        COUNTER.tools[0],
        MIRRORED.tools[0],
        Item {
            name: "reserve",
            json: r#"{"name":"reserve","inputSchema":{"type":"object"},"_meta":{"io.github.mcp-agent/aliases":["book"]}}"#,
            ..TALK.tools[0]
        },
        Item {
            name: "export",
            json: r#"{"name":"export","inputSchema":{"type":"object"}}"#,
            task: TaskSupport::Required,
            ..Item::EMPTY
        },
        Item {
            name: "close",
            json: r#"{"name":"close","inputSchema":{"type":"object"}}"#,
            access: Access::Nobody,
            ..Item::EMPTY
        },
    ],
    // In no order, and one tool with two of them.
    aliases: &[
        Alias {
            name: "sum",
            tool: "add",
        },
        Alias {
            name: "ask",
            tool: "query",
        },
        Alias {
            name: "plus",
            tool: "add",
        },
        Alias {
            name: "book",
            tool: "reserve",
        },
        Alias {
            name: "dump",
            tool: "export",
        },
        Alias {
            name: "shut",
            tool: "close",
        },
    ],
    scope: COUNTER.scope,
    ..EMPTY
};
