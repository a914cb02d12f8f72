//! `mcp-gen sync`: a project after a change of its declaration.

mod by_hand;

use super::new::merge;
use crate::declaration::Declaration;
use crate::describe;
use crate::outcome::{Outcome, Status};
use crate::write;
use anyhow::{Context, Result, bail};
use by_hand::ByHand;
use mcp_agent_codegen::emit::project::{self, DECLARATION, Owner, is_derived};
use mcp_agent_codegen::model::Agent;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

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
    let dir = &args.dir;
    if !dir.join(DECLARATION).is_file() && !describe::is_crate(dir) {
        let dir = dir.display();
        bail!("there is no `{DECLARATION}` in `{dir}`; `mcp-gen new` makes a project");
    }
    let declaration = Declaration::read(dir)?;
    let loaded = match declaration.load(color, ", so nothing was written") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let changes = changes(args, &loaded.agent, &declaration)?;
    if !args.check {
        let files = changes
            .iter()
            .map(|change| (change.path.as_str(), change.bytes.as_slice()));
        write::all(dir, &files.collect())?;
    }
    let by_hand = ByHand::find(dir, &loaded.agent)?;

    let (mut findings, diagnostics) = declaration.notes(&loaded, color);
    let mut text = String::new();
    for change in &changes {
        let lines = if args.check { &mut findings } else { &mut text };
        lines.push_str(&change.line(args.check));
    }
    findings.push_str(&by_hand.describe());
    let current = changes.is_empty() && !by_hand.is_needed();
    if current {
        text.push_str("everything is up to date\n");
    } else if args.check && !changes.is_empty() {
        findings.push_str("run `mcp-gen sync`\n");
    }
    let changes: Vec<Value> = changes.iter().map(Change::to_json).collect();
    let mut data = json!({ "written": !args.check, "changes": changes });
    for (name, value) in by_hand.to_json() {
        data[name] = value;
    }
    data["diagnostics"] = diagnostics;
    // After a run that writes, what is left is for people, who have been told.
    let status = if args.check && !current {
        Status::Findings
    } else {
        Status::Ok
    };
    Ok(Outcome::new(status, text, data).with_findings(findings))
}

/// The files of a project that are not what the declaration makes of them.
fn changes(args: &Args, agent: &Agent, declaration: &Declaration) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (path, file) in project::lasting(agent, declaration.declared()) {
        let target = args.dir.join(&path);
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
            let merged = merge(&path, present, agent, declaration)
                .with_context(|| format!("cannot bring `{}` up to date", target.display()))?;
            if !merged.keys.is_empty() {
                changes.push(Change {
                    path,
                    bytes: merged.text.into_bytes(),
                    what: What::Keys(merged.keys),
                });
            }
        } else if !is_same_text(&present, &file.bytes) {
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

/// Whether they are equal but for line ends, which git may have changed on the way.
fn is_same_text(present: &[u8], ours: &[u8]) -> bool {
    let present = String::from_utf8_lossy(present);
    present.replace("\r\n", "\n").as_bytes() == ours
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
