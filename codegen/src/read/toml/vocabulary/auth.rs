//! The keys of `[auth]` and of `requires`.

use crate::diag::Address;
use crate::read::raw::*;
use crate::read::toml::keys::Keys;
use toml::Spanned;
use toml::de::DeValue;

type Node<'t> = &'t Spanned<DeValue<'t>>;

pub fn auth(mut keys: Keys<'_, '_>) -> RawAuth {
    let raw = RawAuth {
        mode: keys.string("mode"),
        required_scopes: keys.strings("required_scopes"),
        default: keys.string("default"),
        list: keys.string("list"),
        issuer: keys.string("issuer"),
        audience: keys.any("audience", audience),
        jwks: keys.string("jwks"),
        algorithms: keys.strings("algorithms"),
        skew: keys.string("skew"),
        scope_claim: keys.string("scope_claim"),
        team: keys.string("team"),
        consent: keys.string("consent"),
        bearer: keys.map("bearer", |keys, at, node| {
            keys.as_table(at, node, &[], bearer)
        }),
        upstream: keys.table("upstream", &[], upstream),
        scopes: keys.map("scopes", |keys, at, node| keys.as_string(at, node)),
        roles: keys.map("roles", |keys, at, node| keys.as_table(at, node, &[], role)),
        tokens: keys.table("tokens", &[], tokens),
        registration: keys.table("registration", &[], registration),
    };
    keys.end();
    raw
}

fn bearer(mut keys: Keys<'_, '_>) -> RawBearer {
    let raw = RawBearer {
        token: keys.any("token", setting),
        subject: keys.string("subject"),
        scopes: keys.strings("scopes"),
        claims: keys.map("claims", |keys, at, node| keys.as_value(at, node)),
    };
    keys.end();
    raw
}

fn upstream(mut keys: Keys<'_, '_>) -> RawUpstream {
    let raw = RawUpstream {
        provider: keys.string("provider"),
        issuer: keys.string("issuer"),
        client_id: keys.any("client_id", setting),
        client_secret: keys.any("client_secret", setting),
        scopes: keys.strings("scopes"),
        claims: keys.map("claims", |keys, at, node| keys.as_string(at, node)),
        password: keys.any("password", setting),
        production: keys.boolean("production"),
    };
    keys.end();
    raw
}

fn role(mut keys: Keys<'_, '_>) -> RawRole {
    let raw = RawRole {
        claim: keys.string("claim"),
        equals: keys.value("equals"),
        contains: keys.string("contains"),
    };
    keys.end();
    raw
}

fn tokens(mut keys: Keys<'_, '_>) -> RawTokens {
    let raw = RawTokens {
        store: keys.string("store"),
        access_ttl: keys.string("access_ttl"),
        refresh_ttl: keys.string("refresh_ttl"),
    };
    keys.end();
    raw
}

fn registration(mut keys: Keys<'_, '_>) -> RawRegistration {
    let raw = RawRegistration {
        cimd: keys.boolean("cimd"),
        dcr: keys.boolean("dcr"),
    };
    keys.end();
    raw
}

/// `requires` of an item.
pub fn requires(keys: &mut Keys<'_, '_>) -> Option<RawRequires> {
    required(keys, "requires")
}

/// Who may do something, under this key.
pub fn required(keys: &mut Keys<'_, '_>, key: &'static str) -> Option<RawRequires> {
    keys.table(key, &[], |mut keys| {
        let raw = RawRequires {
            scopes: keys.strings("scopes"),
            roles: keys.strings("roles"),
        };
        keys.end();
        raw
    })
}

fn setting<'t>(keys: &mut Keys<'t, '_>, at: Address, node: Node<'t>) -> Option<RawSetting> {
    match node.get_ref() {
        DeValue::String(text) => Some(RawSetting::Text(text.to_string())),
        DeValue::Table(_) => keys
            .as_table(at, node, &[], |mut keys| {
                let raw = RawNamedSetting {
                    secret: keys.string("secret"),
                    var: keys.string("var"),
                };
                keys.end();
                raw
            })
            .map(RawSetting::Named),
        _ => keys.wrong(at, "a setting", node),
    }
}

fn audience<'t>(keys: &mut Keys<'t, '_>, at: Address, node: Node<'t>) -> Option<RawAudience> {
    match node.get_ref() {
        DeValue::Array(items) => Some(RawAudience::Several(
            items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| keys.as_string(at.index(index), item))
                .collect(),
        )),
        _ => setting(keys, at, node).map(RawAudience::One),
    }
}
