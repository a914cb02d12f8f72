//! `scope` and `claim` of `[state]`: whose it is.

use super::{Cx, claim, permission};
use crate::diag::{Address, Code, quoted};
use crate::model::{AuthMode, Model, Permission, Scope};
use crate::read::raw::RawState;

/// One object a key of the scope: one for everybody, one a session, one a caller, or one a value of a claim that callers have.
pub(super) fn check_scope(cx: &mut Cx<'_>, at: &Address, raw: &RawState) -> Scope {
    let word = raw.scope.as_deref();
    let scope = match word {
        None | Some("server") => Scope::Server,
        Some("session") => Scope::Session,
        Some("user") => Scope::User,
        Some("tenant") => Scope::Tenant {
            claim: check_claim(cx, &at.key("claim"), raw.claim.as_deref()),
        },
        Some(other) => {
            cx.report(
                Code::UnknownWord,
                &at.key("scope"),
                format!("unknown scope `{other}`"),
            )
            .help("`server`, one for everybody; `session`, one a session; `user`, one a caller; `tenant`, one a value of a claim");
            // What it was meant to be is not known, nor whether that has a claim.
            return Scope::Server;
        }
    };
    match (&scope, word) {
        (Scope::Tenant { .. }, _) => {}
        _ if cx.unread(&["state", "scope"]) => {}
        _ => check_no_claim(cx, at, raw),
    }
    // Whose state it is must be known before it is used.
    if let (Scope::User | Scope::Tenant { .. }, Some(word)) = (&scope, word) {
        permission::check_asked(cx, &at.key("scope"), &format!("scope = \"{word}\""));
    }
    scope
}

/// Who may see and delete what is others'. Not just anybody who comes in.
pub(super) fn check_admin(cx: &mut Cx<'_>, at: &Address, raw: &RawState) -> Option<Permission> {
    let admin = raw.admin.as_ref()?;
    let permission = permission::check_requires(cx, at, Some(admin));
    let is_someones = matches!(raw.scope.as_deref(), Some("user" | "tenant"));
    if !is_someones && !cx.unread(&["state", "scope"]) {
        cx.report(
            Code::AdminOfNobody,
            at,
            "`admin` is for states that belong to persons or tenants, and this one does not",
        )
        .at_key()
        .help("scope = \"user\", or leave `admin` out");
    }
    if admin.scopes.as_ref().is_none_or(Vec::is_empty)
        && admin.roles.as_ref().is_none_or(Vec::is_empty)
        && !cx.unread(&["state", "admin"])
    {
        cx.report(
            Code::AdminOfNobody,
            at,
            "everybody who comes in could delete the state of all others",
        )
        .at_key()
        .help("admin = { scopes = [\"state:admin\"] }");
    }
    Some(permission)
}

/// Tenants are the values of a claim.
fn check_claim(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Vec<String> {
    if let Some(raw) = raw {
        return claim::check_path(cx, at, raw);
    }
    cx.report(Code::MissingKey, at, "the scope `tenant` is of no `claim`")
        .help("claim = \"org\": the claim that says whose tenant a caller is");
    Vec::new()
}

/// A claim that nothing goes by must not look as if it kept callers apart.
fn check_no_claim(cx: &mut Cx<'_>, at: &Address, raw: &RawState) {
    if raw.claim.is_none() {
        return;
    }
    let diagnostic = cx.report(
        Code::ClaimWithoutTenant,
        &at.key("claim"),
        "nothing goes by this `claim`: the state is not of a tenant",
    );
    diagnostic.at_key();
    if raw.scope.is_some() {
        diagnostic.related(at.key("scope"), "whose it is");
    }
    diagnostic.help("scope = \"tenant\", or leave `claim` out");
}

/// A state is somebody's: where the declaration says all that is known of callers, the claim of a tenant is among it. Whoever makes tokens or
/// signs people in elsewhere says of them what they like.
pub(super) fn check_reachable(model: &Model, cx: &mut Cx<'_>) {
    let claim = model.state.as_ref().and_then(|it| it.scope.claim());
    let (Some([first, ..]), Some(auth)) = (claim.map(Vec::as_slice), &model.auth) else {
        return;
    };
    let key = quoted(first);
    let (is_had, place, help) = match &auth.mode {
        AuthMode::Bearer(tokens) => (
            first == "sub" || tokens.iter().any(|it| it.claims.contains_key(first)),
            "no token has it",
            format!("say it of a token of `[auth.bearer.*]`: claims = {{ {key} = \"acme\" }}"),
        ),
        AuthMode::OAuth(oauth) if oauth.upstream.provider == "password" => (
            first == "sub",
            "who knows the password is one person",
            "scope = \"user\"".to_owned(),
        ),
        // What a provider says is not known here, and is taken over by its own name.
        AuthMode::OAuth(_) | AuthMode::Resource(_) | AuthMode::Access { .. } => return,
    };
    if !is_had {
        cx.report(
            Code::NobodysClaim,
            &Address::root().keys(["state", "claim"]),
            format!("nobody has the claim `{first}`, so that nobody has a state"),
        )
        .label(place)
        .help(help);
    }
}
