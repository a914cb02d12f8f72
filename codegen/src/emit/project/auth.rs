//! What `[auth]` adds to a project: the modules of its mode, and the data that they read.

use super::ENTRY;
use crate::model::{
    Agent, Auth, AuthMode, Bearer, Input, Issuer, OAuth, Setting, Store, SyncMode, Upstream,
};
use mcp_agent_templates::AUTH;
use serde_json::{Map, Value, json};

/// Where the modules lie in a project.
pub const FOLDER: &str = "auth/";

/// The data, beside them.
pub const DATA: &str = "auth/declared.json";

/// How long an application that somebody allowed is not asked about again, in seconds.
const CONSENT_S: u64 = 30 * 86_400;

/// What is known of everybody, whatever is declared.
const ALWAYS: [&str; 3] = ["sub", "name", "email"];

/// `main` of `wrangler.jsonc`.
pub(super) fn main(agent: &Agent) -> String {
    match &agent.auth {
        Some(auth) => format!("{FOLDER}{}.mjs", auth.mode.as_str()),
        None => ENTRY.to_owned(),
    }
}

/// The files, by their paths. None where nobody is asked who they are.
pub(super) fn files(agent: &Agent) -> Vec<(String, String)> {
    let Some(auth) = &agent.auth else {
        return Vec::new();
    };
    let modules = modules(auth.mode.as_str()).into_iter();
    let modules = modules.map(|(name, text)| (format!("{FOLDER}{name}"), text.to_owned()));
    modules
        .chain([(DATA.to_owned(), data(agent, auth))])
        .collect()
}

/// The main of a mode and all that it imports.
fn modules(mode: &str) -> Vec<(&'static str, &'static str)> {
    let main = format!("{mode}.mjs");
    let mut found: Vec<(&'static str, &'static str)> = Vec::new();
    let mut wanted: Vec<_> = AUTH.iter().filter(|(name, _)| *name == main).collect();
    while let Some((name, text)) = wanted.pop() {
        if found.iter().any(|(known, _)| known == name) {
            continue;
        }
        found.push((name, text));
        wanted.extend(imports(text).filter_map(|it| AUTH.iter().find(|(name, _)| *name == it)));
    }
    found.sort_unstable();
    found
}

/// What a module imports from beside it.
fn imports(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(" from \"./")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0))
}

/// `auth/declared.json`. It has no secret: where one is, its name.
fn data(agent: &Agent, auth: &Auth) -> String {
    let Auth {
        mode,
        required,
        scopes,
        ..
    } = auth;
    let name = agent.server.title.as_ref().unwrap_or(&agent.server.name);
    let mut out = object(json!({
        // JSON has no comments; as the first member it stands where they do.
        "$comment": "Derived by `mcp-gen sync`: change the declaration instead.",
        "mode": mode.as_str(),
        "name": name,
        "mcp": agent.transport.http,
        "sse": agent.transport.sse,
        "required": required,
        "scopes": scopes,
        "claims": claims(agent, auth),
    }));
    if is_in_sync(agent) {
        out.insert(
            "sync".to_owned(),
            json!(format!("/agents/{}/", agent.server.name)),
        );
    }
    match mode {
        AuthMode::Bearer(tokens) => {
            let tokens = tokens.iter().map(bearer);
            out.insert("bearer".to_owned(), tokens.collect());
        }
        AuthMode::Resource(issuer) => {
            out.insert("resource".to_owned(), resource(issuer));
        }
        AuthMode::Access { team, audience } => {
            let access = json!({ "team": team, "audience": setting(audience) });
            out.insert("access".to_owned(), access);
        }
        AuthMode::OAuth(oauth) => out.extend(self::oauth(oauth)),
    }
    // What holds texts, numbers and JSON can be written.
    let text = serde_json::to_string_pretty(&out).unwrap_or_default();
    format!("{text}\n")
}

