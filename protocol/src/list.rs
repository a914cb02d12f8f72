//! What lists and handshakes say, projected to a version and kept as bytes: listing a thousand tools is a copy.

use crate::catalog::Catalog;
use crate::version::Version;
use crate::wire::{Object, members, quote};
use serde_json::value::RawValue;
use std::cell::OnceCell;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tools,
    Resources,
    Templates,
    Prompts,
    Discover,
    Handshake,
}

const KINDS: usize = 6;

/// The results, each made when first asked for.
#[derive(Default)]
pub(crate) struct Lists {
    results: [[OnceCell<String>; Version::COUNT]; KINDS],
    info: [OnceCell<String>; Version::COUNT],
}

impl Lists {
    /// The whole `result` of such a request in this version.
    pub fn result(&self, catalog: &Catalog, kind: Kind, version: Version) -> &str {
        self.results[kind as usize][version.index()].get_or_init(|| match kind {
            Kind::Discover => self.discover(catalog, version),
            Kind::Handshake => handshake(catalog, version),
            _ => self.list(catalog, kind, version),
        })
    }

    /// `,"_meta":{…}` with who we are, as every stateless result carries it; empty in other versions.
    pub fn meta(&self, catalog: &Catalog, version: Version) -> &str {
        self.info[version.index()].get_or_init(|| {
            if !version.is_stateless() {
                return String::new();
            }
            let server = project(catalog.server, Item::Server, version);
            [
                ",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":",
                &server,
                "}",
            ]
            .concat()
        })
    }

    fn list(&self, catalog: &Catalog, kind: Kind, version: Version) -> String {
        let mut out = String::from("{");
        if version.is_stateless() {
            out.push_str("\"resultType\":\"complete\",");
        }
        match kind {
            Kind::Tools => {
                let items = catalog.tools.iter().map(|tool| tool.json);
                items_as(&mut out, "tools", items, Item::Tool, version);
            }
            Kind::Prompts => {
                let items = catalog.prompts.iter().map(|prompt| prompt.json);
                items_as(&mut out, "prompts", items, Item::Prompt, version);
            }
            _ => {
                let templates = kind == Kind::Templates;
                let items = catalog
                    .resources
                    .iter()
                    .filter(|item| item.template == templates)
                    .map(|item| item.json);
                let name = if templates {
                    "resourceTemplates"
                } else {
                    "resources"
                };
                items_as(&mut out, name, items, Item::Resource, version);
            }
        }
        self.finish(&mut out, catalog, version);
        out
    }

    fn discover(&self, catalog: &Catalog, version: Version) -> String {
        let mut out = String::from("{\"resultType\":\"complete\",\"supportedVersions\":");
        out.push_str(&stateless_versions());
        out.push_str(",\"capabilities\":");
        out.push_str(&capabilities(catalog));
        instructions(&mut out, catalog);
        self.finish(&mut out, catalog, version);
        out
    }

    /// Caching hints and who we are, where the version has them, and the end.
    fn finish(&self, out: &mut String, catalog: &Catalog, version: Version) {
        if version.is_stateless() {
            out.push_str(",\"ttlMs\":");
            out.push_str(&catalog.cache_ms.to_string());
            // What is declared is the same for everybody.
            out.push_str(",\"cacheScope\":\"public\"");
        }
        out.push_str(self.meta(catalog, version));
        out.push('}');
    }
}

/// `InitializeResult`.
fn handshake(catalog: &Catalog, version: Version) -> String {
    let mut out = String::from("{\"protocolVersion\":\"");
    out.push_str(version.as_str());
    out.push_str("\",\"capabilities\":");
    out.push_str(&capabilities(catalog));
    out.push_str(",\"serverInfo\":");
    out.push_str(&project(catalog.server, Item::Server, version));
    instructions(&mut out, catalog);
    out.push('}');
    out
}

fn instructions(out: &mut String, catalog: &Catalog) {
    if let Some(instructions) = catalog.instructions {
        out.push_str(",\"instructions\":");
        quote(out, instructions);
    }
}

/// `ServerCapabilities`: exactly what is served. Lists are fixed at build time, so nothing announces changes.
fn capabilities(catalog: &Catalog) -> String {
    let mut out = String::from("{");
    for (name, there) in [
        ("tools", !catalog.tools.is_empty()),
        ("resources", !catalog.resources.is_empty()),
        ("prompts", !catalog.prompts.is_empty()),
    ] {
        if there {
            if out.len() > 1 {
                out.push(',');
            }
            out.push('"');
            out.push_str(name);
            out.push_str("\":{}");
        }
    }
    out.push('}');
    out
}

/// The versions that a request may name in its `_meta`.
fn stateless_versions() -> String {
    versions(|version| version.is_stateless())
}

/// Versions as a JSON array, newest first.
pub(crate) fn versions(keep: impl Fn(Version) -> bool) -> String {
    let mut out = String::from("[");
    for version in Version::ALL {
        if keep(version) {
            if out.len() > 1 {
                out.push(',');
            }
            out.push('"');
            out.push_str(version.as_str());
            out.push('"');
        }
    }
    out.push(']');
    out
}

fn items_as(
    out: &mut String,
    name: &str,
    items: impl Iterator<Item = &'static str>,
    item: Item,
    version: Version,
) {
    out.push('"');
    out.push_str(name);
    out.push_str("\":[");
    for (at, json) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&project(json, item, version));
    }
    out.push(']');
}

/// What is projected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Server,
    Tool,
    Resource,
    Prompt,
    Argument,
}

impl Item {
    /// Whether this version knows this member.
    fn keeps(self, member: &str, version: Version) -> bool {
        match (self, member) {
            (_, "title" | "_meta") => version.has_titles(),
            (_, "icons") | (Item::Server, "description" | "websiteUrl") => version.has_icons(),
            (Item::Tool, "outputSchema") => version.has_structured_output(),
            (Item::Tool, "annotations") => version.has_tool_annotations(),
            (Item::Tool, "execution") => version.has_tool_execution(),
            _ => true,
        }
    }
}

/// An object without the members that this version does not know. All else stays byte for byte.
fn project(json: &str, item: Item, version: Version) -> String {
    let Ok(Object(all)) = serde_json::from_str::<Object<'_>>(json) else {
        return json.to_owned();
    };
    let mut out = String::with_capacity(json.len());
    out.push('{');
    for (name, value) in &all {
        if !item.keeps(name, version) {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        quote(&mut out, name);
        out.push(':');
        match (item, &**name) {
            (Item::Prompt, "arguments") => out.push_str(&arguments(value, version)),
            _ => out.push_str(value.get()),
        }
    }
    out.push('}');
    out
}

/// `arguments` of a prompt, each projected.
fn arguments(list: &RawValue, version: Version) -> String {
    let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else {
        return list.get().to_owned();
    };
    let projected: Vec<String> = all
        .iter()
        .map(|one| project(one.get(), Item::Argument, version))
        .collect();
    ["[", &projected.join(","), "]"].concat()
}

/// `inputSchema` of a listed tool.
pub(crate) fn input_schema(json: &'static str) -> Option<&'static str> {
    let raw: &'static RawValue = serde_json::from_str(json).ok()?;
    members(raw)?.get("inputSchema").map(RawValue::get)
}
