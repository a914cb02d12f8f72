//! The secrets and variables that the Worker needs: what each is, and where it is to be set.

use super::{Part, table};
use mcp_agent_codegen::emit::project::{Need, needs, set_names, set_public_url};
use mcp_agent_codegen::model::Agent;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Where they are set on one's own machine.
const LOCAL: &str = ".dev.vars";

/// Names, and whether they are set: a value of `.dev.vars` is never looked at twice.
pub(super) fn settings(agent: &Agent, project: Option<&Path>) -> Part {
    let read = |name: &str| project.and_then(|dir| fs::read_to_string(dir.join(name)).ok());
    let set = read(LOCAL).map(|text| set_names(&text)).unwrap_or_default();
    let has_url = read("wrangler.jsonc").is_some_and(|text| set_public_url(&text).is_some());
    let needed = needs(agent);
    let rows: Vec<Vec<String>> = needed
        .iter()
        .map(|need| {
            let kind = if need.is_secret { "secret" } else { "variable" };
            let state = if set.contains(&need.name) {
                "set"
            } else {
                "missing"
            };
            vec![
                need.name.clone(),
                kind.to_owned(),
                format!("{LOCAL}: {state}"),
                deployed(need),
                need.what.clone(),
            ]
        })
        .collect();
    let text = match rows.as_slice() {
        [] => "Settings: none\n".to_owned(),
        rows => format!("Settings\n{}", table(rows)),
    };
    let data = needed.iter().map(|need| {
        let is_public = need.name == mcp_agent_codegen::emit::project::PUBLIC_URL;
        json!({
            "name": need.name,
            "secret": need.is_secret,
            "what": need.what,
            "local": { "file": LOCAL, "set": set.contains(&need.name) },
            "deployed": { "how": deployed(need), "set": if is_public { json!(has_url) } else { Value::Null } },
        })
    });
    Part {
        name: "settings",
        text,
        data: data.collect(),
    }
}

/// How the deployed Worker gets it.
fn deployed(need: &Need) -> String {
    match need.is_secret {
        true => format!("npx wrangler secret put {}", need.name),
        false => "`vars` in wrangler.jsonc".to_owned(),
    }
}
