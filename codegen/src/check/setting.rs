//! Settings of `[auth]`, of which some are secret: `{ secret = "NAME" }`.

use super::Cx;
use super::deploy::TAKEN;
use crate::diag::{Address, Code};
use crate::model::Setting;
use crate::read::raw::{RawNamedSetting, RawSetting};

/// The variable that has the Worker's own URL.
pub(super) const PUBLIC_URL: &str = "PUBLIC_URL";

/// What is secret is never in a declaration, which lies in a repository: it says the name of the secret. `name` is one to be proposed.
pub(super) fn check_secret(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&RawSetting>,
    name: &str,
) -> Option<Setting> {
    let example = format!("{} = {{ secret = \"{name}\" }}", key(at));
    match raw? {
        RawSetting::Named(RawNamedSetting {
            var: None,
            secret: Some(secret),
        }) => Some(Setting::Secret(check_name(
            cx,
            &at.key("secret"),
            secret,
            name,
        ))),
        RawSetting::Named(RawNamedSetting { var: Some(_), .. }) => {
            cx.report(
                Code::SecretInFile,
                &at.key("var"),
                "a plain variable is no place for a secret",
            )
            .at_key()
            .help(example);
            None
        }
        RawSetting::Named(_) => {
            cx.report(Code::MissingKey, &at.key("secret"), "no secret is named")
                .help(example);
            None
        }
        RawSetting::Text(_) => {
            cx.report(
                Code::SecretInFile,
                at,
                "a secret does not belong in a declaration",
            )
            .secret()
            .label("say where it is kept")
            .help(format!(
                "{example}; put its value into `.dev.vars`, and with `npx wrangler secret put {name}` to the deployed Worker. What has been in a file that others saw is to be made anew"
            ));
            None
        }
    }
}

/// What may be secret, and need not be.
pub(super) fn check_setting(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&RawSetting>,
    name: &str,
) -> Option<Setting> {
    let example = format!("{} = {{ secret = \"{name}\" }}", key(at));
    match raw? {
        RawSetting::Text(text) if text.trim().is_empty() => {
            cx.report(Code::MissingKey, at, "there is nothing in it")
                .help(example);
            None
        }
        RawSetting::Text(text) => Some(Setting::Text(text.clone())),
        RawSetting::Named(named) => match (&named.secret, &named.var) {
            (Some(secret), None) => Some(Setting::Secret(check_name(
                cx,
                &at.key("secret"),
                secret,
                name,
            ))),
            (None, Some(var)) => Some(Setting::Var(check_name(cx, &at.key("var"), var, name))),
            (Some(_), Some(_)) => {
                cx.report(
                    Code::OtherMode,
                    &at.key("var"),
                    "it is either in a secret or in a variable",
                )
                .at_key()
                .related(at.key("secret"), "the secret")
                .help("leave one of them out");
                None
            }
            (None, None) => {
                cx.report(
                    Code::MissingKey,
                    &at.key("secret"),
                    "neither a secret nor a variable is named",
                )
                .help(example);
                None
            }
        },
    }
}

/// A secret is read by name from the Worker's environment, beside its bindings. The name is not repeated in what is said: somebody may have
/// written the secret itself there.
fn check_name(cx: &mut Cx<'_>, at: &Address, name: &str, proposed: &str) -> String {
    let legal = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !legal {
        cx.report(
            Code::BadSecretName,
            at,
            "this cannot be the name of a secret or a variable",
        )
        .secret()
        .label("letters, digits and `_`, no digit first")
        .help(format!("{} = \"{proposed}\"", key(at)));
    } else if TAKEN.contains(&name) || name == PUBLIC_URL {
        cx.report(
            Code::BadSecretName,
            at,
            format!("`{name}` is a name that the Worker itself needs"),
        )
        .help(format!("{} = \"{proposed}\"", key(at)));
    } else if key(at) == "secret" {
        check_no_var(cx, at, name);
    }
    name.to_owned()
}

/// Plain variables are in `wrangler.jsonc`, where everybody reads them.
fn check_no_var(cx: &mut Cx<'_>, at: &Address, name: &str) {
    let vars = cx.raw.deploy.as_ref().and_then(|it| it.vars.as_ref());
    if vars.is_some_and(|vars| vars.contains_key(name)) {
        cx.report(
            Code::SecretInFile,
            &Address::root().keys(["deploy", "vars", name]),
            format!("`{name}` is a secret, and a plain variable is none"),
        )
        .secret()
        .related(at.clone(), "it is named as a secret here")
        .help(format!(
            "leave it out here: `npx wrangler secret put {name}` sets it"
        ));
    }
}

/// The last key of an address.
fn key(at: &Address) -> String {
    let whole = at.to_string();
    whole
        .rsplit('.')
        .next()
        .map_or_else(|| whole.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::key;
    use crate::diag::Address;

    #[test]
    fn the_key_that_is_meant() {
        let at = Address::root().keys(["auth", "bearer", "my.ci", "token"]);
        assert_eq!(key(&at), "token");
        assert_eq!(key(&at.key("secret")), "secret");
    }
}
