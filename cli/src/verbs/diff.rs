//! `mcp-gen diff`: what a change of an agent breaks, before a client meets it.

mod base;

use crate::Format;
use crate::contracts;
use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use anyhow::Result;
use base::{Base, Wanted};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::render::{self, Told};
use mcp_agent_contract::review::review;
use mcp_agent_contract::{judge, listing};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Compares what an agent promises with what it promised, says what that breaks, whom, and what to do, and exits with 1 if something
/// breaks. `[review]` in the declaration says what counts and what is allowed.
///
/// With --live, compares with what a server lists now, made with whatever. If it wants an access token, that is in MCP_TOKEN.
#[derive(clap::Args)]
pub struct Args {
    /// What to compare with: a revision of git, an `mcp.lock`, an `mcp.toml`, or a folder with one. By default the commit where this
    /// branch left the main one.
    #[arg(conflicts_with = "live")]
    base: Option<String>,
    /// The URL of an MCP server, with its path: `https://my-agent.example.workers.dev/mcp`
    #[arg(long, value_name = "URL")]
    live: Option<String>,
    /// The declaration, or a folder with `mcp.toml` or a crate in it.
    #[arg(long, value_name = "PATH", default_value = ".")]
    project: PathBuf,
}

/// Runs the verb.
pub fn run(args: &Args, format: Format, color: bool) -> Result<Outcome> {
    let declaration = Declaration::read(&args.project)?;
    let loaded = match declaration.load(color, ", so nothing was compared") {
        // Of a declaration with mistakes, nobody can say what it promises.
        Err(outcome) => {
            return Ok(Outcome {
                status: Status::Failed,
                ..*outcome
            });
        }
        Ok(loaded) => loaded,
    };
    let agent = &loaded.agent;
    let wanted = match (&args.live, &args.base) {
        (Some(url), _) => Wanted::Live(url),
        (None, Some(name)) => Wanted::Named(name),
        (None, None) => Wanted::MergeBase,
    };
    let base = base::find(&declaration, wanted)?;
    let Some(before) = &base.contract else {
        let text = format!(
            "the agent is not in {} yet: there is nothing to compare with\n",
            base.name
        );
        let data = json!({ "base": base.name, "differs": null });
        return Ok(Outcome::new(Status::Ok, text, data));
    };
    // Of a server that is asked, only what it lists can be compared.
    let head = if base.is_live {
        listing::seen(agent, declaration.tools.as_deref().unwrap_or_default())
    } else {
        contracts::contract(&declaration, &loaded)
    };
    Ok(outcome(
        &declaration,
        &loaded,
        (&base, before),
        &head,
        format,
        color,
    ))
}

fn outcome(
    declaration: &Declaration,
    loaded: &mcp_agent_codegen::Loaded,
    (base, before): (&Base, &Contract),
    head: &Contract,
    format: Format,
    color: bool,
) -> Outcome {
    let mut policy = loaded.agent.review.clone();
    if base.is_live {
        // What only a declaration says cannot be seen there, and exceptions of it are no findings.
        let found = judge::compare(before, head).findings;
        policy
            .allow
            .retain(|allow| found.iter().any(|it| it.rule.id() == allow.rule));
    }
    let review = review(before, head, &policy);
    let told = Told {
        review: &review,
        base: base.name.clone(),
        name: head.server.name.clone(),
        places: contracts::places(declaration, loaded, &review.found),
    };
    let status = if review.fails() {
        Status::Findings
    } else {
        Status::Ok
    };
    let text = match format {
        Format::Human => render::human(&told, color),
        Format::Markdown => render::markdown(&told),
        Format::Github => render::github(&told),
        Format::Json => String::new(),
    };
    let data = match format {
        Format::Json => render::json(&told),
        _ => Value::Null,
    };
    Outcome::new(status, text, data)
}
