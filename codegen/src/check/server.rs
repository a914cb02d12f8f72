//! `[server]`.

use super::icon::check_icons;
use super::quantity::{DAY, MINUTE, check_duration};
use super::{Cx, uri};
use crate::diag::{Address, Code};
use crate::model::Server;
use crate::name;
use crate::read::raw::RawServer;

/// How long clients may keep the lists when `cache` is not declared: they change with a deployment only.
const DEFAULT_CACHE: u64 = 5 * MINUTE;

/// The longest name of a Worker that still leaves room for a preview's prefix in a host name's label of 63.
const MAX_NAME: usize = 54;

/// The most items on a page.
const MAX_PAGE: u32 = 1_000;

/// Names whose struct or module would hide what a handler's file speaks of: the crates, and the prelude.
const RESERVED: [&str; 8] = [
    "alloc",
    "call",
    "core",
    "cx",
    "mcp-agent",
    "std",
    "tool-result",
    "worker",
];

pub(super) fn check_server(cx: &mut Cx<'_>) -> Server {
    let at = Address::root().key("server");
    let raw = match &cx.raw.server {
        Some(raw) => raw.clone(),
        None => {
            cx.report(Code::MissingKey, &at, "the declaration has no `[server]`")
                .help("[server]\nname = \"my-agent\"\nversion = \"0.1.0\"");
            // The table is what is missing, not each of its keys.
            cx.sink.hole(at.key("name"));
            cx.sink.hole(at.key("version"));
            RawServer::default()
        }
    };
    Server {
        name: check_name(cx, &at.key("name"), raw.name.as_deref()),
        title: raw.title,
        version: check_version(cx, &at.key("version"), raw.version),
        description: raw.description,
        instructions: raw.instructions,
        website: check_website(cx, &at.key("website"), raw.website),
        cache_ms: check_duration(
            cx,
            &at.key("cache"),
            raw.cache.as_deref(),
            DEFAULT_CACHE,
            0..=30 * DAY,
        ),
        page_size: check_page_size(cx, &at.key("page_size"), raw.page_size),
        icons: check_icons(cx, &at.key("icons"), raw.icons.as_ref()),
    }
}

/// The name is the Worker's too, and so a label of a host name; in Rust it becomes a struct and a module.
fn check_name(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> String {
    let Some(name) = raw else {
        cx.report(Code::MissingKey, at, "the server has no `name`")
            .help("name = \"my-agent\"");
        return String::new();
    };
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && name.len() <= MAX_NAME;
    let suggestion = name::snake(name)
        .replace('_', "-")
        .trim_start_matches(|c: char| !c.is_ascii_lowercase())
        .to_owned();
    if !legal {
        let diagnostic = cx.report(
            Code::BadServerName,
            at,
            format!("`{name}` cannot be the name of a Worker"),
        );
        diagnostic.label(format!(
            "lower-case letters, digits and dashes, a letter first, at most {MAX_NAME}"
        ));
        diagnostic.help(match suggestion.len() {
            1..=MAX_NAME => format!("name = \"{suggestion}\""),
            _ => "a name of your own: `name = \"my-agent\"`".to_owned(),
        });
    } else if RESERVED.contains(&name)
        || name::RESERVED_TYPES.contains(&name::camel(name).as_str())
        || name::identifier(name).is_none()
    {
        cx.report(
            Code::BadServerName,
            at,
            format!("`{name}` is a name that generated code needs itself"),
        )
        .help(format!("name = \"{name}-agent\""));
    }
    name.to_owned()
}

/// Clients show the version and tell two deployments apart by it. It is free text.
fn check_version(cx: &mut Cx<'_>, at: &Address, raw: Option<String>) -> String {
    match raw {
        Some(version) if !version.trim().is_empty() => version,
        _ => {
            cx.report(Code::MissingKey, at, "the server has no `version`")
                .help("version = \"0.1.0\"");
            String::new()
        }
    }
}

/// A page has at least one item, and no more than a client reads in one go.
fn check_page_size(cx: &mut Cx<'_>, at: &Address, raw: Option<i64>) -> Option<u32> {
    let size = raw?;
    let legal = u32::try_from(size)
        .ok()
        .filter(|size| (1..=MAX_PAGE).contains(size));
    if legal.is_none() {
        cx.report(Code::OutOfBounds, at, format!("`{size}` is out of bounds"))
            .help(format!(
                "from 1 to {MAX_PAGE}; leave it out for all on one page"
            ));
    }
    legal
}

/// `websiteUrl` is a URL that a person can open.
fn check_website(cx: &mut Cx<'_>, at: &Address, raw: Option<String>) -> Option<String> {
    let url = raw?;
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let legal = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && uri::characters(&url).is_ok();
    if !legal {
        let diagnostic = cx.report(
            Code::BadWebsite,
            at,
            format!("`{url}` is not a web address"),
        );
        diagnostic.help(if url.contains("://") {
            "website = \"https://example.com\"".into()
        } else {
            format!("website = \"https://{}\"", url.trim())
        });
    }
    Some(url)
}
