//! `mcp-gen new`: a project out of a declaration.

use crate::contracts;
use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use crate::sql::{self, Extent};
use crate::{runtime, write};
use anyhow::{Context, Result, bail};
use mcp_agent_codegen::emit::project::{
    self, DECLARATION, File, Files, Options, Owner, is_derived,
};
use mcp_agent_codegen::emit::rust;
use mcp_agent_codegen::expand;
use mcp_agent_codegen::model::Agent;
use mcp_agent_codegen::name;
use mcp_agent_contract::lock::{self, LOCK};
use mcp_agent_templates::{self as templates, TEMPLATES};
use serde_json::{Value, json};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Makes a project: what you write afterwards is the bodies of its handlers.
#[derive(clap::Args)]
pub struct Args {
    /// The folder, which is made.
    dir: PathBuf,
    /// A declaration; the files that it names are copied from beside it.
    #[arg(long, value_name = "FILE", conflicts_with = "template")]
    from: Option<PathBuf>,
    /// A template: `counter` (state, tools, resources and a prompt, with handlers), `empty` (one tool to write), or `attribute` (the
    /// counter, declared in Rust instead of mcp.toml).
    #[arg(long, value_name = "NAME", default_value = TEMPLATES[0].name, value_parser = TEMPLATES.map(|template| template.name))]
    template: String,
    /// The crate `mcp-agent`: a folder, or a version of the registry. By default the checkout that built this mcp-gen, if it is still
    /// there, and its own version otherwise.
    #[arg(long, value_name = "PATH|VERSION")]
    runtime: Option<String>,
    /// Allows a folder that is not empty. Files that are there stay as they are; into wrangler.jsonc and package.json goes what is
    /// missing.
    #[arg(long)]
    force: bool,
}

/// What becomes of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Created,
    Merged,
    Kept,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Merged => "merged",
            Self::Kept => "kept",
        }
    }
}

/// A file of the project, and what becomes of it.
struct Planned {
    path: String,
    bytes: Vec<u8>,
    owner: Owner,
    action: Action,
}

impl Planned {
    fn to_json(&self) -> Value {
        json!({ "path": self.path, "owner": self.owner.as_str(), "action": self.action.as_str() })
    }
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    refuse_full_folder(&args.dir, args.force)?;
    let Start {
        declaration,
        library,
        agent: owner,
    } = start(args)?;
    let loaded = match declaration.load(color, ", so nothing was written") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let agent = &loaded.agent;
    let mistakes = sql::check(&declaration, agent, Extent::Declared)?;
    if !mistakes.is_empty() {
        let notes = declaration.notes(&loaded, color);
        return Ok(mistakes.outcome(notes, color, ", so nothing was written"));
    }
    let library = library.unwrap_or_else(|| rust::stubs(agent));
    let owner = owner.unwrap_or_else(|| rust::struct_name(agent));
    let runtime = runtime::resolve(args.runtime.as_deref(), &args.dir)?;
    let options = Options {
        runtime,
        declared: declaration.declared(),
        agent: &owner,
        library: &library,
        named: &loaded.files,
    };
    let mut files = project::files(agent, &options);
    copy_declared(&mut files, &declaration, &loaded.files)?;
    // What Rust declares is known when it is compiled, and `mcp-gen lock` writes it then.
    if declaration.is_file {
        let contract = contracts::contract(&declaration, &loaded);
        files.insert(
            LOCK.to_owned(),
            File {
                bytes: lock::write(&contract).into_bytes(),
                owner: Owner::Once,
            },
        );
    }
    let planned = plan(&args.dir, files, &declaration, agent)?;

    let changes = planned.iter().filter(|file| file.action != Action::Kept);
    let changes = changes.map(|file| (file.path.as_str(), file.bytes.as_slice()));
    write::all(&args.dir, &changes.collect(), &[])?;

