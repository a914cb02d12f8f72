//! What a tool was called before, and when it goes away.

use super::Cx;
use super::tool::check_name;
use crate::diag::{Address, Code};
use crate::model::{Deprecated, Model};
use crate::read::nearest;
use crate::read::raw::RawDeprecated;
use std::collections::HashMap;

/// An alias was a tool's name, so that it is one by the same rule.
pub(super) fn check_aliases(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&Vec<String>>,
) -> Vec<String> {
    let aliases = raw.cloned().unwrap_or_default();
    for (index, alias) in aliases.iter().enumerate() {
        let help = |fixed: String| format!("aliases = [\"{fixed}\"]");
        check_name(cx, &at.index(index), "an alias of a tool", alias, help);
    }
    aliases
}

/// A deprecation says since when, so that a reader of the list knows how old the news is; that a tool goes away is said with a later
/// version.
pub(super) fn check_deprecated(
    cx: &mut Cx<'_>,
    at: &Address,
    name: &str,
    raw: Option<&RawDeprecated>,
) -> Option<Deprecated> {
    let raw = raw?;
    if raw.since.is_none() {
        cx.report(
            Code::MissingKey,
            &at.key("since"),
            format!("it is not said since when `{name}` is deprecated"),
        )
        .help("since = \"1.2.0\"");
    }
    let since = check_version(cx, &at.key("since"), raw.since.as_deref());
    let sunset_at = at.key("sunset");
    let sunset = check_version(cx, &sunset_at, raw.sunset.as_deref());
    if let (Some(since), Some(sunset)) = (since, sunset)
        && sunset <= since
    {
        let [major, ..] = since;
        cx.report(
            Code::EarlySunset,
            &sunset_at,
            format!("`{name}` goes away before anybody was told that it does"),
        )
        .related(at.key("since"), "deprecated since")
        .help(format!("sunset = \"{}.0.0\"", major.saturating_add(1)));
    }
    Some(Deprecated {
        since: raw.since.clone().unwrap_or_default(),
        sunset: raw.sunset.clone(),
        replacement: raw.replacement.clone(),
    })
}

