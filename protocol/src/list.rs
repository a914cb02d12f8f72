//! What lists and handshakes say, projected to a version and kept as bytes: listing a thousand tools is a copy.

use crate::capabilities::capabilities;
use crate::catalog::Catalog;
use crate::cursor;
use crate::project::{Shape, project};
use crate::version::Version;
use crate::wire::{members, quote};
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

/// The first of them are lists, and have pages.
const LISTS: usize = 4;
const KINDS: usize = 6;

/// One a page; one alone of what has no pages.
type Pages = OnceCell<Box<[OnceCell<String>]>>;

/// The results, each made when first asked for.
#[derive(Default)]
pub(crate) struct Lists {
    results: [[Pages; Version::COUNT]; KINDS],
    info: [OnceCell<String>; Version::COUNT],
    fingerprints: [OnceCell<u64>; LISTS],
}

impl Lists {
    /// The whole `result` of such a request in this version; of a list, its first page.
    pub fn result(&self, catalog: &Catalog, kind: Kind, version: Version) -> &str {
        self.page(catalog, kind, version, 0).unwrap_or("{}")
    }

    /// The `result` that a list's cursor leads to; `None` if it is not of this list.
    pub fn after(
        &self,
        catalog: &Catalog,
        kind: Kind,
        version: Version,
        cursor: &str,
    ) -> Option<&str> {
        let size = catalog.page;
        if size == 0 {
            return None;
        }
        let offset = cursor::read(kind, self.fingerprint(catalog, kind), cursor)?;
        // The first page has no cursor.
        if offset == 0 || !offset.is_multiple_of(size) {
            return None;
        }
        self.page(catalog, kind, version, offset / size)
    }

    fn page(&self, catalog: &Catalog, kind: Kind, version: Version, at: usize) -> Option<&str> {
        let pages = self.results[kind as usize][version.index()].get_or_init(|| {
            let count = match kind {
                Kind::Discover | Kind::Handshake => 1,
                _ if catalog.page == 0 => 1,
                // An empty list is a page too.
                _ => items(catalog, kind).count().div_ceil(catalog.page).max(1),
            };
            (0..count).map(|_| OnceCell::new()).collect()
        });
        let page = pages.get(at)?.get_or_init(|| match kind {
            Kind::Discover => self.discover(catalog, version),
            Kind::Handshake => handshake(catalog, version),
            _ => self.list(catalog, kind, version, at, pages.len()),
        });
        Some(page)
    }

    /// The same for callers who see some of the items only. `owner` is whose the cursors are.
    pub fn visible(
        &self,
        catalog: &Catalog,
        kind: Kind,
        version: Version,
        cursor: Option<&str>,
        visible: &[bool],
        owner: &str,
    ) -> Option<String> {
        let seen = || items(catalog, kind).zip(visible).filter(|(_, sees)| **sees);
        let count = seen().count();
        let size = match catalog.page {
            0 => usize::MAX,
            size => size,
        };
        let mut own = seen().map(|(json, _)| json);
        let mark = cursor::of_owner(cursor::fingerprint(catalog.page, &mut own), owner);
        let from = match cursor {
            None => 0,
            Some(cursor) => cursor::read(kind, mark, cursor)
                .filter(|at| *at != 0 && at.is_multiple_of(size) && *at < count)?,
        };
        let mut page = seen().map(|(json, _)| json).skip(from).take(size);
        let next = from.checked_add(size).filter(|at| *at < count);
        let next = next.map(|at| cursor::write(kind, mark, at));
        Some(self.written(catalog, kind, version, &mut page, next.as_deref()))
    }

    fn fingerprint(&self, catalog: &Catalog, kind: Kind) -> u64 {
        let fresh = || cursor::fingerprint(catalog.page, &mut items(catalog, kind));
        self.fingerprints
            .get(kind as usize)
            .map_or(0, |cell| *cell.get_or_init(fresh))
    }

    /// `,"_meta":{…}` with who we are, as every stateless result carries it; empty in other versions.
    pub fn meta(&self, catalog: &Catalog, version: Version) -> &str {
        self.info[version.index()].get_or_init(|| {
            if !version.is_stateless() {
                return String::new();
            }
            let server = project(catalog.server, Shape::Server, version);
            [",\"_meta\":{\"", SERVER_INFO, "\":", &server, "}"].concat()
        })
    }

