//! Mode `oauth`: where people sign in, and the tokens that are handed out.

use super::{check_word, list, one_of, resource, setting};
use crate::check::Cx;
use crate::check::file::{MAX_TEMPLATE, check_text_file};
use crate::check::quantity::{DAY, HOUR, MINUTE, SECOND, check_duration};
use crate::check::{claim, uri};
use crate::diag::{Address, Code};
use crate::model::{OAuth, PROVIDERS, Page, Store, Upstream};
use crate::read::nearest;
use crate::read::raw::{RawAuth, RawUpstream};

/// What a provider needs to be told.
struct Needs {
    /// Its name.
    provider: &'static str,
    /// How its issuer looks; `None` where its name says it.
    issuer: Option<&'static str>,
    /// Whether there is an app of ours.
    app: bool,
    /// Whether the app always has a secret.
    secret: bool,
}

const NEEDS: [Needs; PROVIDERS.len()] = [
    needs("github", None, true, true),
    needs("google", None, true, true),
    needs("auth0", Some("https://acme.eu.auth0.com/"), true, true),
    needs("workos", Some("https://acme.authkit.app"), true, true),
    needs(
        "stytch",
        Some("https://acme.customers.stytch.dev"),
        true,
        false,
    ),
    needs("oidc", Some("https://id.example.com/"), true, false),
    needs(
        "access",
        Some("https://acme.cloudflareaccess.com/cdn-cgi/access/sso/oidc/<client id>"),
        true,
        true,
    ),
    needs("password", None, false, false),
];

const fn needs(
    provider: &'static str,
    issuer: Option<&'static str>,
    app: bool,
    secret: bool,
) -> Needs {
    Needs {
        provider,
        issuer,
        app,
        secret,
    }
}

pub(super) fn check_oauth(cx: &mut Cx<'_>, at: &Address, raw: &RawAuth) -> OAuth {
    resource::check_public_url(cx);
    let tokens = raw.tokens.clone().unwrap_or_default();
    let tokens_at = at.key("tokens");
    let registration = raw.registration.clone().unwrap_or_default();
    let (cimd, dcr) = (
        registration.cimd.unwrap_or(true),
        registration.dcr.unwrap_or(true),
    );
    if !cimd && !dcr {
        cx.report(
            Code::OutOfBounds,
            &at.key("registration"),
            "no client could make itself known",
        )
        .help("leave one of `cimd` and `dcr` on");
    }
    let access_ms = check_duration(
        cx,
        &tokens_at.key("access_ttl"),
        tokens.access_ttl.as_deref(),
        HOUR,
        MINUTE..=DAY,
    );
    let refresh_ms = check_duration(
        cx,
        &tokens_at.key("refresh_ttl"),
        tokens.refresh_ttl.as_deref(),
        30 * DAY,
        HOUR..=365 * DAY,
    );
    if refresh_ms < access_ms {
        let at = match tokens.refresh_ttl {
            Some(_) => tokens_at.key("refresh_ttl"),
            None => tokens_at.key("access_ttl"),
        };
        cx.report(
            Code::OutOfBounds,
            &at,
            "what renews a token ends before the token does",
        )
        .help("refresh_ttl = \"30d\"");
    }
    let kv = one_of(
        cx,
        &tokens_at,
        "store",
        tokens.store.as_deref(),
        ["object", "kv"],
    );
    OAuth {
        upstream: check_upstream(cx, &at.key("upstream"), raw.upstream.as_ref()),
        store: if kv { Store::Kv } else { Store::Object },
        access_s: access_ms / SECOND,
        refresh_s: refresh_ms / SECOND,
        cimd,
        dcr,
        consent: raw
            .consent
            .as_ref()
            .and_then(|path| check_page(cx, &at.key("consent"), path)),
    }
}

/// What a page can be filled with, and whether it must be: who sees neither the scopes nor where they are sent, cannot consent.
const HOLES: [(&str, bool); 6] = [
    ("title", false),
    ("client", false),
    ("server", false),
    ("redirect_host", false),
    ("notes", true),
    ("form", true),
];

