//! `meta`: what is listed beside an item, for clients that know its keys.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::META_PREFIX;
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// A key is a name, with a prefix or without: Model Context Protocol 2025-11-25, Basic, "_meta".
pub(super) fn check_meta(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&IndexMap<String, Value>>,
) -> Map<String, Value> {
    let entries = raw.into_iter().flatten();
    entries
        .map(|(key, value)| {
            if let Some((what, help)) = problem(key) {
                let message = format!("`{key}` is not a key of `meta`: {what}");
                cx.report(Code::BadMetaKey, &at.key(key), message)
                    .at_key()
                    .help(help);
            }
            (key.clone(), value.clone())
        })
        .collect()
}

/// What is wrong with a key, and what to do.
fn problem(key: &str) -> Option<(&'static str, String)> {
    let (prefix, name) = match key.rsplit_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let labels: Vec<&str> = prefix.iter().flat_map(|prefix| prefix.split('.')).collect();
    let example = || {
        format!(
            "\"com.example/{}\"",
            if is_name(name) { name } else { "group" }
        )
    };
    if labels.get(1).is_some_and(|label| RESERVED.contains(label)) {
        return Some((
            "its prefix belongs to the protocol",
            format!("a prefix of your own: `{}`", example()),
        ));
    }
    // What is listed under it is known, and is said by other keys of the declaration.
    if prefix == Some(META_PREFIX) {
        return Some((
            "its prefix belongs to mcp-agent",
            format!("a prefix of your own: `{}`", example()),
        ));
    }
    if !labels.iter().all(|label| is_label(label)) {
        return Some((
            "its prefix is not labels with dots between them",
            format!("a domain of yours, written backwards: `{}`", example()),
        ));
    }
    // The specification allows a prefix alone; without one there would be nothing left.
    let empty = name.is_empty() && prefix.is_some();
    (!empty && !is_name(name)).then(|| {
        (
            "its name does not begin and end with a letter or a digit, with `-`, `_` and `.` between",
            format!("`{}`", example()),
        )
    })
}

/// Second labels of prefixes that belong to the protocol.
const RESERVED: [&str; 2] = ["mcp", "modelcontextprotocol"];

fn is_label(label: &str) -> bool {
    label.starts_with(|c: char| c.is_ascii_alphabetic())
        && label.ends_with(|c: char| c.is_ascii_alphanumeric())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn keys_as_the_specification_has_them() {
        for key in [
            "group",
            "a",
            "com.example/group",
            "example.com/x",
            "com.example.mcp/x",
            "io.github.mcp-agents/x",
            "io.github.mcp-agent.more/x",
            "mcp/x",
            "a-b.c1/x_y.z-0",
            "com.example/",
            "0",
        ] {
            assert_eq!(problem(key), None, "{key}");
        }
        for key in [
            "",
            "/",
            "/x",
            "-a",
            "a_",
            "a b",
            "ä",
            "com..example/x",
            "1com/x",
            "com.example-/x",
            "com.example/-x",
            "com.exa_mple/x",
            "a/b/c",
            "io.modelcontextprotocol/x",
            "dev.mcp/",
            "org.modelcontextprotocol.api/x",
            "com.mcp.tools/x",
            "io.github.mcp-agent/deprecated",
            "io.github.mcp-agent/",
        ] {
            assert!(problem(key).is_some(), "{key}");
        }
    }
}