    fn list(
        &self,
        catalog: &Catalog,
        kind: Kind,
        version: Version,
        at: usize,
        pages: usize,
    ) -> String {
        let size = if catalog.page == 0 {
            usize::MAX
        } else {
            catalog.page
        };
        let mut page = items(catalog, kind).skip(at * catalog.page).take(size);
        let next = (at + 1 < pages).then(|| {
            let offset = (at + 1) * catalog.page;
            cursor::write(kind, self.fingerprint(catalog, kind), offset)
        });
        self.written(catalog, kind, version, &mut page, next.as_deref())
    }

    /// A page of these items.
    fn written(
        &self,
        catalog: &Catalog,
        kind: Kind,
        version: Version,
        page: &mut dyn Iterator<Item = &'static str>,
        next: Option<&str>,
    ) -> String {
        let mut out = String::from("{");
        if version.is_stateless() {
            out.push_str("\"resultType\":\"complete\",");
        }
        let (name, shape) = match kind {
            Kind::Tools => ("tools", Shape::Tool),
            Kind::Prompts => ("prompts", Shape::Prompt),
            Kind::Templates => ("resourceTemplates", Shape::Template),
            _ => ("resources", Shape::Resource),
        };
        out.push('"');
        out.push_str(name);
        out.push_str("\":[");
        let mut first = true;
        for json in page {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            out.push_str(&project(json, shape, version));
        }
        out.push(']');
        if let Some(next) = next {
            out.push_str(",\"nextCursor\":");
            quote(&mut out, next);
        }
        self.finish(&mut out, catalog, version);
        out
    }

    fn discover(&self, catalog: &Catalog, version: Version) -> String {
        let mut out = String::from("{\"resultType\":\"complete\",\"supportedVersions\":");
        // Those with sessions too: a client that knows none of the others opens one.
        out.push_str(&versions(|_| true));
        out.push_str(",\"capabilities\":");
        out.push_str(&capabilities(catalog, version));
        instructions(&mut out, catalog);
        self.finish(&mut out, catalog, version);
        out
    }

    /// Caching hints and who we are, where the version has them, and the end.
    fn finish(&self, out: &mut String, catalog: &Catalog, version: Version) {
        if version.is_stateless() {
            out.push_str(",\"ttlMs\":");
            out.push_str(&catalog.cache_ms.to_string());
            // What is declared is the same for everybody, where everybody may come.
            out.push_str(match catalog.auth {
                None => ",\"cacheScope\":\"public\"",
                Some(_) => ",\"cacheScope\":\"private\"",
            });
        }
        out.push_str(self.meta(catalog, version));
        out.push('}');
    }
}

/// The member of a stateless result's `_meta` that says who answers.
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// What is listed, in the newest shape; nothing for what is no list.
fn items(catalog: &Catalog, kind: Kind) -> Box<dyn Iterator<Item = &'static str>> {
    let resources = |templates: bool| {
        let of_kind = move |item: &&crate::ResourceItem| item.template == templates;
        let listed = catalog.resources.iter().filter(of_kind);
        Box::new(listed.map(|item| item.json))
    };
    match kind {
        Kind::Tools => Box::new(catalog.tools.iter().map(|tool| tool.json)),
        Kind::Prompts => Box::new(catalog.prompts.iter().map(|prompt| prompt.json)),
        Kind::Resources => resources(false),
        Kind::Templates => resources(true),
        Kind::Discover | Kind::Handshake => Box::new(std::iter::empty()),
    }
}

/// `InitializeResult`.
fn handshake(catalog: &Catalog, version: Version) -> String {
    let mut out = String::from("{\"protocolVersion\":\"");
    out.push_str(version.as_str());
    out.push_str("\",\"capabilities\":");
    out.push_str(&capabilities(catalog, version));
    out.push_str(",\"serverInfo\":");
    out.push_str(&project(catalog.server, Shape::Server, version));
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

/// `inputSchema` of a listed tool.
pub(crate) fn input_schema(json: &'static str) -> Option<&'static str> {
    let raw: &'static RawValue = serde_json::from_str(json).ok()?;
    members(raw)?.get("inputSchema").map(RawValue::get)
}