/// The versions of a deprecation are compared with each other and, by whoever reads them, with that of the agent: they are three numbers,
/// as `MAJOR.MINOR.PATCH` of Semantic Versioning has them. What `[server]` says of its own version is free text.
fn check_version(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Option<[u64; 3]> {
    let raw = raw?;
    let version = parse(raw);
    if version.is_none() {
        cx.report(
            Code::BadVersion,
            at,
            format!("`{raw}` is not a version that can be compared"),
        )
        .label("three numbers with dots between, as in `1.2.0`")
        .help(format!("\"{}\"", repaired(raw)));
    }
    version
}

pub(super) fn parse(text: &str) -> Option<[u64; 3]> {
    let number = |part: &str| {
        let plain = part.bytes().all(|b| b.is_ascii_digit());
        let short = part == "0" || !part.starts_with('0');
        part.parse().ok().filter(|_| plain && short)
    };
    let mut parts = text.split('.').map(number);
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

/// The version that was probably meant: `1.2.0` of `v1.2`.
pub(super) fn repaired(text: &str) -> String {
    let numbers = text.trim().trim_start_matches(['v', 'V', '=']);
    let numbers = numbers.split(['-', '+', ' ']).next().unwrap_or_default();
    let mut parts: Vec<u64> = Vec::new();
    for part in numbers.split('.') {
        match part.parse() {
            Ok(part) if parts.len() < 3 => parts.push(part),
            _ => return "1.2.0".to_owned(),
        }
    }
    parts.resize(3, 0);
    let [major, minor, patch] = parts[..] else {
        return "1.2.0".to_owned();
    };
    format!("{major}.{minor}.{patch}")
}

/// A call goes to one tool: an alias is no tool's name, and nobody else's alias. That of a tool which comes with a handle counts too.
pub(super) fn check_aliases_are_free(model: &Model, cx: &mut Cx<'_>) {
    let tools = Address::root().key("tools");
    let mut taken: HashMap<&str, (Address, &str)> = HashMap::new();
    for tool in &model.tools {
        let at = match (&tool.handle, tool.has_handler()) {
            (Some(handle), false) => Address::root().keys(["handles", handle]),
            _ => tools.key(&tool.name),
        };
        taken.entry(&tool.name).or_insert((at, &tool.name));
    }
    for tool in &model.tools {
        for (index, alias) in tool.aliases.iter().enumerate() {
            let at = tools.key(&tool.name).key("aliases").index(index);
            let Some((other_at, other)) = taken.get(alias.as_str()) else {
                taken.insert(alias, (at, &tool.name));
                continue;
            };
            let (message, label) = match (*other == alias, *other == tool.name) {
                (true, true) => (
                    format!("`{alias}` is what the tool is called, not what it was called"),
                    "its name",
                ),
                (true, false) => (format!("`{alias}` is the name of a tool"), "the tool"),
                (false, true) => (
                    format!("`{alias}` is an alias of this tool already"),
                    "the other one",
                ),
                (false, false) => (
                    format!("`{alias}` is an alias of `{other}` already"),
                    "the other one",
                ),
            };
            let other_at = other_at.clone();
            cx.report(Code::TakenAlias, &at, message)
                .related(other_at, label)
                .help("leave it out, or rename one of them");
        }
    }
}

/// Whoever is told to call something else, finds that in the list: it is the name of another tool, as it is today.
pub(super) fn check_replacements(model: &Model, cx: &mut Cx<'_>) {
    let names: Vec<&str> = model.tools.iter().map(|it| it.name.as_str()).collect();
    for tool in &model.tools {
        let deprecated = tool.deprecated.as_ref();
        let Some(replacement) = deprecated.and_then(|it| it.replacement.as_deref()) else {
            continue;
        };
        let at = Address::root().keys(["tools", &tool.name, "deprecated", "use"]);
        if replacement == tool.name {
            cx.report(
                Code::BadReplacement,
                &at,
                format!("`{replacement}` cannot be called instead of itself"),
            )
            .help("name another tool, or leave `use` out");
        } else if !names.contains(&replacement) && !cx.unread(&["tools"]) {
            let is_alias = |it: &String| it == replacement;
            let renamed = model
                .tools
                .iter()
                .find(|it| it.aliases.iter().any(is_alias));
            let help = match (renamed, nearest(replacement, &names)) {
                (Some(renamed), _) if renamed.name != tool.name => format!(
                    "it is an alias, which nobody sees in a list: use = \"{}\"",
                    renamed.name
                ),
                (None, Some(nearest)) if nearest != tool.name => {
                    format!("did you mean `{nearest}`?")
                }
                _ => "name another tool, or leave `use` out".to_owned(),
            };
            cx.report(
                Code::BadReplacement,
                &at,
                format!("there is no tool `{replacement}`"),
            )
            .help(help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, repaired};

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(parse("1.2.0"), Some([1, 2, 0]));
        assert_eq!(parse("0.0.10"), Some([0, 0, 10]));
        assert!(parse("1.10.0") > parse("1.9.9"));
        for text in [
            "",
            "1",
            "1.2",
            "1.2.",
            "1.2.0.0",
            "v1.2.0",
            "1.2.0-rc.1",
            "01.2.0",
            "+1.2.0",
            "1. 2.0",
            "1.2.x",
            "99999999999999999999.0.0",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_probably_meant() {
        for (text, expected) in [
            ("v1.3", "1.3.0"),
            ("2", "2.0.0"),
            ("1.2.0-rc.1", "1.2.0"),
            ("01.2.0", "1.2.0"),
            ("2026-01-01", "2026.0.0"),
            ("next", "1.2.0"),
            ("1.2.3.4", "1.2.0"),
        ] {
            assert_eq!(repaired(text), expected, "{text}");
            assert!(parse(&repaired(text)).is_some());
        }
    }
}