    let next = next_commands(&args.dir);
    let (findings, diagnostics) = declaration.notes(&loaded, color);
    let data = json!({
        "directory": args.dir.display().to_string(),
        "files": planned.iter().map(Planned::to_json).collect::<Vec<_>>(),
        "next": next,
        "diagnostics": diagnostics,
    });
    let mut text = format!("made `{}` in {}\n", agent.server.name, args.dir.display());
    for file in planned.iter().filter(|file| file.action != Action::Created) {
        text.push_str(&format!("  {} {}\n", file.action.as_str(), file.path));
    }
    text.push_str(advice(&args.dir));
    text.push_str("\nnext:\n");
    for command in &next {
        text.push_str(&format!("  {command}\n"));
    }
    Ok(Outcome::new(Status::Ok, text, data).with_findings(findings))
}

/// What a manifest that was there before us lacks.
fn advice(dir: &Path) -> &'static str {
    let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
    if manifest.contains("mcp-agent") {
        ""
    } else {
        "  Cargo.toml must depend on `mcp-agent` and have `crate-type = [\"cdylib\", \"rlib\"]` under [lib]\n"
    }
}

/// A folder with a repository in it and nothing else is as good as an empty one.
fn refuse_full_folder(dir: &Path, force: bool) -> Result<()> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot use `{}`", dir.display())),
    };
    for entry in entries {
        if entry?.file_name() != ".git" && !force {
            bail!(
                "`{}` is not empty; with `--force` what is in it stays as it is, and what is missing is added",
                dir.display()
            );
        }
    }
    Ok(())
}

/// What a project starts from.
struct Start {
    declaration: Declaration,
    /// `src/lib.rs`, where it is there already.
    library: Option<String>,
    /// The agent's type, where `src/lib.rs` says it.
    agent: Option<String>,
}

/// What to start from: a file, or a template.
fn start(args: &Args) -> Result<Start> {
    if let Some(file) = &args.from {
        return Ok(Start {
            declaration: Declaration::read(file)?,
            library: None,
            agent: None,
        });
    }
    let template = TEMPLATES
        .iter()
        .find(|template| template.name == args.template)
        .context("no such template")?;
    let name = agent_name(&args.dir);
    let of_template = |name: &str, text, is_file| Declaration {
        problems: Vec::new(),
        tools: None,
        state: None,
        is_file,
        name: name.to_owned(),
        text,
        folder: None,
    };
    match template.start {
        templates::Start::File {
            declaration,
            handlers,
        } => {
            // A declaration has no holes of ours but this one: those of its prompts are names of other things.
            let text = declaration.replace("\"{{ name }}\"", &format!("\"{name}\""));
            Ok(Start {
                declaration: of_template(DECLARATION, text, true),
                library: handlers.map(str::to_owned),
                agent: None,
            })
        }
        templates::Start::Rust {
            library,
            name: its_name,
        } => {
            let library = library.replace(&format!("\"{its_name}\""), &format!("\"{name}\""));
            let declared =
                expand::declaration(&library).context("the template declares nothing")?;
            if args.dir.join(DECLARATION).exists() {
                bail!(
                    "`{}` declares an agent already: start from it with `--from {}`",
                    args.dir.join(DECLARATION).display(),
                    args.dir.join(DECLARATION).display()
                );
            }
            Ok(Start {
                declaration: of_template("src/lib.rs", declared.text, false),
                library: Some(library),
                agent: Some(declared.agent),
            })
        }
    }
}

/// A server's name out of the folder's.
fn agent_name(dir: &Path) -> String {
    let last = std::path::absolute(dir)
        .ok()
        .and_then(|dir| Some(dir.file_name()?.to_string_lossy().into_owned()));
    let name = name::snake(&last.unwrap_or_default()).replace('_', "-");
    let name: String = name
        .trim_start_matches(|c: char| !c.is_ascii_lowercase())
        .chars()
        .take(40)
        .collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        "my-agent".to_owned()
    } else {
        name.to_owned()
    }
}