/// A page of the user's own has holes for what differs from one time to the next.
fn check_page(cx: &mut Cx<'_>, at: &Address, path: &str) -> Option<Page> {
    let text = check_text_file(cx, at, path, MAX_TEMPLATE)?;
    let known = HOLES.map(|(name, _)| name);
    let mut found = Vec::new();
    for hole in holes(&text) {
        if !known.contains(&hole) && !found.contains(&hole) {
            let help = match nearest(hole, &known) {
                Some(nearest) => format!("did you mean `{{{{ {nearest} }}}}`?"),
                None => format!("the holes are {}", list(&known)),
            };
            cx.report(
                Code::HoleWithoutSource,
                at,
                format!("nothing fills `{{{{ {hole} }}}}` of `{path}`"),
            )
            .help(help);
        }
        found.push(hole);
    }
    for (name, _) in HOLES
        .iter()
        .filter(|(name, must)| *must && !found.contains(name))
    {
        let what = match *name {
            "form" => "what is asked for, and the buttons",
            _ => "who asks, and where it sends people",
        };
        cx.report(
            Code::BadHole,
            at,
            format!("`{path}` has no hole `{{{{ {name} }}}}`: {what}"),
        )
        .help(format!("write `{{{{ {name} }}}}` where that is to stand"));
    }
    Some(Page {
        path: path.to_owned(),
        text,
    })
}

/// The names between double braces, as the page itself finds them.
fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| {
        let name = rest.split_once("}}")?.0.trim();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        (!name.is_empty() && name.chars().all(is_word)).then_some(name)
    })
}

/// What is secret of an upstream, where nothing else of it counts.
pub(super) fn check_secrets(cx: &mut Cx<'_>, at: &Address, raw: Option<&RawUpstream>) {
    let Some(raw) = raw else { return };
    let prefix = prefix(raw.provider.as_deref());
    setting::check_secret(
        cx,
        &at.key("client_secret"),
        raw.client_secret.as_ref(),
        &format!("{prefix}_CLIENT_SECRET"),
    );
    setting::check_secret(
        cx,
        &at.key("password"),
        raw.password.as_ref(),
        "MCP_PASSWORD",
    );
}

/// What names of secrets begin with.
fn prefix(provider: Option<&str>) -> String {
    let known = provider.filter(|it| PROVIDERS.contains(it) && *it != "password");
    known.unwrap_or("oidc").to_ascii_uppercase()
}

fn check_upstream(cx: &mut Cx<'_>, at: &Address, raw: Option<&RawUpstream>) -> Upstream {
    let empty = Upstream {
        provider: String::new(),
        issuer: None,
        client_id: None,
        client_secret: None,
        scopes: Vec::new(),
        claims: Vec::new(),
        password: None,
        production: false,
    };
    let Some(raw) = raw else {
        cx.report(
            Code::MissingKey,
            at,
            "mode `oauth` has no `[auth.upstream]`, where people sign in",
        )
        .help("[auth.upstream]\nprovider = \"github\"\nclient_id = { secret = \"GITHUB_CLIENT_ID\" }\nclient_secret = { secret = \"GITHUB_CLIENT_SECRET\" }");
        return empty;
    };
    let prefix = prefix(raw.provider.as_deref());
    let id_name = format!("{prefix}_CLIENT_ID");
    let upstream = Upstream {
        provider: raw.provider.clone().unwrap_or_default(),
        issuer: raw.issuer.clone(),
        client_id: setting::check_setting(
            cx,
            &at.key("client_id"),
            raw.client_id.as_ref(),
            &id_name,
        ),
        client_secret: setting::check_secret(
            cx,
            &at.key("client_secret"),
            raw.client_secret.as_ref(),
            &format!("{prefix}_CLIENT_SECRET"),
        ),
        scopes: raw.scopes.clone().unwrap_or_default(),
        claims: raw.claims.clone().unwrap_or_default().into_iter().collect(),
        password: setting::check_secret(
            cx,
            &at.key("password"),
            raw.password.as_ref(),
            "MCP_PASSWORD",
        ),
        production: raw.production.unwrap_or(false),
    };
    check_words(cx, at, &upstream);
    let Some(word) = raw.provider.as_deref() else {
        cx.report(
            Code::MissingKey,
            &at.key("provider"),
            "the upstream has no `provider`",
        )
        .help(format!("one of {}", list(&PROVIDERS)));
        return empty;
    };
    if !check_word(cx, &at.key("provider"), "provider", word, &PROVIDERS) {
        return empty;
    }
    if let Some(needs) = NEEDS.iter().find(|it| it.provider == word) {
        check_needs(cx, at, raw, needs, &prefix);
    }
    upstream
}

