//! Claims: what is known of who asks, by names that lead to it.

use super::Cx;
use crate::diag::{Address, Code};

/// What a way to a claim of the caller's begins with.
const CLAIMS: &str = "claims.";

/// The way that `claims.realm_access.roles` says: `["realm_access", "roles"]`.
pub(super) fn bound(text: &str) -> Option<Vec<String>> {
    path(text.strip_prefix(CLAIMS)?)
}

/// Names with dots between. One with other characters than letters, digits, `_`, `-` and `:` stands in quotes, as a key of TOML.
pub(super) fn path(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(inside) => {
                let (name, after) = inside.split_once('"')?;
                (name, after)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                let is_plain = |c: char| c.is_alphanumeric() || "_-:".contains(c);
                (name.chars().all(is_plain).then_some(name)?, after)
            }
        };
        if name.is_empty() || name.chars().any(char::is_control) {
            return None;
        }
        names.push(name.to_owned());
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None if after.is_empty() => return Some(names),
            None => return None,
        }
    }
}

/// A claim is named by the members that lead to it, each with a name.
pub(super) fn check_path(cx: &mut Cx<'_>, at: &Address, text: &str) -> Vec<String> {
    let text = text.strip_prefix(CLAIMS).unwrap_or(text);
    path(text).unwrap_or_else(|| {
        report(cx, at, text, "");
        Vec::new()
    })
}

/// A param is a claim of the caller's: `claims.` and the way to it.
pub(super) fn check_bound(cx: &mut Cx<'_>, at: &Address, text: &str) {
    if bound(text).is_none() {
        report(cx, at, text.strip_prefix(CLAIMS).unwrap_or(text), CLAIMS);
    }
}

fn report(cx: &mut Cx<'_>, at: &Address, text: &str, prefix: &str) {
    let key = if prefix.is_empty() { "claim" } else { "from" };
    let help = if text.contains("://") && !text.contains('"') {
        format!(
            "a name with such characters stands in quotes of its own: {key} = '{prefix}\"{text}\"'"
        )
    } else if path(text).is_some() {
        format!("{key} = \"{prefix}{text}\"")
    } else {
        format!("{key} = \"{prefix}sub\", or the way to it: `\"{prefix}realm_access.roles\"`")
    };
    cx.report(
        Code::BadClaim,
        at,
        format!("`{text}` does not name a claim"),
    )
    .help(help);
}

#[cfg(test)]
mod tests {
    use super::{bound, path};

    #[test]
    fn ways_to_a_claim() {
        let of = |names: &[&str]| Some(names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(path("groups"), of(&["groups"]));
        assert_eq!(path("realm_access.roles"), of(&["realm_access", "roles"]));
        assert_eq!(path("cognito:groups"), of(&["cognito:groups"]));
        assert_eq!(
            path("\"https://acme.example/roles\".all"),
            of(&["https://acme.example/roles", "all"])
        );
        for wrong in [
            "", ".", "a.", ".a", "a..b", "a b", "\"a", "\"\"", "\"a\"b", "a/b",
        ] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
        assert_eq!(bound("claims.sub"), of(&["sub"]));
        for wrong in ["sub", "claims", "claims.", "claim.sub", "Claims.sub"] {
            assert_eq!(bound(wrong), None, "{wrong}");
        }
    }
}
