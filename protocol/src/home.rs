//! The object that a principal's state lies in.
//!
//! Its name is an HMAC-SHA-256 (RFC 2104) of issuer and subject, or of issuer and claim. Who knows a subject cannot find the object without
//! the key, no client can choose one, and a log in which a name stands says nothing of a person.

use crate::auth::AuthPolicy;
use crate::catalog::Scope;
use crate::principal::{Principal, quoted};
use crate::token::{Keys, hex};
use crate::wire::string;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::rc::Rc;

const LABEL: &str = "mcp-agent home 1";

/// A state that belongs to principals takes a key to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedKeys;

/// The principal with its home; as it was where its claims lead to none.
pub(crate) fn settle(
    policy: &AuthPolicy,
    scope: Scope,
    principal: Principal,
    keys: Option<&Keys>,
) -> Result<Principal, NeedKeys> {
    let key = keys.and_then(Keys::homes).ok_or(NeedKeys)?;
    let Some(home) = name(scope, &principal, key) else {
        return Ok(principal);
    };
    Ok(principal.at(policy, &home).unwrap_or(principal))
}

/// The name of the object. `None` for a scope that is nobody's, and for a principal who has not the claim, or one that is no text, number or
/// truth value.
fn name(scope: Scope, principal: &Principal, key: &[u8; 32]) -> Option<String> {
    let (kind, path, value) = match scope {
        Scope::User => ("user", String::new(), quoted(principal.subject())),
        Scope::Tenant { claim } => ("tenant", claim.join("."), tenant(principal, claim)?),
        Scope::Server | Scope::Session => return None,
    };
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
    // None of the parts holds a zero byte: they are JSON, or names of a declaration.
    for part in [LABEL, kind, &path, &quoted(principal.issuer()), &value] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    let name = hex(&mac.finalize().into_bytes());
    Some(["state:", kind, ":", &name].concat())
}

/// What a claim says, as JSON that is the same however the issuer escapes it.
fn tenant(principal: &Principal, claim: &[&str]) -> Option<String> {
    let raw = principal.claim(claim)?;
    match string(raw) {
        Some(text) if text.is_empty() => None,
        Some(text) => Some(quoted(&text)),
        None => Some(raw.get().to_owned()).filter(|raw| !raw.starts_with(['[', '{'])),
    }
}

/// A principal who was read for a line, so that the next request with that line finds it.
pub(crate) type Known = (Box<str>, Rc<Principal>);

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: AuthPolicy = AuthPolicy {
        required: &[],
        roles: &[],
        filter: true,
    };
    const ORG: Scope = Scope::Tenant { claim: &["org"] };
    const KEY: [u8; 32] = [9; 32];
    const LINE: &str = r#"{"iss":"i","sub":"ada"}"#;

    fn settled(scope: Scope, line: &str) -> Principal {
        let keys = Keys::new([1; 32], Vec::new()).with_homes(KEY);
        let principal = Principal::read(&POLICY, line).unwrap();
        settle(&POLICY, scope, principal, Some(&keys)).unwrap()
    }

    fn home(scope: Scope, line: &str) -> Option<String> {
        settled(scope, line).home().map(str::to_owned)
    }

    #[test]
    fn a_user_is_issuer_and_subject() {
        let ada = home(Scope::User, r#"{"iss":"i","sub":"ada"}"#).unwrap();
        assert!(
            ada.starts_with("state:user:") && ada.len() == 11 + 64,
            "{ada}"
        );
        let same =
            r#"{"iss":"i","sub":"\u0061da","client":"c","scopes":["x"],"claims":{"org":"o"}}"#;
        assert_eq!(home(Scope::User, same), Some(ada.clone()));
        for other in [
            r#"{"iss":"j","sub":"ada"}"#,
            r#"{"iss":"i","sub":"Ada"}"#,
            r#"{"iss":"i\" \"a","sub":"da"}"#,
        ] {
            assert_ne!(home(Scope::User, other), Some(ada.clone()), "{other}");
        }
    }

    #[test]
    fn a_tenant_is_issuer_and_claim() {
        let line = |sub, org| format!(r#"{{"iss":"i","sub":"{sub}","claims":{{"org":{org}}}}}"#);
        let acme = home(ORG, &line("ada", "\"acme\"")).unwrap();
        assert!(acme.starts_with("state:tenant:"), "{acme}");
        assert_eq!(
            home(ORG, &line("bob", r#""\u0061cme""#)),
            Some(acme.clone())
        );
        for other in ["\"Acme\"", "\"acme \"", "1", "\"1\"", "true"] {
            assert_ne!(home(ORG, &line("ada", other)).unwrap(), acme, "{other}");
        }
        assert_ne!(home(ORG, &line("a", "1")), home(ORG, &line("a", "\"1\"")));
        for none in ["\"\"", "null", "[\"acme\"]", "{\"name\":\"acme\"}"] {
            assert_eq!(home(ORG, &line("ada", none)), None, "{none}");
        }
        assert_eq!(home(ORG, r#"{"iss":"i","sub":"ada"}"#), None);
        let deeper = Scope::Tenant {
            claim: &["x", "org"],
        };
        let nested = r#"{"iss":"i","sub":"ada","claims":{"x":{"org":"acme"}}}"#;
        assert_ne!(
            home(deeper, nested).unwrap(),
            acme,
            "the claim is a part of it"
        );
    }

    #[test]
    fn the_key_is_needed_and_decides() {
        let read = || Principal::read(&POLICY, LINE).unwrap();
        assert_eq!(settle(&POLICY, Scope::User, read(), None), Err(NeedKeys));
        let sealing = Keys::new([1; 32], Vec::new());
        assert_eq!(
            settle(&POLICY, Scope::User, read(), Some(&sealing)),
            Err(NeedKeys)
        );
        let other = sealing.with_homes([8; 32]);
        let there = settle(&POLICY, Scope::User, read(), Some(&other)).unwrap();
        assert_ne!(there.home(), settled(Scope::User, LINE).home());
    }

    #[test]
    fn the_line_of_a_settled_principal_says_where_it_is_at_home() {
        let ada = settled(Scope::User, r#"{"iss":"i","sub":"ada","scopes":["x"]}"#);
        let again = Principal::read(&POLICY, ada.line()).unwrap();
        assert_eq!(again, ada);
        assert!(again.has_scope("x"));
        assert!(ada.key().ends_with(ada.home().unwrap()));
    }
}
