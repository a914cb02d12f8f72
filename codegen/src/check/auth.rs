//! `[auth]`.

mod mode;
mod oauth;
mod resource;

use super::claim;
use super::member::list;
use super::{Cx, setting};
use crate::diag::{Address, Code};
use crate::model::{Auth, MODES, Role, RoleTest};
use crate::read::nearest;
use crate::read::raw::{RawAuth, RawRole};
use serde_json::Value;

/// The mode that is declared, where it is one.
pub(super) fn mode_of<'a>(cx: &Cx<'a>) -> Option<&'a str> {
    let mode = cx.raw.auth.as_ref()?.mode.as_deref()?;
    // An unknown one was meant to be one of the others.
    Some(if MODES.contains(&mode) { mode } else { "?" })
}

pub(super) fn check_auth(cx: &mut Cx<'_>) -> Option<Auth> {
    let at = Address::root().key("auth");
    let raw = cx.raw.auth.clone()?;
    let Some(word) = raw.mode.as_deref() else {
        cx.report(Code::MissingKey, &at.key("mode"), "`[auth]` says no `mode`")
            .help(match guess(&raw) {
                Some(mode) => format!("mode = \"{mode}\""),
                None => format!("one of {}", list(&MODES)),
            });
        return None;
    };
    if !check_word(cx, &at.key("mode"), "mode", word, &MODES) {
        return None;
    }
    mode::check_keys(cx, &at, &raw, word);
    let scopes: Vec<_> = raw.scopes.clone().unwrap_or_default().into_iter().collect();
    for (scope, words) in &scopes {
        check_scope(cx, &at.key("scopes").key(scope), scope, words);
    }
    let required = raw.required_scopes.clone().unwrap_or_default();
    if word != "none" {
        check_known_scopes(cx, &at.key("required_scopes"), &required);
    }
    let roles = raw.roles.iter().flatten();
    let roles = roles
        .map(|(name, raw)| check_role(cx, &at.key("roles").key(name), name, raw))
        .collect();
    let deny = one_of(
        cx,
        &at,
        "default",
        raw.default.as_deref(),
        ["allow", "deny"],
    );
    let show = one_of(cx, &at, "list", raw.list.as_deref(), ["filter", "show"]);
    let mode = mode::check_mode(cx, &at, &raw, word)?;
    Some(Auth {
        mode,
        required,
        filter: !show,
        deny,
        scopes,
        roles,
    })
}

/// The mode whose keys are there.
fn guess(raw: &RawAuth) -> Option<&'static str> {
    if raw.upstream.is_some() {
        Some("oauth")
    } else if raw.bearer.is_some() {
        Some("bearer")
    } else if raw.team.is_some() {
        Some("access")
    } else {
        raw.issuer.as_ref().map(|_| "resource")
    }
}

/// A word is one of a few.
pub(super) fn check_word(
    cx: &mut Cx<'_>,
    at: &Address,
    what: &str,
    word: &str,
    known: &[&str],
) -> bool {
    if known.contains(&word) {
        return true;
    }
    let help = match nearest(word, known) {
        Some(nearest) => format!("did you mean `{nearest}`? it is one of {}", list(known)),
        None => format!("one of {}", list(known)),
    };
    cx.report(Code::UnknownWord, at, format!("unknown {what} `{word}`"))
        .help(help);
    false
}

/// Whether it is the second of two words; the first is the default.
fn one_of(cx: &mut Cx<'_>, at: &Address, key: &str, raw: Option<&str>, words: [&str; 2]) -> bool {
    raw.is_some_and(|word| check_word(cx, &at.key(key), "word", word, &words) && word == words[1])
}

