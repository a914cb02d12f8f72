//! `mcp-gen sync`: a project after a change of its declaration.

use super::new::merge;
use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use crate::write;
use anyhow::{Context, Result, bail};
use mcp_agent_codegen::emit::project::handlers::{self, Handlers};
use mcp_agent_codegen::emit::project::{self, DECLARATION, Owner, is_derived};
use mcp_agent_codegen::model::Agent;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Brings a project up to date with its declaration, and names the handlers that are still to write.
///
/// It writes entry.mjs and schema/mcp.schema.json whole, and in wrangler.jsonc and package.json the few keys that follow from the
/// declaration. Everything else is yours: it is not touched.
#[derive(clap::Args)]
pub struct Args {
    /// The project.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Writes nothing; names what is out of date, or still to write, and exits with 1 if there is any.
    #[arg(long)]
    check: bool,
}

/// The version of this binary, of the entry that it writes, and of the runtime that the entry calls.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A file that is out of date.
struct Change {
    path: String,
    bytes: Vec<u8>,
    /// What changes: `created`, `rewritten`, or the keys of a merge.
    what: What,
}

enum What {
    Created,
    Rewritten,
    Keys(Vec<String>),
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    if !args.dir.join(DECLARATION).is_file() {
        bail!(
            "there is no `{DECLARATION}` in `{}`; `mcp-gen new` makes a project",
            args.dir.display()
        );
    }
    let declaration = Declaration::read(&args.dir)?;
    let loaded = match declaration.load(color) {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let changes = changes(&args.dir, &loaded.agent)?;
    let handlers = handlers::compare(&loaded.agent, &sources(&args.dir)?);
    if !args.check {
        write::all(
            &args.dir,
            &changes
                .iter()
                .map(|change| (change.path.as_str(), change.bytes.as_slice()))
                .collect(),
        )?;
    }

    let stale_runtime = stale_runtime(&args.dir);
    let to_write = handlers
        .as_ref()
        .is_some_and(|handlers| !handlers.missing.is_empty() || !handlers.left_over.is_empty());
    let found = args.check && (to_write || stale_runtime.is_some() || !changes.is_empty());
    let (mut findings, diagnostics) = declaration.notes(&loaded, color);
    let mut text = String::new();
    for change in &changes {
        let line = change.line(args.check);
        if args.check {
            findings.push_str(&line)
        } else {
            text.push_str(&line)
        }
    }
    findings.push_str(&handlers.as_ref().map(describe).unwrap_or_default());
    if let Some(version) = &stale_runtime {
        findings.push_str(&format!(
            "Cargo.toml: `mcp-agent` is {version}, and the entry is that of {VERSION}: write `mcp-agent = \"={VERSION}\"`\n"
        ));
    }
    if changes.is_empty() && !to_write && stale_runtime.is_none() {
        text.push_str("everything is up to date\n");
    } else if args.check && !changes.is_empty() {
        findings.push_str("run `mcp-gen sync`\n");
    }
    let data = json!({
        "written": !args.check,
        "changes": changes.iter().map(Change::to_json).collect::<Vec<_>>(),
        "handlers": handlers.as_ref().map(handlers_json),
        "runtime": stale_runtime.map(|version| json!({ "found": version, "expected": VERSION })),
        "diagnostics": diagnostics,
    });
    let status = if found { Status::Findings } else { Status::Ok };
    Ok(Outcome::new(status, text, data).with_findings(findings))
}

/// The files of a project that are not what the declaration makes of them.
fn changes(dir: &Path, agent: &Agent) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (path, file) in project::lasting(agent) {
        let target = dir.join(&path);
        let present = match fs::read(&target) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                changes.push(Change {
                    path,
                    bytes: file.bytes,
                    what: What::Created,
                });
                continue;
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", target.display()));
            }
        };
        if file.owner == Owner::Merged {
            let merged = merge(&path, present, agent)
                .with_context(|| format!("cannot bring `{}` up to date", target.display()))?;
            if !merged.keys.is_empty() {
                changes.push(Change {
                    path,
                    bytes: merged.text.into_bytes(),
                    what: What::Keys(merged.keys),
                });
            }
        } else if present != file.bytes {
            if !is_derived(&present) {
                bail!(
                    "`{}` no longer says that mcp-gen wrote it, so it is not overwritten: move it away",
                    target.display()
                );
            }
            changes.push(Change {
                path,
                bytes: file.bytes,
                what: What::Rewritten,
            });
        }
    }
    Ok(changes)
}

impl Change {
    fn line(&self, check: bool) -> String {
        match (&self.what, check) {
            (What::Created, false) => format!("created {}\n", self.path),
            (What::Rewritten, false) => format!("wrote {}\n", self.path),
            (What::Keys(keys), false) => format!("merged {}: {}\n", self.path, keys.join(", ")),
            (What::Created, true) => format!("{} is missing\n", self.path),
            (What::Rewritten, true) => format!("{} is out of date\n", self.path),
            (What::Keys(keys), true) => {
                format!("{} is out of date: {}\n", self.path, keys.join(", "))
            }
        }
    }

    fn to_json(&self) -> Value {
        match &self.what {
            What::Created => json!({ "path": self.path, "action": "create" }),
            What::Rewritten => json!({ "path": self.path, "action": "rewrite" }),
            What::Keys(keys) => json!({ "path": self.path, "action": "merge", "keys": keys }),
        }
    }
}

/// The version of the runtime that the project asks for, if it is not the one whose entry this is.
fn stale_runtime(dir: &Path) -> Option<String> {
    let manifest = fs::read_to_string(dir.join("Cargo.toml")).ok()?;
    project::runtime_version(&manifest).filter(|version| version != VERSION)
}

/// The Rust files below `src`, `lib.rs` first.
fn sources(dir: &Path) -> Result<Vec<(String, String)>> {
    let mut paths = Vec::new();
    let mut folders = vec![dir.join("src")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort_by_key(|path| (!path.ends_with("src/lib.rs"), path.clone()));
    let read = |path: PathBuf| {
        let shown = path
            .strip_prefix(dir)
            .unwrap_or(&path)
            .display()
            .to_string();
        // What is not text is the compiler's to complain of.
        fs::read_to_string(&path).ok().map(|text| (shown, text))
    };
    Ok(paths.into_iter().filter_map(read).collect())
}

fn describe(handlers: &Handlers) -> String {
    let mut text = String::new();
    for stub in &handlers.missing {
        text.push_str(&format!(
            "{}: the handler `{}` is still to write:\n\n{}\n",
            handlers.file, stub.method, stub.text
        ));
    }
    for method in &handlers.left_over {
        text.push_str(&format!(
            "{}: nothing declares `{method}` any more: remove the handler, or declare it again\n",
            handlers.file
        ));
    }
    text
}

fn handlers_json(handlers: &Handlers) -> Value {
    let missing = handlers.missing.iter().map(
        |stub| json!({ "method": stub.method, "signature": stub.signature, "stub": stub.text }),
    );
    json!({ "file": handlers.file, "missing": missing.collect::<Vec<_>>(), "left_over": handlers.left_over })
}
