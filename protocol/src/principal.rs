//! Who asks, as the host has made sure of.

use crate::auth::{AuthPolicy, RoleTest};
use crate::wire::{Object, members, string};
use serde_json::value::RawValue;
use std::rc::Rc;

/// Who sends a request.
#[derive(Clone, Copy, Debug, Default)]
pub enum Who<'a> {
    /// Nobody is asked who they are.
    #[default]
    Anyone,
    /// Somebody who does not say, or of whom it cannot be made sure: then why, in words for the client (RFC 6750, section 3.1).
    Nobody(&'a str),
    /// This one.
    Known(&'a Rc<Principal>),
}

impl<'a> Who<'a> {
    /// The principal, if there is one.
    pub fn known(self) -> Option<&'a Rc<Principal>> {
        match self {
            Who::Known(principal) => Some(principal),
            Who::Anyone | Who::Nobody(_) => None,
        }
    }
}

/// A caller of whom the host has made sure: issuer, subject, the scopes of the token and what the issuer claims.
#[derive(Debug, PartialEq, Eq)]
pub struct Principal {
    line: Rc<str>,
    issuer: Box<str>,
    subject: Box<str>,
    client: Option<Box<str>>,
    key: Box<str>,
    home: Option<Box<str>>,
    scopes: Vec<Box<str>>,
    roles: Vec<&'static str>,
}

impl Principal {
    /// Reads a JSON object of one line: `{"iss":…,"sub":…,"client":…,"scopes":[…],"claims":{…}}`, of which `iss` and `sub` must be there.
    /// Roles are found once, here. Behind the front it may have a `home` too, which the front wrote: [`Principal::home`].
    pub fn read(policy: &AuthPolicy, line: &str) -> Option<Principal> {
        if line.bytes().any(|byte| byte < b' ') {
            return None;
        }
        let object: Object<'_> = serde_json::from_str(line).ok()?;
        let text = |name| object.get(name).and_then(string);
        let (issuer, subject) = (text("iss")?, text("sub")?);
        if subject.is_empty() {
            return None;
        }
        let scopes = match object.get("scopes") {
            Some(raw) => serde_json::from_str(raw.get()).ok()?,
            None => Vec::new(),
        };
        let claims = object.get("claims");
        let has = |role: &&crate::auth::AuthRole| {
            claims
                .and_then(|claims| claim(claims, role.claim))
                .is_some_and(|claim| says(claim, role.test))
        };
        let home = text("home");
        // Two texts as JSON writes them do not run into each other.
        let mut key = [quoted(&issuer), quoted(&subject)].join(" ");
        if let Some(home) = &home {
            key.push(' ');
            key.push_str(home);
        }
        Some(Principal {
            line: line.into(),
            key: key.into(),
            home: home.map(Box::from),
            client: text("client").map(Box::from),
            issuer: issuer.into(),
            subject: subject.into(),
            scopes,
            roles: policy.roles.iter().filter(has).map(|it| it.name).collect(),
        })
    }

    /// The same principal, whose state is in this object. `None` if it has a home already, which nobody but the front can say.
    pub(crate) fn at(&self, policy: &AuthPolicy, home: &str) -> Option<Principal> {
        let open = self.line.trim_end().strip_suffix('}')?;
        // Two members of one name are no object.
        Principal::read(policy, &[open, ",\"home\":", &quoted(home), "}"].concat())
    }

    /// Issuer and subject in one text of one line, and the [home](Principal::home) where states belong to principals: what sessions, tasks and
    /// handles are bound to. Who moves to another tenant leaves them behind.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The object that this principal's state is in, as [`Engine::caller`](crate::Engine::caller) found it: `state:user:…` or
    /// `state:tenant:…`. `None` where states do not belong to principals, and where this one's claims lead to none.
    pub fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }

    /// Who says so: the authorization server, or where the token stands.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who it is, to the issuer.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The client that the token was given to, where that is known.
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The line that it was read from.
    pub fn line(&self) -> &Rc<str> {
        &self.line
    }

    /// The scopes of the token.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(|scope| &**scope)
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|it| it == scope)
    }

    /// Whether it has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains(&role)
    }

    /// A claim, by the names of the members that lead to it. `null` is none.
    pub fn claim(&self, path: &[&str]) -> Option<&RawValue> {
        claim(self.member("claims")?, path)
    }

    /// Any other member of the line.
    pub fn member(&self, name: &str) -> Option<&RawValue> {
        let object: Object<'_> = serde_json::from_str(&self.line).ok()?;
        object.get(name)
    }
}