/// A provider is told what it needs, and nothing that it has no use for.
fn check_needs(cx: &mut Cx<'_>, at: &Address, raw: &RawUpstream, needs: &Needs, prefix: &str) {
    let provider = needs.provider;
    let is_password = provider == "password";
    // A GitHub Enterprise Server speaks as GitHub does, and is elsewhere.
    let has_issuer = needs.issuer.is_some() || provider == "github";
    let keys = [
        ("issuer", raw.issuer.is_some(), has_issuer),
        ("client_id", raw.client_id.is_some(), needs.app),
        ("client_secret", raw.client_secret.is_some(), needs.app),
        ("scopes", raw.scopes.is_some(), needs.app),
        ("claims", raw.claims.is_some(), needs.app),
        ("password", raw.password.is_some(), is_password),
        ("production", raw.production.is_some(), is_password),
    ];
    for (key, present, known) in keys {
        if present && !known {
            let help = match key {
                "issuer" => format!(
                    "leave it out: who `{provider}` is, is known; another issuer is `provider = \"oidc\"`"
                ),
                _ => "leave it out".to_owned(),
            };
            cx.report(
                Code::OtherMode,
                &at.key(key),
                format!("`{key}` says nothing with `provider = \"{provider}\"`"),
            )
            .at_key()
            .related(at.key("provider"), "the provider")
            .help(help);
        }
    }
    let mut missing = |key: &str, help: String| {
        cx.report(
            Code::MissingKey,
            &at.key(key),
            format!("the provider `{provider}` needs `{key}`"),
        )
        .help(help);
    };
    if let (Some(example), None) = (needs.issuer, &raw.issuer) {
        missing("issuer", format!("issuer = \"{example}\""));
    }
    if needs.app && raw.client_id.is_none() {
        missing(
            "client_id",
            format!("client_id = {{ secret = \"{prefix}_CLIENT_ID\" }}"),
        );
    }
    if needs.secret && raw.client_secret.is_none() {
        missing(
            "client_secret",
            format!("client_secret = {{ secret = \"{prefix}_CLIENT_SECRET\" }}"),
        );
    }
    if is_password && raw.password.is_none() {
        missing(
            "password",
            "password = { secret = \"MCP_PASSWORD\" }".to_owned(),
        );
    }
    if let (true, Some(issuer)) = (has_issuer, &raw.issuer) {
        resource::check_url(cx, &at.key("issuer"), "issuer", issuer);
    }
}

/// Scopes go to the provider in one parameter, and claims come by their names.
fn check_words(cx: &mut Cx<'_>, at: &Address, upstream: &Upstream) {
    for (index, scope) in upstream.scopes.iter().enumerate() {
        // Those of Google are URLs.
        if !super::is_scope(scope) || uri::characters(scope).is_err() {
            super::bad_scope(cx, &at.key("scopes").index(index), scope);
        }
    }
    let claims_at = at.key("claims");
    for (ours, theirs) in &upstream.claims {
        let at = claims_at.key(ours);
        if claim::path(ours).is_none_or(|path| path.len() != 1) {
            cx.report(
                Code::BadClaim,
                &at,
                format!("`{ours}` cannot be a claim of ours"),
            )
            .at_key()
            .label("one name, in letters, digits, `_`, `-` and `:`")
            .help("claims = { name = \"login\" }: our name, and the provider's");
        }
        if theirs.trim().is_empty() {
            cx.report(Code::BadClaim, &at, "no claim of the provider is named")
                .help("claims = { name = \"login\" }: our name, and the provider's");
        }
    }
}
