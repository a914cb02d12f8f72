//! The modes, and the keys of each.

use super::{check_known_scopes, list, oauth, resource, setting};
use crate::check::Cx;
use crate::diag::{Address, Code};
use crate::model::{AuthMode, Bearer, Setting};
use crate::read::raw::{RawAudience, RawAuth, RawBearer};
use serde_json::Map;

/// A key of another mode says something that nobody reads, and what nobody reads must not look as if it protected something.
pub(super) fn check_keys(cx: &mut Cx<'_>, at: &Address, raw: &RawAuth, mode: &str) {
    let any: &[&str] = &["bearer", "oauth", "resource", "access"];
    let scoped: &[&str] = &["bearer", "oauth", "resource"];
    let keys: [(&str, bool, &[&str]); 17] = [
        ("required_scopes", raw.required_scopes.is_some(), scoped),
        ("scopes", raw.scopes.is_some(), scoped),
        ("default", raw.default.is_some(), any),
        ("list", raw.list.is_some(), any),
        ("roles", raw.roles.is_some(), any),
        ("issuer", raw.issuer.is_some(), &["resource"]),
        ("audience", raw.audience.is_some(), &["resource", "access"]),
        ("jwks", raw.jwks.is_some(), &["resource"]),
        ("algorithms", raw.algorithms.is_some(), &["resource"]),
        ("skew", raw.skew.is_some(), &["resource"]),
        ("scope_claim", raw.scope_claim.is_some(), &["resource"]),
        ("team", raw.team.is_some(), &["access"]),
        ("consent", raw.consent.is_some(), &["oauth"]),
        ("bearer", raw.bearer.is_some(), &["bearer"]),
        ("upstream", raw.upstream.is_some(), &["oauth"]),
        ("tokens", raw.tokens.is_some(), &["oauth"]),
        ("registration", raw.registration.is_some(), &["oauth"]),
    ];
    for (key, present, modes) in keys {
        if !present || modes.contains(&mode) {
            continue;
        }
        let help = match (mode, modes) {
            ("access", _) if modes == scoped => {
                "tokens of Cloudflare Access have no scopes: give rights by `[auth.roles]`"
                    .to_owned()
            }
            (_, [only]) => format!("leave it out, or set `mode = \"{only}\"`"),
            _ => format!("leave it out; it is of the modes {}", list(modes)),
        };
        cx.report(
            Code::OtherMode,
            &at.key(key),
            format!("`{key}` says nothing with `mode = \"{mode}\"`"),
        )
        .at_key()
        .related(at.key("mode"), "the mode")
        .help(help);
    }
    // Whatever the mode is, a secret is none in a file.
    if mode != "bearer" {
        tokens(cx, &at.key("bearer"), raw, false);
    }
    if mode != "oauth" {
        oauth::check_secrets(cx, &at.key("upstream"), raw.upstream.as_ref());
    }
}

/// What a mode needs.
pub(super) fn check_mode(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: &RawAuth,
    mode: &str,
) -> Option<AuthMode> {
    match mode {
        "bearer" => Some(AuthMode::Bearer(check_bearer(cx, at, raw))),
        "oauth" => Some(AuthMode::OAuth(Box::new(oauth::check_oauth(cx, at, raw)))),
        "resource" => Some(AuthMode::Resource(resource::check_issuer(cx, at, raw))),
        "access" => Some(AuthMode::Access {
            team: resource::check_team(cx, &at.key("team"), raw.team.as_deref()),
            audience: check_tag(cx, &at.key("audience"), raw.audience.as_ref()),
        }),
        _ => None,
    }
}

/// Without a token nobody could come in.
fn check_bearer(cx: &mut Cx<'_>, at: &Address, raw: &RawAuth) -> Vec<Bearer> {
    let at = at.key("bearer");
    if raw.bearer.as_ref().is_none_or(|tokens| tokens.is_empty()) {
        cx.report(
            Code::MissingKey,
            &at,
            "there is no token, so that nobody could come in",
        )
        .help("[auth.bearer.ci]\ntoken = { secret = \"CI_TOKEN\" }");
    }
    tokens(cx, &at, raw, true)
}

fn tokens(cx: &mut Cx<'_>, at: &Address, raw: &RawAuth, is_meant: bool) -> Vec<Bearer> {
    let mut out: Vec<Bearer> = Vec::new();
    for (name, raw) in raw.bearer.iter().flatten() {
        let token = check_token(cx, &at.key(name), name, raw, is_meant, &out);
        out.push(token);
    }
    out
}

fn check_token(
    cx: &mut Cx<'_>,
    at: &Address,
    name: &str,
    raw: &RawBearer,
    is_meant: bool,
    others: &[Bearer],
) -> Bearer {
    let token_at = at.key("token");
    let proposed = format!("{}_TOKEN", crate::name::snake(name).to_ascii_uppercase());
    let token = setting::check_secret(cx, &token_at, raw.token.as_ref(), &proposed);
    if is_meant {
        if raw.token.is_none() {
            cx.report(
                Code::MissingKey,
                &token_at,
                format!("`{name}` has no `token`"),
            )
            .help(format!("token = {{ secret = \"{proposed}\" }}"));
        }
        let same = others
            .iter()
            .find(|it| token.is_some() && token.as_ref() == Some(&it.token));
        if let Some(other) = same {
            cx.report(
                Code::BadSecretName,
                &token_at.key("secret"),
                format!(
                    "`{}` has this secret too, and a token is of one",
                    other.name
                ),
            )
            .help(format!("token = {{ secret = \"{proposed}\" }}"));
        }
        check_known_scopes(cx, &at.key("scopes"), raw.scopes.as_deref().unwrap_or(&[]));
    }
    if raw.subject.as_ref().is_some_and(|it| it.trim().is_empty()) {
        cx.report(
            Code::MissingKey,
            &at.key("subject"),
            format!("`{name}` is nobody's token"),
        )
        .help(format!("subject = \"{name}\""));
    }
    Bearer {
        name: name.to_owned(),
        token: token.unwrap_or(Setting::Text(String::new())),
        subject: raw.subject.clone().unwrap_or_else(|| name.to_owned()),
        scopes: raw.scopes.clone().unwrap_or_default(),
        claims: raw
            .claims
            .clone()
            .unwrap_or_default()
            .into_iter()
            .collect::<Map<_, _>>(),
    }
}

/// Everybody's application has a token of the same team: without the tag, those of others would do.
fn check_tag(cx: &mut Cx<'_>, at: &Address, raw: Option<&RawAudience>) -> Setting {
    let setting = match raw {
        Some(RawAudience::One(setting)) => {
            setting::check_setting(cx, at, Some(setting), "ACCESS_AUD")
        }
        Some(RawAudience::Several(_)) => {
            cx.report(Code::WrongType, at, "an application has one tag")
                .help("audience = { secret = \"ACCESS_AUD\" }");
            None
        }
        None => {
            cx.report(
                Code::MissingKey,
                at,
                "mode `access` has no `audience`: tokens of every application of the team would do",
            )
            .help("audience = { secret = \"ACCESS_AUD\" }: the application's tag, as its overview in Zero Trust has it");
            None
        }
    };
    setting.unwrap_or(Setting::Text(String::new()))
}
