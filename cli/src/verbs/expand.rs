//! `mcp-gen expand`: what the attribute makes of an agent.

use super::count;
use crate::outcome::{Outcome, Status};
use crate::sources;
use anyhow::{Context, Result, bail};
use mcp_agent_codegen::expand::{self, Expansion, Mistake};
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

/// What came of all files.
#[derive(Default)]
struct Gathered {
    text: String,
    findings: String,
    expansions: Vec<Value>,
    diagnostics: Vec<Value>,
    tools: Vec<String>,
    /// Whether the attribute is anywhere.
    found: bool,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    let mut files = Vec::new();
    for path in &args.paths {
        read(path, &mut files)?;
    }
    let mut all = Gathered::default();
    for file in &files {
        let source = Source {
            name: &file.shown,
            // A mark at the beginning is no part of the code, and its places are counted without.
            text: file.text.trim_start_matches('\u{feff}'),
        };
        match expand::file(source.text, &Folder(&file.folder), args.tool.as_deref()) {
            Ok(items) => {
                for it in items {
                    all.item(it, source, args.tool.as_ref(), color);
                }
            }
            Err(mistake) => all.mistakes(&[mistake], source, color),
        }
    }
    let status = if all.diagnostics.is_empty() {
        complain(args, &all)?;
        Status::Ok
    } else {
        let mistakes = count(all.diagnostics.len(), "mistake");
        all.findings.push_str(&format!("{mistakes}\n"));
        Status::Findings
    };
    let data = json!({ "diagnostics": all.diagnostics, "expansions": all.expansions });
    Ok(Outcome::new(status, all.text, data).with_findings(all.findings))
}

impl Gathered {
    fn item(&mut self, it: Expansion, source: Source<'_>, tool: Option<&String>, color: bool) {
        self.found = true;
        let is_wanted = tool.is_none_or(|tool| it.tools.contains(tool));
        self.tools.extend(it.tools);
        let (item, line, file) = (it.item, it.line, source.name);
        match it.result {
            Err(mistakes) => self.mistakes(&mistakes, source, color),
            Ok(code) if is_wanted => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.text
                    .push_str(&format!("// {file}:{line}: {item}\n{code}"));
                let expansion = json!({ "file": file, "line": line, "item": item, "text": code });
                self.expansions.push(expansion);
            }
            Ok(_) => {}
        }
    }

    fn mistakes(&mut self, mistakes: &[Mistake], source: Source<'_>, color: bool) {
        for it in mistakes {
            self.findings.push_str(&it.render(source, color));
            self.findings.push('\n');
            self.diagnostics.push(it.to_json(source));
        }
    }
}

/// Says why there is nothing to print, where nothing is wrong.
fn complain(args: &Args, all: &Gathered) -> Result<()> {
    if !all.found {
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
    if let Some(tool) = args.tool.as_ref().filter(|_| all.expansions.is_empty()) {
        let tools: Vec<_> = all.tools.iter().map(|it| format!("`{it}`")).collect();
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
