//! What SQLite says of a project: its migrations are run on a database that is thrown away, and the statements that can be seen are
//! prepared there.

mod literal;
mod query;
mod scratch;
mod seen;
mod source;

pub use source::configs;

use crate::declaration::Declaration;
use crate::findings::Findings;
use anyhow::{Context, Result};
use mcp_agent_codegen::diag::{Address, Code, Diagnostic};
use mcp_agent_codegen::emit::project::lock::{self, LOCK};
use mcp_agent_codegen::model::Agent;
use scratch::Scratch;
use std::fs;

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What the declaration says: migrations, and queries of resources.
    Declared,
    /// The crate's Rust code too.
    Code,
}

/// Says what is wrong. Where there are no migrations there is no SQLite either.
pub fn check(declaration: &Declaration, agent: &Agent, extent: Extent) -> Result<Findings> {
    let mut found = Findings::default();
    let migrations = agent.state.as_ref().map_or(&[][..], |it| &it.migrations);
    if migrations.is_empty() {
        return Ok(found);
    }
    let scratch = Scratch::new().context("cannot open a database in memory")?;
    for (at, migration) in migrations.iter().enumerate() {
        if let Err(wrong) = scratch.apply(&migration.text) {
            let address = Address::root().keys(["state", "migrations"]).index(at);
            let mut diagnostic = wrong.diagnostic(Code::FailedMigration, address);
            diagnostic.label("the migration fails here");
            let name = declaration.beside(&migration.path);
            found.add(name, &migration.text, vec![diagnostic]);
            // What comes after it may fail for want of it.
            return Ok(found);
        }
    }
    query::check(declaration, agent, &scratch, &mut found)?;
    if extent == Extent::Code {
        source::check(declaration, &scratch, &mut found)?;
    }
    Ok(found)
}

/// Says which migrations are not what the project's lock says of them.
pub fn check_lock(declaration: &Declaration, agent: &Agent) -> Result<Findings> {
    let mut found = Findings::default();
    let Some(folder) = declaration.project() else {
        return Ok(found);
    };
    let name = declaration.beside(LOCK);
    let text = match fs::read_to_string(folder.join(LOCK)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{name}`")),
    };
    let changed = lock::check(&text, agent);
    found.add(name, text, changed);
    Ok(found)
}

impl scratch::Wrong {
    /// As a mistake in the text that it was found in.
    fn diagnostic(self, code: Code, address: Address) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(code, address, self.message);
        diagnostic.span = Some(self.at);
        diagnostic.help = self.help;
        diagnostic
    }
}
