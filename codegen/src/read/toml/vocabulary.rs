//! The keys of `mcp.toml`, table by table.

mod auth;
mod review;

use super::keys::Keys;
use crate::diag::Address;
use crate::read::raw::*;
use indexmap::IndexMap;
use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

/// Keys of later releases. They get a word of their own instead of a guess. In this release there is none.
pub(super) const LATER_ROOT: &[&str] = &[];

type Node<'t> = &'t Spanned<DeValue<'t>>;

pub(super) fn declaration(mut keys: Keys<'_, '_>) -> Raw {
    let raw = Raw {
        schema_version: keys.integer("schema_version"),
        server: keys.table("server", &[], server),
        transport: keys.table("transport", &[], transport),
        types: keys.map("types", |keys, at, node| {
            keys.as_table(at, node, &[], named)
        }),
        state: keys.table("state", &[], state),
        handles: keys.map("handles", |keys, at, node| {
            keys.as_table(at, node, &[], handle)
        }),
        tools: keys.map("tools", |keys, at, node| keys.as_table(at, node, &[], tool)),
        resources: keys.map("resources", |keys, at, node| {
            keys.as_table(at, node, &[], resource)
        }),
        prompts: keys.map("prompts", |keys, at, node| {
            keys.as_table(at, node, &[], prompt)
        }),
        schedules: keys.map("schedules", |keys, at, node| {
            keys.as_table(at, node, &[], schedule)
        }),
        websocket: keys.table("websocket", &[], websocket),
        request: keys.table("request", &[], request),
        auth: keys.table("auth", &[], auth::auth),
        deploy: keys.table("deploy", &[], deploy),
        review: keys.table("review", &[], review::review),
    };
    keys.end();
    raw
}

fn server(mut keys: Keys<'_, '_>) -> RawServer {
    let raw = RawServer {
        name: keys.string("name"),
        title: keys.string("title"),
        version: keys.string("version"),
        description: keys.string("description"),
        instructions: keys.string("instructions"),
        website: keys.string("website"),
        cache: keys.string("cache"),
        page_size: keys.integer("page_size"),
        icons: keys.tables("icons", icon),
    };
    keys.end();
    raw
}

fn transport(mut keys: Keys<'_, '_>) -> RawTransport {
    let raw = RawTransport {
        http: keys.string("http"),
        sse: keys.any("sse", |keys, at, node| match node.get_ref() {
            DeValue::String(path) => Some(RawSse::Path(path.to_string())),
            DeValue::Boolean(on) => Some(RawSse::On(*on)),
            _ => keys.wrong(at, "a path or `false`", node),
        }),
        hosts: keys.strings("hosts"),
        origins: keys.strings("origins"),
        keepalive: keys.string("keepalive"),
        session_ttl: keys.string("session_ttl"),
        stream_ttl: keys.string("stream_ttl"),
        task_ttl: keys.string("task_ttl"),
        retry: keys.string("retry"),
        max_body: keys.string("max_body"),
        cors: keys.table("cors", &[], cors),
    };
    keys.end();
    raw
}

fn cors(mut keys: Keys<'_, '_>) -> RawCors {
    let raw = RawCors {
        allow_headers: keys.strings("allow_headers"),
        expose_headers: keys.strings("expose_headers"),
        max_age: keys.string("max_age"),
    };
    keys.end();
    raw
}

fn icon(mut keys: Keys<'_, '_>) -> RawIcon {
    let raw = RawIcon {
        src: keys.string("src"),
        mime: keys.string("mime"),
        sizes: keys.strings("sizes"),
        theme: keys.string("theme"),
    };
    keys.end();
    raw
}

/// Any values under any names.
fn meta(keys: &mut Keys<'_, '_>) -> Option<IndexMap<String, Value>> {
    keys.map("meta", |keys, at, node| keys.as_value(at, node))
}

fn named(mut keys: Keys<'_, '_>) -> RawNamed {
    let raw = RawNamed {
        description: keys.string("description"),
        fields: members(&mut keys, "fields"),
    };
    keys.end();
    raw
}

fn state(mut keys: Keys<'_, '_>) -> RawState {
    let raw = RawState {
        scope: keys.string("scope"),
        claim: keys.string("claim"),
        admin: auth::required(&mut keys, "admin"),
        sync: keys.string("sync"),
        version: keys.integer("version"),
        max_bytes: keys.string("max_bytes"),
        migrations: keys.strings("migrations"),
        on_update: keys.boolean("on_update"),
        fields: members(&mut keys, "fields"),
    };
    keys.end();
    raw
}

fn handle(mut keys: Keys<'_, '_>) -> RawHandle {
    let raw = RawHandle {
        ttl: keys.string("ttl"),
        description: keys.string("description"),
        requires: auth::requires(&mut keys),
        fields: members(&mut keys, "fields"),
    };
    keys.end();
    raw
}

