//! Who may come in, and who may use what.

use super::{Item, Judge, listed};
use crate::contract::{Auth, Contract, Requires};
use crate::rule::Rule;

pub(super) fn judge(judge: &mut Judge<'_>) {
    let item = Item::section("auth");
    match (&judge.base.auth, &judge.head.auth) {
        (None, Some(auth)) => {
            // Of a server that was only asked, nobody knows how it lets people in.
            if judge.base.transport.is_some() {
                let message = format!("callers must say who they are: `{}`", auth.mode);
                judge.find(Rule::AuthAdded, &item, &["mode"], message);
            }
        }
        (Some(auth), None) => {
            let message = format!("nobody is asked who they are, it was `{}`", auth.mode);
            judge.find(Rule::AuthRemoved, &item, &["mode"], message);
        }
        (Some(a), Some(b)) => auth(judge, &item, a, b),
        (None, None) => {}
    }
}

fn auth(judge: &mut Judge<'_>, item: &Item, a: &Auth, b: &Auth) {
    if a.mode != b.mode {
        let message = format!(
            "callers prove who they are by `{}` now, it was `{}`",
            b.mode, a.mode
        );
        judge.find(Rule::AuthModeChanged, item, &["mode"], message);
    } else if a.issuer != b.issuer {
        let issuer = |it: &Auth| it.issuer.clone().unwrap_or_else(|| "nobody".to_owned());
        let key = match b.mode.as_str() {
            "oauth" => &["upstream"][..],
            "access" => &["team"],
            _ => &["issuer"],
        };
        let message = format!(
            "`{}` says who callers are now, it was `{}`",
            issuer(b),
            issuer(a)
        );
        judge.find(Rule::IssuerChanged, item, key, message);
    }
    resource(judge, item, a, b);
    difference(
        judge,
        item,
        &["required_scopes"],
        "the server",
        (&a.required, &b.required),
        (Rule::ScopeAdded, Rule::ScopeRemoved),
        "scope",
    );
    match (a.default.as_str(), b.default.as_str()) {
        ("deny", "allow") => {
            let message = "items without `requires` are for everybody who came in now";
            judge.find(Rule::DefaultAllow, item, &["default"], message);
        }
        // Where each item says who may use it, nobody is left out.
        ("allow", "deny") if closes(judge.base, judge.head) => {
            let message = "items without `requires` are for nobody now";
            judge.find(Rule::DefaultDeny, item, &["default"], message);
        }
        _ => {}
    }
    for (name, from) in &a.scopes {
        if let Some(to) = b.scopes.get(name) {
            judge.words(
                Rule::ScopeWordsChanged,
                item,
                &["scopes", name],
                format!("scope `{name}` has other words"),
                (Some(&from.0), Some(&to.0)),
            );
        }
    }
    for (name, from) in &a.roles {
        match b.roles.get(name) {
            Some(to) if to != from => {
                let message = format!("role `{name}` is whoever has `{to}` now, it was `{from}`");
                judge.find(Rule::RoleWidened, item, &["roles", name], message);
            }
            _ => {}
        }
    }
}

/// Whether there is an item that says nothing, as before, and is for nobody by that.
fn closes(base: &Contract, head: &Contract) -> bool {
    fn closed<'c>(
        base: impl Fn(&str) -> Option<&'c Option<Requires>>,
        mut head: impl Iterator<Item = (&'c String, &'c Option<Requires>)>,
    ) -> bool {
        let nobody = |it: &Option<Requires>| it.as_ref().is_some_and(|it| it.nobody);
        head.any(|(name, now)| nobody(now) && base(name).is_some_and(Option::is_none))
    }
    closed(
        |it| base.tools.get(it).map(|it| &it.requires),
        head.tools.iter().map(|(name, it)| (name, &it.requires)),
    ) || closed(
        |it| base.resources.get(it).map(|it| &it.requires),
        head.resources.iter().map(|(name, it)| (name, &it.requires)),
    ) || closed(
        |it| base.prompts.get(it).map(|it| &it.requires),
        head.prompts.iter().map(|(name, it)| (name, &it.requires)),
    )
}

