//! A server whose tools have arguments that clients mirror in headers.

use super::COUNTER;
use mcp_agent_protocol::{Catalog, Item, ParamHeader};

pub const MIRRORED: Catalog = Catalog {
    tools: &[
        Item {
            name: "query",
            json: r#"{"name":"query","description":"Query.","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"limit":{"type":"integer","x-mcp-header":"Limit"},"dry":{"type":"boolean","x-mcp-header":"Dry"},"on":{"type":"object","properties":{"shard":{"type":"integer","x-mcp-header":"Shard"}}},"sql":{"type":"string"}},"additionalProperties":false}}"#,
            headers: &[
                ParamHeader {
                    header: "mcp-param-region",
                    path: &["region"],
                },
                ParamHeader {
                    header: "mcp-param-limit",
                    path: &["limit"],
                },
                ParamHeader {
                    header: "mcp-param-dry",
                    path: &["dry"],
                },
                ParamHeader {
                    header: "mcp-param-shard",
                    path: &["on", "shard"],
                },
            ],
            ..Item::EMPTY
        },
        // Another tool may use the same header for an argument of another name.
        Item {
            name: "ping_region",
            json: r#"{"name":"ping_region","description":"Ping.","inputSchema":{"type":"object","properties":{"of":{"type":"string","x-mcp-header":"Region"}}}}"#,
            headers: &[ParamHeader {
                header: "mcp-param-region",
                path: &["of"],
            }],
            ..Item::EMPTY
        },
        Item {
            name: "plain",
            json: r#"{"name":"plain","description":"Plain.","inputSchema":{"type":"object","properties":{"region":{"type":"string"}}}}"#,
            ..Item::EMPTY
        },
    ],
    ..COUNTER
};
