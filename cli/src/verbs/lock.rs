//! `mcp-gen lock`: what an agent promises, in a file that git compares line by line.

use crate::contracts;
use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use crate::write;
use anyhow::{Context, Result};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::lock;
pub use mcp_agent_contract::lock::LOCK as FILE;
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// Writes mcp.lock: all that the agent promises to clients, one fact a line. It is to be committed: `mcp-gen diff` compares with it.
#[derive(clap::Args)]
pub struct Args {
    /// A declaration, or a folder with `mcp.toml` or a crate in it.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Writes nothing; says whether it is current, and exits with 1 if it is not.
    #[arg(long)]
    check: bool,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    let declaration = Declaration::read(&args.path)?;
    let loaded = match declaration.load(color, ", so nothing was written") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let contract = contracts::contract(&declaration, &loaded);
    let shown = declaration.beside(FILE);
    let state = state(&declaration, &contract)?;
    let data = json!({ "file": shown, "current": state == State::Current });
    match state {
        State::Current => {
            let text = format!("{shown} is up to date\n");
            Ok(Outcome::new(Status::Ok, text, data))
        }
        _ if args.check => {
            let findings = format!("{shown} {}\n", state.advice());
            Ok(Outcome::new(Status::Findings, "", data).with_findings(findings))
        }
        _ => {
            let folder = declaration
                .folder
                .clone()
                .context("the declaration has a folder")?;
            let text = lock::write(&contract);
            write::all(&folder, &vec![(FILE, text.as_bytes())], &[])?;
            Ok(Outcome::new(Status::Ok, format!("wrote {shown}\n"), data))
        }
    }
}

/// How a lock stands to the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It says what the declaration says.
    Current,
    /// It says something else.
    Stale,
    /// There is none.
    Missing,
}

impl State {
    /// What is said of the file.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Current => "is up to date",
            Self::Stale => "is out of date: run `mcp-gen lock`, and commit it",
            Self::Missing => "is missing: run `mcp-gen lock`, and commit it",
        }
    }
}

/// How the lock beside a declaration stands to it.
pub fn state(declaration: &Declaration, contract: &Contract) -> Result<State> {
    let Some(folder) = &declaration.folder else {
        return Ok(State::Missing);
    };
    let path = folder.join(FILE);
    let present = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(State::Missing),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
        }
    };
    // Git may have changed the ends of lines on the way.
    let same = present.replace("\r\n", "\n") == lock::write(contract);
    Ok(if same { State::Current } else { State::Stale })
}
