//! Scopes, roles, and who may use what.

use super::{Part, list, table};
use mcp_agent_codegen::model::{
    Agent, Auth, AuthMode, Input, Permission, Role, RoleTest, Scope, Tool,
};
use serde_json::{Value, json};

pub(super) fn items(agent: &Agent, auth: &Auth) -> Vec<Part> {
    let mut parts = Vec::new();
    if let AuthMode::Bearer(tokens) = &auth.mode {
        let rows: Vec<_> = tokens
            .iter()
            .map(|it| {
                let scopes = match it.scopes.as_slice() {
                    [] => "no scopes".to_owned(),
                    scopes => list(scopes),
                };
                vec![it.name.clone(), format!("is `{}`", it.subject), scopes]
            })
            .collect();
        let data = tokens
            .iter()
            .map(|it| json!({ "name": it.name, "subject": it.subject, "scopes": it.scopes }));
        parts.push(Part {
            name: "tokens",
            text: format!("Tokens\n{}", table(&rows)),
            data: data.collect(),
        });
    }
    if !auth.scopes.is_empty() {
        parts.push(scopes(auth));
    }
    if !auth.roles.is_empty() {
        parts.push(roles(auth));
    }
    parts.extend(state(agent));
    parts.push(permissions(agent, auth));
    parts
}

/// Whose the state is, where that is known by who asks.
fn state(agent: &Agent) -> Option<Part> {
    let (text, data) = match &agent.state.as_ref()?.scope {
        Scope::Server | Scope::Session => return None,
        Scope::User => ("one of each caller".to_owned(), json!({ "scope": "user" })),
        Scope::Tenant { claim } => (
            format!(
                "one of each value of claim `{}`; a caller without it has none",
                claim.join(".")
            ),
            json!({ "scope": "tenant", "claim": claim }),
        ),
    };
    Some(Part {
        name: "state",
        text: format!("State\n{}", table(&[vec![text]])),
        data,
    })
}

fn scopes(auth: &Auth) -> Part {
    let is_required = |name: &String| auth.required.contains(name);
    let row = |(name, words): &(String, String)| {
        let needed = if is_required(name) {
            "needed by everybody"
        } else {
            ""
        };
        vec![name.clone(), words.clone(), needed.to_owned()]
    };
    let data = auth.scopes.iter().map(
        |(name, words)| json!({ "name": name, "description": words, "required": is_required(name) }),
    );
    Part {
        name: "scopes",
        text: format!(
            "Scopes\n{}",
            table(&auth.scopes.iter().map(row).collect::<Vec<_>>())
        ),
        data: data.collect(),
    }
}

fn roles(auth: &Auth) -> Part {
    let test = |role: &Role| match &role.test {
        RoleTest::Equals(value) => ("equals", value.clone()),
        RoleTest::Contains(value) => ("contains", value.clone()),
    };
    let row = |role: &Role| {
        let (word, value) = test(role);
        let claim = role.claim.join(".");
        vec![
            role.name.clone(),
            format!("claim `{claim}` {word} `{value}`"),
        ]
    };
    let data = auth.roles.iter().map(|role| {
        let (word, value) = test(role);
        let mut data = json!({ "name": role.name, "claim": role.claim });
        data[word] = json!(value);
        data
    });
    Part {
        name: "roles",
        text: format!(
            "Roles\n{}",
            table(&auth.roles.iter().map(row).collect::<Vec<_>>())
        ),
        data: data.collect(),
    }
}

/// An item: of what kind, its name, who may use it, and which arguments are claims.
type Item<'a> = (
    &'static str,
    &'a str,
    &'a Permission,
    Vec<(&'a str, String)>,
);

fn permissions(agent: &Agent, auth: &Auth) -> Part {
    let tools = agent.tools.iter();
    let tools = tools.map(|it| ("tool", it.name.as_str(), &it.permission, bound(it)));
    let resources = agent.resources.iter();
    let resources = resources.map(|it| ("resource", it.uri.as_str(), &it.permission, Vec::new()));
    let prompts = agent.prompts.iter();
    let prompts = prompts.map(|it| ("prompt", it.name.as_str(), &it.permission, Vec::new()));
    let items: Vec<Item<'_>> = tools.chain(resources).chain(prompts).collect();
    let default = if auth.deny { "deny" } else { "allow" };
    let listing = if auth.filter { "filter" } else { "show" };
    let rows: Vec<_> = items
        .iter()
        .map(|(kind, name, permission, bound)| {
            let bound = bound.iter();
            let bound = bound.map(|(name, claim)| format!(", `{name}` is claim `{claim}`"));
            let words = words(permission) + &bound.collect::<String>();
            vec![(*kind).to_owned(), (*name).to_owned(), words]
        })
        .collect();
    let items: Vec<Value> = items.iter().map(item).collect();
    Part {
        name: "permissions",
        text: format!(
            "Who may use what (without `requires`: {default}; lists: {listing})\n{}",
            table(&rows)
        ),
        data: json!({ "default": default, "list": listing, "items": items }),
    }
}

fn words(permission: &Permission) -> String {
    match permission {
        Permission::Anyone => "whoever came in".to_owned(),
        Permission::Nobody => "nobody".to_owned(),
        Permission::Only { scopes, roles } => {
            let named = |word: &str, names: &[String]| match names {
                [] => None,
                [_] => Some(format!("{word} {}", list(names))),
                _ => Some(format!("{word}s {}", list(names))),
            };
            let needed: Vec<_> = [named("scope", scopes), named("role", roles)]
                .into_iter()
                .flatten()
                .collect();
            match needed.is_empty() {
                true => "whoever came in".to_owned(),
                false => needed.join(" and "),
            }
        }
    }
}

fn item((kind, name, permission, bound): &Item<'_>) -> Value {
    let (who, scopes, roles): (_, &[String], &[String]) = match permission {
        Permission::Nobody => ("nobody", &[], &[]),
        Permission::Only { scopes, roles } if !(scopes.is_empty() && roles.is_empty()) => {
            ("some", scopes, roles)
        }
        Permission::Anyone | Permission::Only { .. } => ("anyone", &[], &[]),
    };
    let bound = bound
        .iter()
        .map(|(name, claim)| ((*name).to_owned(), json!(claim)));
    json!({ "kind": kind, "name": name, "who": who, "scopes": scopes, "roles": roles, "from": Value::Object(bound.collect()) })
}

/// The arguments that are claims, with the way to each.
fn bound(tool: &Tool) -> Vec<(&str, String)> {
    let fields = match &tool.input {
        Input::Fields(fields) => fields.as_slice(),
        Input::Schema { .. } => &[],
    };
    let bound = fields.iter();
    bound
        .filter_map(|it| Some((it.name.as_str(), it.bound.as_ref()?.join("."))))
        .collect()
}
