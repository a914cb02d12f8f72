//! `mcp-gen expand`: what the attribute makes of an agent.

use super::count;
use crate::outcome::{Outcome, Status};
use crate::sources;
use anyhow::{Context, Result, bail};
use mcp_agent_codegen::expand::{self, Expansion};
use mcp_agent_codegen::{Files, Source};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Prints what `#[mcp_agent]` makes of an agent, formatted: that is what the compiler compiles.
#[derive(clap::Args)]
pub struct Args {
    /// Rust files, or folders of crates, whose files below src are looked through.
    #[arg(value_name = "FILE", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only this tool, as if the agent had no other item.
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
}

/// A file that may have the attribute, and the folder of its crate.
struct Code {
    shown: String,
    text: String,
    folder: PathBuf,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    let mut files = Vec::new();
    for path in &args.paths {
        read(path, &mut files)?;
    }
    let (mut text, mut findings) = (String::new(), String::new());
    let (mut expansions, mut diagnostics) = (Vec::new(), Vec::new());
    let (mut found, mut tools) = (false, Vec::new());
    for file in &files {
        let source = Source {
            name: &file.shown,
            text: &file.text,
        };
        let mut wrong = |mistakes: Vec<expand::Mistake>| {
            for it in mistakes {
                findings.push_str(&it.render(source, color));
                findings.push('\n');
                diagnostics.push(it.to_json(source));
            }
        };
        let items = match expand::file(&file.text, &Folder(&file.folder), args.tool.as_deref()) {
            Ok(items) => items,
            Err(mistake) => {
                wrong(vec![mistake]);
                continue;
            }
        };
        for it in items {
            found = true;
            let is_wanted = args
                .tool
                .as_ref()
                .is_none_or(|tool| it.tools.contains(tool));
            let Expansion {
                item, line, result, ..
            } = it;
            tools.extend(it.tools);
            match result {
                Err(mistakes) => wrong(mistakes),
                Ok(code) if is_wanted => {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text.push_str(&format!("// {}:{line}: {item}\n{code}", file.shown));
                    expansions.push(
                        json!({ "file": file.shown, "line": line, "item": item, "text": code }),
                    );
                }
                Ok(_) => {}
            }
        }
    }
    if diagnostics.is_empty() {
        complain(args, found, &tools, expansions.is_empty())?;
    } else {
        findings.push_str(&format!("{}\n", count(diagnostics.len(), "mistake")));
    }
    let status = if diagnostics.is_empty() {
        Status::Ok
    } else {
        Status::Findings
    };
    let data: Value = json!({ "diagnostics": diagnostics, "expansions": expansions });
    Ok(Outcome::new(status, text, data).with_findings(findings))
}

/// Says why there is nothing to print, where nothing is wrong.
fn complain(args: &Args, found: bool, tools: &[String], nothing: bool) -> Result<()> {
    if !found {
        let paths: Vec<_> = args
            .paths
            .iter()
            .map(|it| format!("`{}`", it.display()))
            .collect();
        bail!(
            "no `#[mcp_agent]` in {}: name the file, or the crate's folder, in whose src it is",
            paths.join(", ")
        );
    }
    if let Some(tool) = args.tool.as_ref().filter(|_| nothing) {
        let tools: Vec<_> = tools.iter().map(|it| format!("`{it}`")).collect();
        bail!(
            "there is no tool `{tool}`; the tools are {}",
            tools.join(", ")
        );
    }
    Ok(())
}

/// A file, or those of a crate that speak of the attribute.
fn read(path: &Path, files: &mut Vec<Code>) -> Result<()> {
    // The way to the file as it is shown: `./src/lib.rs` says no more than `src/lib.rs`.
    let shown = |path: &Path| path.strip_prefix(".").unwrap_or(path).display().to_string();
    if path.is_dir() {
        for (below, text) in sources::below(path)? {
            // Parsing is for what has the attribute.
            if text.contains("mcp_agent") {
                files.push(Code {
                    shown: shown(&path.join(below)),
                    text,
                    folder: path.to_owned(),
                });
            }
        }
        return Ok(());
    }
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let whole = std::path::absolute(path)?;
    let mut folders = whole.ancestors().skip(1);
    let of_crate = folders.find(|it| it.join("Cargo.toml").is_file());
    let folder = of_crate.or(whole.parent()).unwrap_or(Path::new("."));
    files.push(Code {
        shown: shown(path),
        text,
        folder: folder.to_owned(),
    });
    Ok(())
}

/// The folder that paths in attributes start from.
struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        })
    }
}