/// The files that a declaration names come along. One at the place of a file of ours is the user's: theirs stays, if it may.
fn copy_declared(files: &mut Files, declaration: &Declaration, named: &[String]) -> Result<()> {
    for path in named {
        let place: PathBuf = Path::new(path)
            .components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .collect();
        let place = place.to_str().unwrap_or(path).replace('\\', "/");
        let vital = [DECLARATION, "Cargo.toml", "src/lib.rs"].contains(&place.as_str());
        if vital
            || is_for_tools(&place)
            || files
                .get(&place)
                .is_some_and(|file| file.owner != Owner::Once)
        {
            bail!(
                "the declaration names the file `{path}`, which the project needs for itself: rename it"
            );
        }
        let bytes = mcp_agent_codegen::Files::read(declaration, path)
            .map_err(|error| anyhow::anyhow!("cannot read `{path}`: {error}"))?;
        files.insert(
            place,
            File {
                bytes,
                owner: Owner::Once,
            },
        );
    }
    Ok(())
}

/// Places where a tool looks for what it runs, or writes what it makes: a declaration from elsewhere must not put a build script, or a
/// setting that names a program, into a project, and a build must not delete what it declares.
fn is_for_tools(place: &str) -> bool {
    let first = place.split('/').next().unwrap_or_default();
    first.starts_with('.')
        || [
            "build",
            "build.rs",
            "cargo.lock",
            "node_modules",
            "package-lock.json",
            "rust-toolchain",
            "rust-toolchain.toml",
            "target",
            "test",
        ]
        .contains(&first.to_ascii_lowercase().as_str())
}

/// What becomes of each file, given what is there. Nothing that we did not write is overwritten.
fn plan(
    dir: &Path,
    files: Files,
    declaration: &Declaration,
    agent: &Agent,
) -> Result<Vec<Planned>> {
    let mut planned = Vec::new();
    for (path, mut file) in files {
        let target = dir.join(&path);
        let present = match fs::read(&target) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", target.display()));
            }
        };
        let action = match (present, file.owner) {
            (None, _) => Action::Created,
            (Some(present), _) if present == file.bytes => Action::Kept,
            (Some(present), Owner::Once) => {
                // Another declaration's project is not this one.
                if path == DECLARATION && present != declaration.text.as_bytes() {
                    bail!(
                        "`{}` is another declaration: start from it with `--from {}`",
                        target.display(),
                        target.display()
                    );
                }
                Action::Kept
            }
            (Some(present), Owner::Derived) => {
                if !is_derived(&present) {
                    bail!(
                        "`{}` is not a file that mcp-gen wrote: move it away",
                        target.display()
                    );
                }
                Action::Merged
            }
            (Some(present), Owner::Merged) => {
                let merged = merge(&path, present, agent, declaration, "")
                    .with_context(|| format!("cannot read `{}`", target.display()))?;
                file.bytes = merged.text.into_bytes();
                if merged.keys.is_empty() {
                    Action::Kept
                } else {
                    Action::Merged
                }
            }
        };
        planned.push(Planned {
            path,
            bytes: file.bytes,
            owner: file.owner,
            action,
        });
    }
    Ok(planned)
}

/// Brings the text of a user's file up to date by the keys that are ours. `former` is the `auth/declared.json` of before.
pub fn merge(
    path: &str,
    present: Vec<u8>,
    agent: &Agent,
    declaration: &Declaration,
    former: &str,
) -> Result<project::Merged> {
    let text = String::from_utf8(present).context("it is not UTF-8")?;
    let declared = declaration.declared();
    Ok(project::merge_after(path, &text, agent, declared, former)?)
}

/// What to run next: three commands that can be pasted.
fn next_commands(dir: &Path) -> [String; 3] {
    let here = dir.components().all(|part| part == Component::CurDir);
    if here {
        return [
            "npm install".to_owned(),
            "npm test".to_owned(),
            "npm run dev".to_owned(),
        ];
    }
    let dir = dir.display().to_string();
    let plain = dir
        .chars()
        .all(|c| c.is_alphanumeric() || "-_./\\:~".contains(c))
        && !dir.starts_with(['-', '~']);
    let dir = if plain {
        dir
    } else {
        format!("'{}'", dir.replace('\'', "'\\''"))
    };
    [
        format!("cd {dir}"),
        "npm install".to_owned(),
        "npm run dev".to_owned(),
    ]
}