fn tool(mut keys: Keys<'_, '_>) -> RawTool {
    let raw = RawTool {
        title: keys.string("title"),
        description: keys.string("description"),
        params: members(&mut keys, "params"),
        input_schema: keys.string("input_schema"),
        output: keys.any("output", |keys, at, node| match node.get_ref() {
            DeValue::String(name) => Some(RawOutput::Named(name.to_string())),
            DeValue::Table(table) => Some(RawOutput::Fields(keys.entries(&at, table, &mut field))),
            _ => keys.wrong(at, "a type's name or a table of fields", node),
        }),
        state: keys.string("state"),
        interactive: keys.boolean("interactive"),
        confirm: keys.string("confirm"),
        task: keys.string("task"),
        handle: keys.string("handle"),
        requires: auth::requires(&mut keys),
        aliases: keys.strings("aliases"),
        deprecated: keys.table("deprecated", &[], deprecated),
        annotations: keys.table("annotations", &[], annotations),
        icons: keys.tables("icons", icon),
        meta: meta(&mut keys),
    };
    keys.end();
    raw
}

fn deprecated(mut keys: Keys<'_, '_>) -> RawDeprecated {
    let raw = RawDeprecated {
        since: keys.string("since"),
        sunset: keys.string("sunset"),
        replacement: keys.string("use"),
    };
    keys.end();
    raw
}

fn annotations(mut keys: Keys<'_, '_>) -> RawAnnotations {
    let raw = RawAnnotations {
        read_only: keys.boolean("read_only"),
        destructive: keys.boolean("destructive"),
        idempotent: keys.boolean("idempotent"),
        open_world: keys.boolean("open_world"),
    };
    keys.end();
    raw
}

fn resource_annotations(mut keys: Keys<'_, '_>) -> RawResourceAnnotations {
    let raw = RawResourceAnnotations {
        audience: keys.strings("audience"),
        priority: keys.number("priority"),
        last_modified: keys.string("last_modified"),
    };
    keys.end();
    raw
}

fn resource(mut keys: Keys<'_, '_>) -> RawResource {
    let raw = RawResource {
        name: keys.string("name"),
        title: keys.string("title"),
        description: keys.string("description"),
        mime: keys.string("mime"),
        params: members(&mut keys, "params"),
        text: keys.string("text"),
        file: keys.string("file"),
        field: keys.string("field"),
        query: keys.string("query"),
        output: keys.string("output"),
        state: keys.string("state"),
        interactive: keys.boolean("interactive"),
        requires: auth::requires(&mut keys),
        subscribe: keys.boolean("subscribe"),
        size: keys.integer("size"),
        annotations: keys.table("annotations", &[], resource_annotations),
        icons: keys.tables("icons", icon),
        meta: meta(&mut keys),
    };
    keys.end();
    raw
}

fn prompt(mut keys: Keys<'_, '_>) -> RawPrompt {
    let raw = RawPrompt {
        title: keys.string("title"),
        description: keys.string("description"),
        params: members(&mut keys, "params"),
        template: keys.string("template"),
        file: keys.string("file"),
        output: keys.string("output"),
        state: keys.string("state"),
        interactive: keys.boolean("interactive"),
        requires: auth::requires(&mut keys),
        icons: keys.tables("icons", icon),
        meta: meta(&mut keys),
    };
    keys.end();
    raw
}

fn schedule(mut keys: Keys<'_, '_>) -> RawSchedule {
    let raw = RawSchedule {
        description: keys.string("description"),
        cron: keys.string("cron"),
        attempts: keys.integer("attempts"),
        state: keys.string("state"),
    };
    keys.end();
    raw
}

fn websocket(mut keys: Keys<'_, '_>) -> RawWebSocket {
    let raw = RawWebSocket {
        path: keys.string("path"),
        state: keys.string("state"),
    };
    keys.end();
    raw
}

fn request(mut keys: Keys<'_, '_>) -> RawRequest {
    let raw = RawRequest {
        path: keys.string("path"),
        state: keys.string("state"),
    };
    keys.end();
    raw
}

fn deploy(mut keys: Keys<'_, '_>) -> RawDeploy {
    let raw = RawDeploy {
        compatibility_date: keys.string("compatibility_date"),
        routes: keys.strings("routes"),
        vars: keys.map("vars", |keys, at, node| keys.as_string(at, node)),
        panic: keys.string("panic"),
    };
    keys.end();
    raw
}

fn members<'t>(keys: &mut Keys<'t, '_>, key: &'static str) -> Option<IndexMap<String, RawField>> {
    keys.map(key, field)
}

/// A member: a bare string is its type's short form.
fn field<'t>(keys: &mut Keys<'t, '_>, at: Address, node: Node<'t>) -> Option<RawField> {
    match node.get_ref() {
        DeValue::String(name) => Some(RawField(RawMember {
            ty: Some(name.to_string()),
            ..RawMember::default()
        })),
        DeValue::Table(_) => keys.as_table(at, node, &[], member).map(RawField),
        _ => keys.wrong(at, "a type's name or a table", node),
    }
}

fn member(mut keys: Keys<'_, '_>) -> RawMember {
    let raw = RawMember {
        ty: keys.string("type"),
        description: keys.string("description"),
        optional: keys.boolean("optional"),
        default: keys.value("default"),
        variants: keys.strings("enum"),
        minimum: keys.number("minimum"),
        maximum: keys.number("maximum"),
        min_length: keys.integer("min_length"),
        max_length: keys.integer("max_length"),
        pattern: keys.string("pattern"),
        format: keys.string("format"),
        items: keys.any("items", field).map(Box::new),
        min_items: keys.integer("min_items"),
        max_items: keys.integer("max_items"),
        fields: members(&mut keys, "fields"),
        complete: keys.boolean("complete"),
        header: keys.string("header"),
        from: keys.string("from"),
        writable: keys.boolean("writable"),
    };
    keys.end();
    raw
}