/// `scope-token` of RFC 6749 section 3.3: clients send scopes as words with spaces between.
pub(crate) fn is_scope(scope: &str) -> bool {
    !scope.is_empty()
        && scope
            .bytes()
            .all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// A scope has a name that a client can send, and words for the person who is asked whether a client may have it.
fn check_scope(cx: &mut Cx<'_>, at: &Address, scope: &str, words: &str) {
    if !is_scope(scope) {
        bad_scope(cx, at, scope).at_key();
    }
    if words.trim().is_empty() {
        cx.report(
            Code::BadScope,
            at,
            format!("the scope `{scope}` has no words for the person who is asked"),
        )
        .help(format!(
            "say what a client may do with it: `{} = \"Read your orders\"`",
            crate::diag::quoted(scope)
        ));
    }
}

fn bad_scope<'c>(cx: &'c mut Cx<'_>, at: &Address, scope: &str) -> &'c mut crate::diag::Diagnostic {
    let fixed: Vec<&str> = scope
        .split(|c: char| !is_scope(c.encode_utf8(&mut [0; 4])))
        .filter(|part| !part.is_empty())
        .collect();
    let help = match fixed.join("-") {
        fixed if fixed.is_empty() => "a word: `orders:read`".to_owned(),
        fixed => format!("a word: `{fixed}`"),
    };
    cx.report(
        Code::BadScope,
        at,
        format!("`{}` cannot be a scope", scope.escape_default()),
    )
    .label("visible ASCII without spaces, `\"` and `\\`")
    .help(help)
}

/// Scopes are declared once, with words for people, so that a slip of the pen is none that nobody can ever have.
pub(super) fn check_known_scopes(cx: &mut Cx<'_>, at: &Address, scopes: &[String]) {
    if cx.unread(&["auth", "scopes"]) {
        return;
    }
    let has_scopes = mode_of(cx) != Some("access");
    let declared = cx.raw.auth.as_ref().and_then(|auth| auth.scopes.as_ref());
    let known: Vec<&str> = declared
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    for (index, scope) in scopes.iter().enumerate() {
        let at = at.index(index);
        if known.contains(&scope.as_str()) {
            continue;
        }
        if !is_scope(scope) {
            bad_scope(cx, &at, scope);
            continue;
        }
        let declare = format!("[auth.scopes]\n\"{scope}\" = \"What it lets a client do\"");
        let help = match nearest(scope, &known) {
            _ if !has_scopes => "tokens of Cloudflare Access have no scopes: require a role".into(),
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if known.is_empty() => declare,
            None => format!("the scopes are {}; or declare it: {declare}", list(&known)),
        };
        cx.report(
            Code::UnknownAuthScope,
            &at,
            format!("there is no scope `{scope}`"),
        )
        .help(help);
    }
}

/// A role is a claim and what it must be: equal to something, or with something in it.
fn check_role(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawRole) -> Role {
    let claim = match raw.claim.as_deref() {
        Some(claim) => claim::check_path(cx, &at.key("claim"), claim),
        None => {
            cx.report(
                Code::MissingKey,
                &at.key("claim"),
                format!("the role `{name}` is of no `claim`"),
            )
            .help("claim = \"groups\"");
            Vec::new()
        }
    };
    let test = match (&raw.equals, &raw.contains) {
        (Some(equals), None) => RoleTest::Equals(check_equals(cx, &at.key("equals"), equals)),
        (None, Some(contains)) => RoleTest::Contains(contains.clone()),
        (None, None) => {
            cx.report(
                Code::BadRole,
                at,
                format!("the role `{name}` does not say what the claim must be"),
            )
            .help(format!(
                "contains = \"{name}\", of a list or of words; equals = \"{name}\", of one value"
            ));
            RoleTest::Equals(String::new())
        }
        (Some(_), Some(_)) => {
            cx.report(
                Code::BadRole,
                &at.key("contains"),
                format!("the role `{name}` has both `equals` and `contains`"),
            )
            .at_key()
            .related(at.key("equals"), "the other one")
            .help("keep one of them");
            RoleTest::Equals(String::new())
        }
    };
    Role {
        name: name.to_owned(),
        claim,
        test,
    }
}

/// What a claim is compared with is a text, a number, `true` or `false`.
fn check_equals(cx: &mut Cx<'_>, at: &Address, raw: &Value) -> String {
    match raw {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => raw.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            cx.report(
                Code::BadRole,
                at,
                "a claim is compared with one value alone",
            )
            .help("a text, a number, `true` or `false`; `contains` finds one in a list");
            String::new()
        }
    }
}