/// Whether pages see the state.
fn is_in_sync(agent: &Agent) -> bool {
    let state = agent.state.as_ref();
    state.is_some_and(|state| state.sync != SyncMode::Off)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The claims that something is made of, by the first member of the way to each.
fn claims<'a>(agent: &'a Agent, auth: &'a Auth) -> Vec<&'a str> {
    let roles = auth.roles.iter().map(|it| &it.claim);
    let params = agent.tools.iter().flat_map(|tool| match &tool.input {
        Input::Fields(fields) => fields.as_slice(),
        Input::Schema { .. } => &[],
    });
    let bound = params.filter_map(|it| it.bound.as_ref());
    let tenant = agent.state.as_ref().and_then(|it| it.scope.claim());
    let mut names: Vec<&str> = roles
        .chain(bound)
        .chain(tenant)
        .filter_map(|way| way.first())
        .map(String::as_str)
        .collect();
    match &auth.mode {
        AuthMode::Bearer(tokens) => {
            names.extend(
                tokens
                    .iter()
                    .flat_map(|it| it.claims.keys())
                    .map(String::as_str),
            );
        }
        AuthMode::OAuth(oauth) => {
            names.extend(oauth.upstream.claims.iter().map(|(ours, _)| ours.as_str()));
        }
        AuthMode::Resource(_) | AuthMode::Access { .. } => {}
    }
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !ALWAYS.contains(&name) && !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

fn setting(setting: &Setting) -> Value {
    match setting {
        Setting::Text(text) => json!(text),
        Setting::Secret(name) => json!({ "secret": name }),
        Setting::Var(name) => json!({ "var": name }),
    }
}

fn bearer(bearer: &Bearer) -> Value {
    let Bearer {
        name,
        token,
        subject,
        scopes,
        claims,
    } = bearer;
    json!({ "name": name, "token": setting(token), "subject": subject, "scopes": scopes, "claims": claims })
}

fn resource(issuer: &Issuer) -> Value {
    let Issuer {
        issuer,
        audience,
        jwks,
        algorithms,
        skew_s,
        scope_claim,
    } = issuer;
    json!({ "issuer": issuer, "audience": audience, "jwks": jwks, "algorithms": algorithms, "skew": skew_s, "scope_claim": scope_claim })
}

fn oauth(oauth: &OAuth) -> Map<String, Value> {
    let OAuth {
        upstream,
        store,
        access_s,
        refresh_s,
        cimd,
        dcr,
        consent,
    } = oauth;
    let Upstream {
        provider,
        issuer,
        client_id,
        client_secret,
        scopes,
        claims,
        password,
        production,
    } = upstream;
    let claims = claims
        .iter()
        .map(|(ours, theirs)| (ours.clone(), json!(theirs)));
    let of = |it: &Option<Setting>| it.as_ref().map(setting);
    let mut out = object(json!({
        "upstream": {
            "provider": provider,
            "issuer": issuer,
            "client_id": of(client_id),
            "client_secret": of(client_secret),
            "scopes": scopes,
            "claims": Value::Object(claims.collect()),
            "password": of(password),
            "production": production,
        },
        "lifetimes": { "access": access_s, "refresh": refresh_s, "consent": CONSENT_S },
        "registration": { "cimd": cimd, "dcr": dcr },
        "store": match store {
            Store::Object => "object",
            Store::Kv => "kv",
        },
    }));
    if let Some(page) = consent {
        out.insert("consent".to_owned(), json!(page.text));
    }
    out
}

/// The secrets that a former `auth/declared.json` names: those that are no longer needed are not to be asked for any more.
pub(super) fn secrets_of(data: &str) -> Vec<String> {
    fn collect(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let (Some(Value::String(name)), 1) = (members.get("secret"), members.len()) {
                    out.push(name.clone());
                }
                for member in members.values() {
                    collect(member, out);
                }
            }
            Value::Array(items) => {
                for item in items {
                    collect(item, out);
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    let data: Map<String, Value> = serde_json::from_str(data).unwrap_or_default();
    // Claims are what somebody likes to say of a caller.
    for (name, value) in &data {
        match (name.as_str(), value) {
            ("bearer", Value::Array(tokens)) => {
                for token in tokens {
                    collect(&token["token"], &mut out);
                }
            }
            _ => collect(value, &mut out),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{imports, modules, secrets_of};
    use crate::model::MODES;
    use mcp_agent_templates::AUTH;
    use std::collections::BTreeSet;

    #[test]
    fn every_module_is_known_and_of_some_mode() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../templates/project/auth");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the modules")
            .map(|it| {
                it.expect("a module")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        let known: BTreeSet<String> = AUTH.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(known, there);
        let used: BTreeSet<String> = MODES
            .iter()
            .flat_map(|mode| modules(mode))
            .map(|(name, _)| name.to_owned())
            .collect();
        assert_eq!(used, there);
    }

    #[test]
    fn what_a_mode_imports_is_there() {
        for mode in MODES.iter().filter(|it| **it != "none") {
            let modules = modules(mode);
            assert!(modules.len() > 5, "{mode}");
            for (name, text) in &modules {
                assert!(text.starts_with("// Derived by `mcp-gen sync`."), "{name}");
                for import in imports(text).filter(|it| it.ends_with(".mjs")) {
                    assert!(modules.iter().any(|(it, _)| *it == import), "{import}");
                }
            }
        }
        let has = |mode, module| modules(mode).iter().any(|(name, _)| *name == module);
        assert!(has("oauth", "shard.mjs") && !has("bearer", "shard.mjs"));
        assert!(has("resource", "jwt.mjs") && !has("bearer", "jwt.mjs"));
    }

    #[test]
    fn secrets_are_those_of_settings() {
        let data = r#"{ "bearer": [{ "token": { "secret": "A" }, "claims": { "x": { "secret": "no" } } }], "upstream": { "client_id": { "secret": "B" }, "client_secret": null, "issuer": { "var": "C" } } }"#;
        assert_eq!(secrets_of(data), ["A", "B"]);
        assert_eq!(secrets_of("nothing"), [""; 0]);
    }
}
