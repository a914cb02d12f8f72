//! Modes `resource` and `access`: tokens that somebody else makes.

use super::{check_word, list, setting};
use crate::check::Cx;
use crate::check::quantity::{MINUTE, SECOND, check_duration};
use crate::check::uri;
use crate::diag::{Address, Code};
use crate::model::{ALGORITHMS, Issuer};
use crate::read::raw::{RawAudience, RawAuth, RawSetting};

pub(super) fn check_issuer(cx: &mut Cx<'_>, at: &Address, raw: &RawAuth) -> Issuer {
    let issuer_at = at.key("issuer");
    match &raw.issuer {
        Some(issuer) => check_url(cx, &issuer_at, "issuer", issuer),
        None => {
            cx.report(
                Code::MissingKey,
                &issuer_at,
                "mode `resource` has no `issuer`, whose tokens are good here",
            )
            .help("issuer = \"https://id.example.com/\", as the `iss` of its tokens has it");
        }
    }
    if let Some(jwks) = &raw.jwks {
        check_url(cx, &at.key("jwks"), "jwks", jwks);
    }
    check_public_url(cx);
    Issuer {
        issuer: raw.issuer.clone().unwrap_or_default(),
        audience: check_audience(cx, &at.key("audience"), raw.audience.as_ref()),
        jwks: raw.jwks.clone(),
        algorithms: check_algorithms(cx, &at.key("algorithms"), raw.algorithms.as_deref()),
        skew_s: check_duration(
            cx,
            &at.key("skew"),
            raw.skew.as_deref(),
            30 * SECOND,
            0..=5 * MINUTE,
        ) / SECOND,
        scope_claim: check_scope_claim(cx, &at.key("scope_claim"), raw.scope_claim.as_deref()),
    }
}

/// Keys come from there, and people are sent there: what is asked over the open net must be who it says it is. On this machine is nobody
/// between.
pub(super) fn check_url(cx: &mut Cx<'_>, at: &Address, key: &str, url: &str) {
    let problem = problem(url);
    let Some(problem) = problem else { return };
    let bare = url
        .trim()
        .split_once("://")
        .map_or(url.trim(), |(_, rest)| rest);
    let bare = bare.split(['?', '#', ' ']).next().unwrap_or_default();
    let bare = bare.rsplit('@').next().unwrap_or_default();
    let help = if bare.is_empty() {
        format!("{key} = \"https://id.example.com/\"")
    } else {
        format!("{key} = \"https://{bare}\"")
    };
    cx.report(
        Code::BadAddress,
        at,
        format!("`{url}` cannot be an address of auth"),
    )
    .label(problem)
    .help(help);
}

