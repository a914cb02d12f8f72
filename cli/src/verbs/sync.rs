//! `mcp-gen sync`: a project after a change of its declaration.

mod by_hand;

use super::new::merge;
use crate::declaration::Declaration;
use crate::describe;
use crate::findings::{Findings, apart};
use crate::outcome::{Outcome, Status};
use crate::sql::{self, Extent};
use crate::write;
use anyhow::{Context, Result, bail};
use by_hand::ByHand;
use mcp_agent_codegen::emit::project::lock::LOCK;
use mcp_agent_codegen::emit::project::{
    self, AUTH_DATA, AUTH_FOLDER, DECLARATION, File, Files, Owner, PAGE, is_derived,
};
use mcp_agent_codegen::model::Agent;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Brings a project up to date with its declaration, and names the handlers that are still to write.
///
/// It writes entry.mjs and schema/mcp.schema.json whole, in wrangler.jsonc and package.json the few keys that follow from the declaration,
/// and appends new migrations to migrations.lock. With `[auth]` it also writes the modules in auth/, and appends the names of secrets to
/// .dev.vars.example; with `sync` of `[state]` it writes agent.d.ts, the types that pages go by. What mcp-gen wrote into auth/ or agent.d.ts and
/// is needed no more goes. Everything else is yours: it is not touched.
#[derive(clap::Args)]
pub struct Args {
    /// The project.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Writes nothing; names what is out of date, or still to write, and exits with 1 if there is any.
    #[arg(long)]
    check: bool,
    /// Writes migrations.lock anew, for migrations that were changed and never deployed.
    #[arg(long, conflicts_with = "check")]
    relock: bool,
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
    Removed,
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
    let mistakes = mistakes(args, &loaded.agent, &declaration)?;
    if !args.check && !mistakes.is_empty() {
        let notes = declaration.notes(&loaded, color);
        return Ok(mistakes.outcome(notes, color, ", so nothing was written"));
    }
    let changes = changes(args, &loaded.agent, &declaration)?;
    if !args.check {
        let (gone, written): (Vec<_>, Vec<_>) = changes
            .iter()
            .partition(|change| matches!(change.what, What::Removed));
        let files = written
            .iter()
            .map(|change| (change.path.as_str(), change.bytes.as_slice()));
        let gone: Vec<_> = gone.iter().map(|change| change.path.as_str()).collect();
        write::all(dir, &files.collect(), &gone)?;
    }
    let by_hand = ByHand::find(dir, &loaded.agent)?;

    let (mut findings, mut diagnostics) = declaration.notes(&loaded, color);
    if !mistakes.is_empty() {
        findings = apart(findings) + &mistakes.describe(color, "");
        diagnostics = mistakes.to_json(diagnostics);
    }
    let mut text = String::new();
    for change in &changes {
        let lines = if args.check { &mut findings } else { &mut text };
        lines.push_str(&change.line(args.check));
    }
    findings.push_str(&by_hand.describe());
    let current = changes.is_empty() && !by_hand.is_needed() && mistakes.is_empty();
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

/// What is wrong with the SQL of the project. A handler with a wrong statement does not keep the rest from being brought up to date.
fn mistakes(args: &Args, agent: &Agent, declaration: &Declaration) -> Result<Findings> {
    let mut found = Findings::default();
    if !args.relock {
        found.extend(sql::check_lock(declaration, agent)?);
    }
    let extent = if args.check {
        Extent::Code
    } else {
        Extent::Declared
    };
    found.extend(sql::check(declaration, agent, extent)?);
    Ok(found)
}

/// The files of a project that are there and not what the declaration makes of them, each in a line.
pub fn stale(dir: &Path, agent: &Agent, declaration: &Declaration) -> Result<Vec<String>> {
    let args = Args {
        dir: dir.to_owned(),
        check: true,
        relock: false,
    };
    let changes = changes(&args, agent, declaration)?;
    let there = changes
        .iter()
        .filter(|it| !matches!(it.what, What::Created));
    let line = |it: &Change| {
        let line = it.line(true);
        format!("{}: run `mcp-gen sync`", line.trim_end())
    };
    Ok(there.map(line).collect())
}

/// The files of a project that are not what the declaration makes of them.
fn changes(args: &Args, agent: &Agent, declaration: &Declaration) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let former = fs::read_to_string(args.dir.join(AUTH_DATA)).unwrap_or_default();
    let mut lasting = project::lasting(agent, declaration.declared());
    if args.relock && args.dir.join(LOCK).exists() {
        // Without migrations, what is left of a lock is emptied.
        lasting.entry(LOCK.to_owned()).or_insert(File {
            bytes: Vec::new(),
            owner: Owner::Merged,
        });
    }
    changes.extend(obsolete(&args.dir, &lasting)?);
    for (path, file) in lasting {
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
        let is_anew = args.relock && path == LOCK;
        if file.owner == Owner::Merged && !is_anew {
            let merged = merge(&path, present, agent, declaration, &former)
                .with_context(|| format!("cannot bring `{}` up to date", target.display()))?;
            if !merged.keys.is_empty() {
                changes.push(Change {
                    path,
                    bytes: merged.text.into_bytes(),
                    what: What::Keys(merged.keys),
                });
            }
        } else if !is_same_text(&present, &file.bytes) {
            if !is_anew && !is_derived(&present) {
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

/// What `mcp-gen` wrote and the declaration needs no more.
fn obsolete(dir: &Path, lasting: &Files) -> Result<Vec<Change>> {
    let mut found = obsolete_auth(dir, lasting)?;
    let page = fs::read(dir.join(PAGE)).unwrap_or_default();
    if !lasting.contains_key(PAGE) && is_derived(&page) {
        found.push(removed(PAGE.to_owned()));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The same of the folder of auth.
fn obsolete_auth(dir: &Path, lasting: &Files) -> Result<Vec<Change>> {
    let folder = dir.join(AUTH_FOLDER);
    let mut found = Vec::new();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", folder.display()));
        }
    };
    for entry in entries {
        let entry = entry?;
        let path = format!("{AUTH_FOLDER}{}", entry.file_name().to_string_lossy());
        let is_ours = || Ok::<_, std::io::Error>(is_derived(&fs::read(entry.path())?));
        if entry.file_type()?.is_file() && !lasting.contains_key(&path) && is_ours()? {
            found.push(removed(path));
        }
    }
    Ok(found)
}

fn removed(path: String) -> Change {
    Change {
        path,
        bytes: Vec::new(),
        what: What::Removed,
    }
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
            (What::Removed, false) => format!("removed {}\n", self.path),
            (What::Removed, true) => format!("{} is no longer needed\n", self.path),
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
            What::Removed => json!({ "path": self.path, "action": "remove" }),
            What::Rewritten => json!({ "path": self.path, "action": "rewrite" }),
            What::Keys(keys) => json!({ "path": self.path, "action": "merge", "keys": keys }),
        }
    }
}