/// Tokens are for an address: who has one for another is signed out.
fn resource(judge: &mut Judge<'_>, item: &Item, a: &Auth, b: &Auth) {
    let is_told = |it: &Auth| matches!(it.mode.as_str(), "oauth" | "resource");
    if !is_told(a) || !is_told(b) {
        return;
    }
    // One more whom tokens may be for takes nothing from anybody.
    let kept = !a.audience.is_empty() && a.audience.iter().all(|it| b.audience.contains(it));
    if a.audience != b.audience {
        if kept {
            let new = b.audience.iter().filter(|it| !a.audience.contains(it));
            return judge.add(format!("tokens may be for {} too", listed(new)));
        }
        let message = format!("tokens are for {} now", or_itself(&b.audience));
        return judge.find(Rule::AuthResourceChanged, item, &["audience"], message);
    }
    let (Some(before), Some(after)) = (&judge.base.transport, &judge.head.transport) else {
        return;
    };
    if let (Some(from), Some(to)) = (&before.origin, &after.origin)
        && from != to
    {
        let message = format!("tokens are for `{to}` now, they were for `{from}`");
        judge.find(
            Rule::AuthResourceChanged,
            &Item::section("deploy"),
            &[],
            message,
        );
        return;
    }
    // A path that comes takes nothing from those who have tokens for another.
    let moved =
        |from: &Option<String>, to: &Option<String>| from.is_some() && to.is_some() && from != to;
    let key = if before.http != after.http {
        "http"
    } else if moved(&before.sse, &after.sse) {
        "sse"
    } else {
        return;
    };
    let message = "tokens are for the path that the server listens on, which is another one now";
    let item = Item::section("transport");
    judge.find(Rule::AuthResourceChanged, &item, &[key], message);
}

fn or_itself(audience: &[String]) -> String {
    if audience.is_empty() {
        "the server's own address".to_owned()
    } else {
        listed(audience)
    }
}

/// Who may use an item.
pub(super) fn requirements(
    judge: &mut Judge<'_>,
    item: &Item,
    name: &str,
    a: &Option<Requires>,
    b: &Option<Requires>,
) {
    // Where all of it came or went, that is said once.
    if judge.base.auth.is_none() || judge.head.auth.is_none() {
        return;
    }
    let nobody = |it: &Option<Requires>| it.as_ref().is_some_and(|it| it.nobody);
    let none = Requires::default();
    let (before, after) = (a.as_ref().unwrap_or(&none), b.as_ref().unwrap_or(&none));
    let defaults = |of: &Auth| of.default.clone();
    let same_default =
        judge.base.auth.as_ref().map(defaults) == judge.head.auth.as_ref().map(defaults);
    match (nobody(a), nobody(b)) {
        (true, false) if same_default || b.is_some() => {
            let message = format!("{name} was for nobody, and is for some now");
            return judge.find(Rule::ScopeRemoved, item, &["requires"], message);
        }
        (false, true) if same_default || a.is_some() => {
            let message = format!("{name} is for nobody now");
            return judge.find(Rule::ScopeAdded, item, &["requires"], message);
        }
        (false, false) => {}
        _ => return,
    }
    difference(
        judge,
        item,
        &["requires", "scopes"],
        name,
        (&before.scopes, &after.scopes),
        (Rule::ScopeAdded, Rule::ScopeRemoved),
        "scope",
    );
    difference(
        judge,
        item,
        &["requires", "roles"],
        name,
        (&before.roles, &after.roles),
        (Rule::RoleAdded, Rule::RoleRemoved),
        "role",
    );
}

fn difference(
    judge: &mut Judge<'_>,
    item: &Item,
    keys: &[&str],
    name: &str,
    (a, b): (&[String], &[String]),
    (added, removed): (Rule, Rule),
    what: &str,
) {
    for it in b.iter().filter(|it| !a.contains(it)) {
        judge.find(
            added,
            item,
            keys,
            format!("{name} needs the {what} `{it}` now"),
        );
    }
    for it in a.iter().filter(|it| !b.contains(it)) {
        judge.find(
            removed,
            item,
            keys,
            format!("{name} does not need the {what} `{it}` any more"),
        );
    }
}
