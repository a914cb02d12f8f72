//! `mcp-gen check`: is the declaration valid, and does SQLite take what is said in SQL?

use super::count;
use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use crate::sql::{self, Extent};
use anyhow::Result;
use serde_json::json;
use std::path::PathBuf;

/// Says all that is wrong with a declaration, at once, and with the SQL of its project: migrations are run on a database that is thrown
/// away, and the statements that can be seen in Rust are prepared there.
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
    let (tools, resources, prompts) = (
        agent.tools.len(),
        agent.resources.len(),
        agent.prompts.len(),
    );
    let text = format!(
        "{}: ok: `{}` {} with {}, {}, {}\n",
        declaration.name,
        agent.server.name,
        agent.server.version,
        count(tools, "tool"),
        count(resources, "resource"),
        count(prompts, "prompt")
    );
    let (findings, diagnostics) = declaration.notes(&loaded, color);
    let data = json!({
        "diagnostics": diagnostics,
        "server": { "name": agent.server.name, "version": agent.server.version },
        "tools": tools,
        "resources": resources,
        "prompts": prompts,
    });
    Ok(Outcome::new(Status::Ok, text, data).with_findings(findings))
}
