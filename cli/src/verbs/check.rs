//! `mcp-gen check`: is the declaration valid, does SQLite take what is said in SQL, do real clients take it, and are the files that follow from it current?

use super::{count, lock, sync};
use crate::contracts;
use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use crate::sql::{self, Extent};
use anyhow::Result;
use mcp_agent_codegen::Loaded;
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::lint::estimate;
use mcp_agent_contract::render::{self, Place};
use mcp_agent_contract::review::{self, Weighed};
use mcp_agent_contract::rule::Severity;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Says all that is wrong with a declaration, at once, and with the SQL of its project: migrations are run on a database that is thrown
/// away, and the statements that can be seen in Rust are prepared there.
///
/// It also says what real clients do not take, and which files of the project no longer follow from the declaration: mcp.lock and what
/// `mcp-gen sync` writes.
#[derive(clap::Args)]
pub struct Args {
    /// A declaration, or a folder with `mcp.toml` in it.
    #[arg(default_value = ".")]
    path: PathBuf,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    let declaration = Declaration::read(&args.path)?;
    let loaded = match declaration.load(color, "") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let agent = &loaded.agent;
    let mut found = sql::check_lock(&declaration, agent)?;
    found.extend(sql::check(&declaration, agent, Extent::Code)?);
    if !found.is_empty() {
        return Ok(found.outcome(declaration.notes(&loaded, color), color, ""));
    }
    let contract = contracts::contract(&declaration, &loaded);
    let linted = lint(&declaration, &loaded, &contract);
    let stale = stale(&declaration, &loaded, &contract)?;
    let (mut findings, diagnostics) = declaration.notes(&loaded, color);
    findings.push_str(&render::findings(&linted, color));
    for line in &stale {
        findings.push_str(&format!("{line}\n"));
    }
    let fails = linted.iter().any(|(it, _)| it.severity == Severity::Error);
    let status = if fails || !stale.is_empty() {
        Status::Findings
    } else {
        Status::Ok
    };
    let (tools, resources, prompts) = (
        agent.tools.len(),
        agent.resources.len(),
        agent.prompts.len(),
    );
    let tokens = estimate(&contract);
    let text = match status {
        Status::Ok => format!(
            "{}: ok: `{}` {} with {}, {}, {}\n",
            declaration.name,
            agent.server.name,
            agent.server.version,
            count(tools, "tool"),
            count(resources, "resource"),
            count(prompts, "prompt")
        ),
        _ => String::new(),
    };
    let lints: Vec<Value> = linted
        .iter()
        .map(|(it, place)| render::finding(it, place.as_ref()))
        .collect();
    let data = json!({
        "diagnostics": diagnostics,
        "findings": lints,
        "stale": stale,
        "server": { "name": agent.server.name, "version": agent.server.version },
        "tools": tools,
        "resources": resources,
        "prompts": prompts,
        "tokens": tokens,
    });
    Ok(Outcome::new(status, text, data).with_findings(findings))
}

fn lint(
    declaration: &Declaration,
    loaded: &Loaded,
    contract: &Contract,
) -> Vec<(Weighed, Option<Place>)> {
    let found = review::check(contract, &loaded.agent.review);
    let places = contracts::places(declaration, loaded, &found);
    found.into_iter().zip(places).collect()
}

/// What is there of the project and does not follow from the declaration any more. What is not there is not missed: not everybody wants all of it.
fn stale(declaration: &Declaration, loaded: &Loaded, contract: &Contract) -> Result<Vec<String>> {
    let Some(folder) = declaration.project() else {
        return Ok(Vec::new());
    };
    let mut stale = sync::stale(folder, &loaded.agent, declaration)?;
    let state = lock::state(declaration, contract)?;
    if state == lock::State::Stale {
        stale.push(format!(
            "{} {}",
            declaration.beside(lock::FILE),
            state.advice()
        ));
    }
    Ok(stale)
}
