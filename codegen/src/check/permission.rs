//! `requires`: who may use an item.

use super::Cx;
use super::auth::{check_known_scopes, mode_of};
use super::member::list;
use crate::diag::{Address, Code};
use crate::model::{Model, Permission};
use crate::read::raw::RawRequires;

/// Who may use an item: whoever has the scopes and roles that it requires, which are declared. Where it says nothing, the declaration does.
pub(super) fn check_requires(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&RawRequires>,
) -> Permission {
    let auth = cx.raw.auth.as_ref();
    let Some(raw) = raw else {
        let denies = auth.is_some_and(|auth| auth.default.as_deref() == Some("deny"));
        return match denies && mode_of(cx) != Some("none") {
            true => Permission::Nobody,
            false => Permission::Anyone,
        };
    };
    let scopes = raw.scopes.clone().unwrap_or_default();
    let roles = raw.roles.clone().unwrap_or_default();
    if check_asked(cx, at, "requires") {
        check_known_scopes(cx, &at.key("scopes"), &scopes);
        check_roles(cx, &at.key("roles"), &roles);
    }
    Permission::Only { scopes, roles }
}

/// Who may use something is known where callers say who they are.
pub(super) fn check_asked(cx: &mut Cx<'_>, at: &Address, key: &str) -> bool {
    let mode = mode_of(cx);
    if mode.is_some_and(|mode| mode != "none")
        || cx.unread(&["auth"])
        || cx.unread(&["auth", "mode"])
    {
        return true;
    }
    let message = match (&cx.raw.auth, mode) {
        (None, _) => format!("`{key}`, but there is no `[auth]`: nobody is asked who they are"),
        (Some(_), Some(_)) => {
            format!("`{key}`, but with `mode = \"none\"` nobody is asked who they are")
        }
        // That the mode is missing is said where it is missing.
        (Some(_), None) => return true,
    };
    cx.report(Code::NobodyAsked, at, message)
        .at_key()
        .help("[auth]\nmode = \"bearer\"\n[auth.bearer.me]\ntoken = { secret = \"MY_TOKEN\" }");
    false
}

/// A role is declared by what makes a caller have it.
fn check_roles(cx: &mut Cx<'_>, at: &Address, roles: &[String]) {
    if cx.unread(&["auth", "roles"]) {
        return;
    }
    let declared = cx.raw.auth.as_ref().and_then(|auth| auth.roles.as_ref());
    let known: Vec<&str> = declared
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    for (index, role) in roles.iter().enumerate() {
        if known.contains(&role.as_str()) {
            continue;
        }
        let declare = format!(
            "[auth.roles]\n{} = {{ claim = \"groups\", contains = \"{role}\" }}",
            crate::diag::quoted(role)
        );
        let help = match crate::read::nearest(role, &known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if known.is_empty() => declare,
            None => format!("the roles are {}; or declare it: {declare}", list(&known)),
        };
        cx.report(
            Code::UnknownRole,
            &at.index(index),
            format!("there is no role `{role}`"),
        )
        .help(help);
    }
}

/// With `default = "deny"`, an item that says nothing is there for nobody, which is seldom meant.
pub(super) fn check_nobody(model: &Model, cx: &mut Cx<'_>) {
    let nobody = |permission: &Permission| *permission == Permission::Nobody;
    let tools = model.tools.iter().filter(|it| nobody(&it.permission));
    let tools = tools.map(|it| format!("the tool `{}`", it.name));
    let resources = model.resources.iter().filter(|it| nobody(&it.permission));
    let resources = resources.map(|it| format!("the resource `{}`", it.uri.as_str()));
    let prompts = model.prompts.iter().filter(|it| nobody(&it.permission));
    let prompts = prompts.map(|it| format!("the prompt `{}`", it.name));
    let items: Vec<_> = tools.chain(resources).chain(prompts).collect();
    if items.is_empty() {
        return;
    }
    cx.report(
        Code::NobodyMay,
        &Address::root().keys(["auth", "default"]),
        format!("nobody may use {}", items.join(", ")),
    )
    .label("they have no `requires`")
    .help("requires = { scopes = [\"…\"] } on each, or `requires = {}` for everybody who came in; of tools that come with a handle, on the handle");
}
