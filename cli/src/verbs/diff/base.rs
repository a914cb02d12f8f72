//! What is compared with.

use crate::contracts;
use crate::declaration::Declaration;
use crate::git::Revision;
use crate::{live, remote};
use anyhow::{Context, Result, anyhow, bail};
use mcp_agent_codegen::emit::project::DECLARATION;
use mcp_agent_codegen::{Source, load};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::listing::{self, Listed};
use mcp_agent_contract::lock::{self, LOCK};
use mcp_agent_contract::make::{self, Known};
use std::fs;
use std::path::Path;

/// What was asked for.
pub enum Wanted<'a> {
    /// What a server lists.
    Live(&'a str),
    /// A file, a folder or a revision.
    Named(&'a str),
    /// Where this branch left the main one.
    MergeBase,
}

/// What is compared with.
pub struct Base {
    /// What people call it.
    pub name: String,
    /// What was promised; `None` where there was no agent yet.
    pub contract: Option<Contract>,
    /// Whether it is all that can be seen from outside.
    pub is_live: bool,
}

/// Finds it.
pub fn find(declaration: &Declaration, wanted: Wanted<'_>) -> Result<Base> {
    let folder = declaration.folder.as_deref().unwrap_or(Path::new("."));
    match wanted {
        Wanted::Live(url) => from_live(url),
        Wanted::Named(name) if Path::new(name).exists() => Ok(Base {
            name: format!("`{name}`"),
            contract: Some(from_path(Path::new(name))?),
            is_live: false,
        }),
        Wanted::Named(name) => {
            let revision = Revision::named(folder, name)?;
            from_revision(declaration, &revision, format!("`{name}`"))
        }
        Wanted::MergeBase => {
            let (revision, main) = Revision::merge_base(folder)?;
            from_revision(declaration, &revision, format!("`{main}`"))
        }
    }
}

fn from_live(url: &str) -> Result<Base> {
    let listing = live::list(url, remote::token().as_deref())?;
    let listed = Listed {
        server: &listing.greeting.server,
        instructions: listing.greeting.instructions.as_deref(),
        tools: &listing.tools,
        resources: &listing.resources,
        templates: &listing.templates,
        prompts: &listing.prompts,
    };
    Ok(Base {
        name: format!("`{}`", live::shown(url, 200)),
        contract: Some(listing::contract(listed)),
        is_live: true,
    })
}

fn from_path(path: &Path) -> Result<Contract> {
    let lock = path.join(LOCK);
    if path.is_dir() && lock.is_file() {
        return from_path(&lock);
    }
    let is_declaration = path.is_dir() || path.extension().is_some_and(|it| it == "toml");
    if is_declaration {
        let declaration = Declaration::read(path)?;
        let loaded = declaration.load(false, "").map_err(|outcome| {
            anyhow!("what to compare with has mistakes\n{}", outcome.findings)
        })?;
        return Ok(contracts::contract(&declaration, &loaded));
    }
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    lock::read(&text).with_context(|| format!("cannot compare with `{}`", path.display()))
}

/// The lock of a revision; without one, the declaration that it had.
fn from_revision(declaration: &Declaration, revision: &Revision, name: String) -> Result<Base> {
    let contract = match revision.file(LOCK)? {
        Some(bytes) => {
            let text = String::from_utf8(bytes)
                .with_context(|| format!("`{LOCK}` of {name} is not UTF-8"))?;
            Some(
                lock::read(&text)
                    .with_context(|| format!("cannot compare with `{LOCK}` of {name}"))?,
            )
        }
        None => from_declaration(declaration, revision, &name)?,
    };
    Ok(Base {
        name,
        contract,
        is_live: false,
    })
}

fn from_declaration(
    declaration: &Declaration,
    revision: &Revision,
    name: &str,
) -> Result<Option<Contract>> {
    let file = if declaration.is_file {
        let file = Path::new(&declaration.name).file_name();
        file.and_then(|it| it.to_str()).unwrap_or(DECLARATION)
    } else {
        DECLARATION
    };
    let Some(bytes) = revision.file(file)? else {
        let is_crate = !declaration.is_file && revision.file("Cargo.toml")?.is_some();
        if is_crate {
            bail!(
                "there is no `{LOCK}` in {name}, and what a crate declares is known when it is compiled: commit the lock there first (`mcp-gen lock`)"
            );
        }
        return Ok(None);
    };
    let text =
        String::from_utf8(bytes).with_context(|| format!("`{file}` of {name} is not UTF-8"))?;
    let shown = format!("{file} of {name}");
    let source = Source {
        name: &shown,
        text: &text,
    };
    let loaded = load(source, revision).map_err(|report| {
        anyhow!(
            "there is no `{LOCK}` in {name}, and this mcp-gen does not take its declaration\n{}",
            report.render(source, false)
        )
    })?;
    Ok(Some(make::contract(&loaded.agent, Known::default())))
}