/// A text as JSON writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    crate::wire::quote(&mut out, text);
    out
}

fn claim<'a>(claims: &'a RawValue, path: &[&str]) -> Option<&'a RawValue> {
    let mut at = claims;
    for name in path {
        at = members(at)?.get(name)?;
    }
    Some(at).filter(|value| value.get() != "null")
}

/// Whether a claim makes a role.
fn says(claim: &RawValue, test: RoleTest) -> bool {
    let text = string(claim);
    match (test, &text) {
        (RoleTest::Equals(wanted), Some(text)) => text == wanted,
        (RoleTest::Equals(wanted), None) => {
            // A list or an object is nothing that a declaration can write.
            !claim.get().starts_with(['[', '{']) && claim.get() == wanted
        }
        (RoleTest::Contains(wanted), Some(text)) => text.split(' ').any(|part| part == wanted),
        (RoleTest::Contains(wanted), None) => {
            let all: Option<Vec<&RawValue>> = serde_json::from_str(claim.get()).ok();
            let is = |one: &&RawValue| string(one).is_some_and(|text| text == wanted);
            all.is_some_and(|all| all.iter().any(is))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::AuthRole;

    const POLICY: AuthPolicy = AuthPolicy {
        required: &[],
        roles: &[
            AuthRole {
                name: "agent",
                claim: &["groups"],
                test: RoleTest::Contains("support"),
            },
            AuthRole {
                name: "admin",
                claim: &["realm", "admin"],
                test: RoleTest::Equals("true"),
            },
            AuthRole {
                name: "staff",
                claim: &["org"],
                test: RoleTest::Equals("acme"),
            },
        ],
        filter: true,
    };

    fn roles(claims: &str) -> Vec<&'static str> {
        let line = format!(r#"{{"iss":"i","sub":"s","claims":{claims}}}"#);
        Principal::read(&POLICY, &line).unwrap().roles
    }

    #[test]
    fn roles_are_what_claims_say() {
        assert_eq!(roles(r#"{"groups":["a","support"]}"#), ["agent"]);
        assert_eq!(roles(r#"{"groups":"a support b"}"#), ["agent"]);
        assert_eq!(
            roles(r#"{"realm":{"admin":true},"org":"acme"}"#),
            ["admin", "staff"]
        );
        for none in [
            "{}",
            "null",
            "[]",
            r#"{"groups":["supporters",7,null,["support"]]}"#,
            r#"{"groups":"supporters"}"#,
            r#"{"groups":{"support":true}}"#,
            r#"{"realm":{"admin":false},"org":"Acme"}"#,
            r#"{"realm":true,"org":["acme"]}"#,
            r#"{"realm":{"admin":"yes"},"org":null}"#,
        ] {
            assert!(roles(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn what_is_no_principal_is_none() {
        for broken in [
            "",
            "{}",
            "null",
            r#"{"iss":"i"}"#,
            r#"{"iss":"i","sub":""}"#,
            r#"{"iss":"i","sub":7}"#,
            r#"{"iss":7,"sub":"s"}"#,
            r#"{"iss":"i","sub":"s","scopes":"a b"}"#,
            r#"{"iss":"i","sub":"s","scopes":[1]}"#,
            "{\"iss\":\"i\",\n\"sub\":\"s\"}",
            r#"{"iss":"i","sub":"s"} x"#,
        ] {
            assert!(Principal::read(&POLICY, broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn issuer_and_subject_do_not_run_into_each_other() {
        let key = |line: &str| Principal::read(&POLICY, line).unwrap().key.to_string();
        let keys = [
            key(r#"{"iss":"a","sub":"b\nc"}"#),
            key(r#"{"iss":"a\nb","sub":"c"}"#),
            key(r#"{"iss":"a\" \"b","sub":"c"}"#),
            key(r#"{"iss":"a","sub":"b"}"#),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert!(!keys[at + 1..].contains(one), "{one}");
        }
        // However it is written, and whatever its token may do.
        let other = key(r#"{"scopes":["x"],"sub":"\u0062","iss":"a"}"#);
        assert_eq!(other, keys[3]);
    }
}