fn problem(url: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some("it is a URL: `https://…`");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.split_once(']') {
        Some((v6, _)) => &authority[..=v6.len()],
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match scheme {
        "https" => {}
        "http" if is_loopback => {}
        "http" => {
            return Some("over `http` anybody on the way could answer; it is for loopback alone");
        }
        _ => return Some("it is a URL: `https://…`"),
    }
    if host.is_empty() || uri::characters(url).is_err() || rest.contains('\\') {
        Some("it is a URL: `https://…`")
    } else if authority.contains('@') {
        Some("it has no name and password of its own")
    } else if url.contains(['?', '#']) {
        Some("it has no query and no fragment")
    } else {
        None
    }
}

/// `PUBLIC_URL` is an origin: what is behind it is the Worker's own.
pub(super) fn check_public_url(cx: &mut Cx<'_>) {
    let vars = cx.raw.deploy.as_ref().and_then(|it| it.vars.as_ref());
    let Some(url) = vars.and_then(|vars| vars.get(setting::PUBLIC_URL)).cloned() else {
        return;
    };
    let at = Address::root().keys(["deploy", "vars", setting::PUBLIC_URL]);
    let origin = url.trim_end_matches('/');
    let has_path = origin
        .split_once("://")
        .is_some_and(|(_, rest)| rest.contains('/'));
    if problem(&url).is_some() {
        check_url(cx, &at, setting::PUBLIC_URL, &url);
    } else if has_path || origin != url {
        let end = origin
            .match_indices('/')
            .nth(2)
            .map_or(origin.len(), |(at, _)| at);
        cx.report(
            Code::BadAddress,
            &at,
            format!("`{url}` has a path, and the Worker's paths are its own"),
        )
        .help(format!("PUBLIC_URL = \"{}\"", &origin[..end]));
    }
}

/// Without `audience`, tokens are for this server's own address; an empty one would be for anybody.
fn check_audience(cx: &mut Cx<'_>, at: &Address, raw: Option<&RawAudience>) -> Vec<String> {
    let audience = match raw {
        None => return Vec::new(),
        Some(RawAudience::One(RawSetting::Text(text))) => vec![text.clone()],
        Some(RawAudience::Several(all)) => all.clone(),
        Some(RawAudience::One(RawSetting::Named(_))) => {
            cx.report(
                Code::WrongType,
                at,
                "whom tokens are for is no secret: every token says it",
            )
            .help("audience = \"https://mcp.example.com/mcp\"");
            return Vec::new();
        }
    };
    if audience.is_empty() || audience.iter().any(|it| it.trim().is_empty()) {
        cx.report(
            Code::BadAddress,
            at,
            "an empty `audience`: tokens for anybody else would do",
        )
        .help(
            "audience = \"https://mcp.example.com/mcp\"; left out, it is this server's own address",
        );
    }
    audience
}

/// Tokens are signed with a key that the Worker does not have: not at all would be nobody's, and with a shared key anybody who verifies
/// could also make them.
fn check_algorithms(cx: &mut Cx<'_>, at: &Address, raw: Option<&[String]>) -> Vec<String> {
    let all = || ALGORITHMS.map(str::to_owned).to_vec();
    let Some(raw) = raw else { return all() };
    for (index, name) in raw.iter().enumerate() {
        let at = at.index(index);
        if name.starts_with("HS") || name == "none" {
            cx.report(
                Code::UnknownWord,
                &at,
                format!("`{name}` proves nothing here"),
            )
            .label("whoever verifies a token must not be able to make it")
            .help(format!("some of {}", list(&ALGORITHMS)));
        } else {
            check_word(cx, &at, "algorithm", name, &ALGORITHMS);
        }
    }
    if raw.is_empty() {
        cx.report(
            Code::OutOfBounds,
            at,
            "no algorithm, so that no token would do",
        )
        .help(format!("some of {}", list(&ALGORITHMS)));
    }
    raw.to_vec()
}

fn check_scope_claim(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> String {
    match raw {
        None => "scope".to_owned(),
        Some(name) if !name.trim().is_empty() => name.to_owned(),
        Some(name) => {
            cx.report(Code::BadClaim, at, "no claim is named")
                .help("scope_claim = \"scp\"");
            name.to_owned()
        }
    }
}

/// A team is the first label of its host.
pub(super) fn check_team(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> String {
    let Some(team) = raw else {
        cx.report(Code::MissingKey, at, "mode `access` has no `team`")
            .help("team = \"acme\", as in `https://acme.cloudflareaccess.com`");
        return String::new();
    };
    let is_label = (1..=63).contains(&team.len())
        && team
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !team.starts_with('-')
        && !team.ends_with('-');
    if !is_label {
        let bare = team.split_once("://").map_or(team, |(_, rest)| rest);
        let bare = bare.split(['.', '/']).next().unwrap_or_default();
        let bare = bare.to_ascii_lowercase();
        cx.report(
            Code::BadAddress,
            at,
            format!("`{team}` is not the name of a team"),
        )
        .help(format!(
            "team = \"{}\", as in `https://acme.cloudflareaccess.com`",
            if bare.is_empty() { "acme" } else { &bare }
        ));
    }
    team.to_owned()
}
