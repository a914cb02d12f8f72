//! `mcp-gen auth`: what is declared of who may come in, and what is left to set up.

mod addresses;
mod items;
mod provider;
mod settings;

use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use anyhow::Result;
use mcp_agent_codegen::emit::project::title;
use mcp_agent_codegen::model::{Agent, Auth, AuthMode};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Prints how callers prove who they are, the addresses that clients and providers are told, what to set up and which secrets to put, and who
/// may use what. It prints no value of a secret, and asks nobody.
#[derive(clap::Args)]
pub struct Args {
    /// A declaration, or a folder with `mcp.toml` or a crate in it.
    #[arg(default_value = ".")]
    path: PathBuf,
}

/// A part of what is said: for people, and for machines under this name.
struct Part {
    name: &'static str,
    text: String,
    data: Value,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    let declaration = Declaration::read(&args.path)?;
    let loaded = match declaration.load(color, "") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let agent = &loaded.agent;
    let (findings, diagnostics) = declaration.notes(&loaded, color);
    let mut data = json!({ "diagnostics": diagnostics, "server": { "name": agent.server.name, "version": agent.server.version } });
    let text = match &agent.auth {
        None => {
            data["mode"] = json!("none");
            format!(
                "{} has no `[auth]`: whoever reaches the Worker may use all of it\n",
                who(agent)
            )
        }
        Some(auth) => {
            data["mode"] = json!(auth.mode.as_str());
            let mut text = format!(
                "{}: mode `{}`, {}\n",
                who(agent),
                auth.mode.as_str(),
                how(auth)
            );
            let project = declaration.project();
            let bases = addresses::Bases::of(agent, project);
            let parts = [
                Some(addresses::addresses(agent, auth, &bases)),
                provider::provider(agent, auth, &bases),
                Some(settings::settings(agent, project)),
            ];
            for part in parts.into_iter().flatten().chain(items::items(agent, auth)) {
                text.push('\n');
                text.push_str(&part.text);
                data[part.name] = part.data;
            }
            text
        }
    };
    Ok(Outcome::new(Status::Ok, text, data).with_findings(findings))
}

fn who(agent: &Agent) -> String {
    format!("`{}` {}", agent.server.name, agent.server.version)
}

/// The mode in words.
fn how(auth: &Auth) -> String {
    match &auth.mode {
        AuthMode::Bearer(_) => "callers have a token that was handed out".to_owned(),
        AuthMode::OAuth(oauth) => match oauth.upstream.provider.as_str() {
            "password" => "the Worker gives out tokens to who knows the password".to_owned(),
            provider => {
                // Of any provider of OpenID Connect, its address is the name.
                let issuer = oauth.upstream.issuer.as_deref();
                let with = match (provider, issuer) {
                    ("oidc", Some(issuer)) => issuer,
                    _ => title(provider),
                };
                format!("the Worker gives out tokens to who signs in with {with}")
            }
        },
        AuthMode::Resource(issuer) => format!("callers have a JWT of {}", issuer.issuer),
        AuthMode::Access { team, .. } => {
            format!("callers come through Cloudflare Access of the team `{team}`")
        }
    }
}

/// Lines of columns, indented; the last column is as wide as it is.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).filter_map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        format!("  {}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

/// Words in a list, as code.
fn list(names: &[String]) -> String {
    let names = names.iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}
