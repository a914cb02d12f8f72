//! What demo, test and bench share: mcp-gen, and the agents as built projects. Made on demand, once a run.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::setup::{self, Tools, chromium};
use crate::worker::{self, Profile};
use crate::{files, process, repo};

/// Makes things when they are first asked for.
#[derive(Default)]
pub struct Lab {
    tools: OnceCell<Tools>,
    mcp_gen: OnceCell<PathBuf>,
    agents: OnceCell<BTreeMap<String, PathBuf>>,
    native: OnceCell<PathBuf>,
    /// Parts of the names of the test files that are run; empty for all.
    files: Vec<String>,
}

/// The reference agent, written by hand, which the tests of the main path drive.
pub const REFERENCE: &str = "counter";

/// The example that the conformance suite calls.
pub const EVERYTHING: &str = "everything";

/// The examples that the end-to-end tests call beside.
const EXAMPLES: [&str; 5] = [EVERYTHING, "notes", "github", "team", "board"];

/// The folder of an example's page.
const PAGE: &str = "page";

/// Cargo for a generated project: its native builds share a target directory, so that dependencies are compiled once.
pub fn project_cargo() -> Command {
    let mut command = setup::native_cargo();
    command.env("CARGO_TARGET_DIR", repo::projects_target());
    command
}

/// Gets what the cell holds, making it first when it holds nothing.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

impl Lab {
    /// For the end-to-end tests in files with one of these in their names; all where there are none.
    pub fn of_files(files: Vec<String>) -> Self {
        Self {
            files,
            ..Self::default()
        }
    }

    /// The end-to-end tests.
    pub fn test_files(&self) -> Result<Vec<PathBuf>> {
        let folder = repo::root().join("tests/e2e");
        let mut files = Vec::new();
        for entry in
            fs::read_dir(&folder).with_context(|| format!("no folder {}", folder.display()))?
        {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let wanted = self.files.is_empty() || self.files.iter().any(|it| name.contains(it));
            if wanted && name.ends_with(".test.mjs") {
                files.push(path);
            }
        }
        files.sort();
        ensure!(!files.is_empty(), "no test file of this name");
        Ok(files)
    }

    /// Whether a test that is run names this agent, itself or by what it imports.
    fn is_tested(&self, agent: &str) -> Result<bool> {
        if self.files.is_empty() {
            return Ok(true);
        }
        let library = repo::root().join("tests/lib");
        for file in self.test_files()? {
            let mut text = fs::read_to_string(&file)?;
            // Some have what starts their agent in common.
            let imports: Vec<_> = text
                .split("from \"../lib/")
                .skip(1)
                .filter_map(|it| Some(library.join(it.split_once('"')?.0)))
                .collect();
            for import in imports {
                text.push_str(&fs::read_to_string(import)?);
            }
            if text.contains(&format!("agent(\"{agent}\")")) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The tools; sets up.
    pub fn tools(&self) -> Result<&Tools> {
        once(&self.tools, setup::ensure)
    }

    /// mcp-gen, built from this checkout.
    pub fn mcp_gen(&self) -> Result<&PathBuf> {
        once(&self.mcp_gen, || {
            let mut command = setup::native_cargo();
            command
                .current_dir(repo::root())
                .args(["build", "--package", "mcp-gen"]);
            process::run(
                "cargo build --package mcp-gen",
                &mut command,
                Duration::from_secs(900),
            )?;
            Ok(repo::target().join("debug/mcp-gen"))
        })
    }

    /// Makes a project with `mcp-gen new` and lays `over` (what a person would have written) over it.
    ///
    /// A project that is there already is changed only where it differs, so that nothing is compiled twice.
    pub fn generate(
        &self,
        name: &str,
        declaration: &Path,
        over: &[(&Path, &str)],
    ) -> Result<PathBuf> {
        self.make(name, ["--from".as_ref(), declaration.as_os_str()], over)
    }

    /// A project that declares its agent in Rust, as `mcp-gen new` makes it.
    pub fn declared_in_rust(&self) -> Result<PathBuf> {
        let template = ["--template".as_ref(), "attribute".as_ref()];
        self.make("attribute", template, &[])
    }

    fn make(&self, name: &str, start: [&OsStr; 2], over: &[(&Path, &str)]) -> Result<PathBuf> {
        // As deep as the final place: the project names the runtime by a path that may be relative.
        let fresh = repo::out().join("new").join(name);
        let project = repo::out().join("agents").join(name);
        files::remove(&fresh)?;
        let mut command = Command::new(self.mcp_gen()?);
        setup::clean(&mut command);
        command
            .current_dir(repo::root())
            .arg("new")
            .arg(&fresh)
            .args(start);
        process::capture(
            &format!("mcp-gen new {name}"),
            &mut command,
            Duration::from_secs(60),
        )?;
        for (from, to) in over {
            files::copy(from, &fresh.join(to))?;
        }
        files::mirror(&fresh, &project)?;
        // The versions that this repository is tested with, and no look at the registry.
        let lock = project.join("Cargo.lock");
        if !lock.exists() {
            fs::copy(repo::root().join("Cargo.lock"), lock)?;
        }
        Ok(project)
    }

    /// The root `mcp.toml` as a project of its own, with the handlers of the reference agent.
    pub fn generated_reference(&self) -> Result<PathBuf> {
        let root = repo::root();
        let handlers = root.join("examples").join(REFERENCE).join("src/lib.rs");
        self.generate(
            "generated",
            &root.join("mcp.toml"),
            &[(&handlers, "src/lib.rs")],
        )
    }

    /// An example as `mcp-gen new` makes it from its declaration, with the handlers and the test that people wrote.
    ///
    /// What building and testing leaves there is not in somebody's checkout.
    pub fn example(&self, name: &str) -> Result<PathBuf> {
        let folder = repo::root().join("examples").join(name);
        let mut written = vec!["src", "test"];
        if folder.join(PAGE).is_dir() {
            written.extend([PAGE, "people.mjs", "package.json", "wrangler.jsonc"]);
        }
        let over: Vec<_> = written.iter().map(|it| (folder.join(it), *it)).collect();
        let over: Vec<_> = over
            .iter()
            .map(|(from, to)| (from.as_path(), *to))
            .collect();
        self.generate(name, &folder.join("mcp.toml"), &over)
    }

    /// An example of which the declaration has an `[auth]` more (`tests/auth.toml`), named `<example>-auth`.
    pub fn locked(&self, example: &str) -> Result<PathBuf> {
        let folder = repo::root().join("examples").join(example);
        let declared = repo::out().join("locked").join(example);
        files::mirror(&folder, &declared)?;
        let mut text = String::new();
        for part in [
            folder.join("mcp.toml"),
            repo::root().join("tests/auth.toml"),
        ] {
            text += &fs::read_to_string(&part)
                .with_context(|| format!("cannot read {}", part.display()))?;
        }
        let declaration = declared.join("mcp.toml");
        fs::write(&declaration, text)?;
        let name = format!("{example}-auth");
        self.generate(&name, &declaration, &[(&folder.join("src"), "src")])
    }

    /// The agent of the conformance suite, built: alone, unless all are built already.
    pub fn everything(&self) -> Result<BTreeMap<String, PathBuf>> {
        if let Some(agents) = self.agents.get() {
            return Ok(agents.clone());
        }
        let project = self.example(EVERYTHING)?;
        worker::compile(self.tools()?, &project, Profile::Tested)?;
        Ok(BTreeMap::from([(EVERYTHING.to_owned(), project)]))
    }

    /// The agents of the end-to-end tests, built. The reference is as it is deployed: what it weighs is tested too.
    pub fn agents(&self) -> Result<&BTreeMap<String, PathBuf>> {
        once(&self.agents, || {
            let mut agents = BTreeMap::new();
            let reference = repo::root().join("examples").join(REFERENCE);
            if self.is_tested(REFERENCE)? {
                agents.insert(REFERENCE.to_owned(), reference);
            }
            for example in EXAMPLES {
                if self.is_tested(example)? {
                    agents.insert(example.to_owned(), self.example(example)?);
                }
            }
            let folder = repo::root().join("tests/agents");
            for entry in
                fs::read_dir(&folder).with_context(|| format!("no folder {}", folder.display()))?
            {
                let source = entry?.path();
                let name = source
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                if self.is_tested(&name)? {
                    let project =
                        self.generate(&name, &source.join("mcp.toml"), &[(&source, "")])?;
                    agents.insert(name, project);
                }
            }
            for (name, project) in &agents {
                let profile = match name == REFERENCE {
                    true => Profile::Release,
                    false => Profile::Tested,
                };
                worker::compile(self.tools()?, project, profile)?;
            }
            Ok(agents)
        })
    }

    /// The agent of the conformance suite as a native program, which serves over stdio.
    pub fn native(&self) -> Result<&PathBuf> {
        once(&self.native, || {
            let project = self.example(EVERYTHING)?;
            files::claim(&repo::projects_target(), &project)?;
            let mut command = project_cargo();
            command.current_dir(&project).arg("build");
            process::run(
                &format!("cargo build of {EVERYTHING}"),
                &mut command,
                Duration::from_secs(900),
            )?;
            let binary = format!("debug/{EVERYTHING}-stdio");
            Ok(repo::projects_target().join(binary))
        })
    }

    /// Writes what the JavaScript tests get to know (`tests/README.md`) and returns the file.
    pub fn describe(&self, agents: &BTreeMap<String, PathBuf>) -> Result<PathBuf> {
        let tools = self.tools()?;
        let variables: BTreeMap<&str, String> = tools
            .build_variables()?
            .into_iter()
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        let out = repo::out().join("e2e");
        fs::create_dir_all(&out)?;
        let text = json!({
            "node": tools.npm.node,
            "workerd": tools.npm.workerd,
            "wrangler": tools.npm.wrangler,
            "nodeModules": tools.npm.modules,
            "mcpGen": self.mcp_gen()?,
            "repo": repo::root(),
            "out": out,
            "env": variables,
            "agents": agents,
            "native": self.native.get(),
            "chromium": chromium::find(),
        });
        let path = repo::out().join("e2e-tools.json");
        fs::write(&path, serde_json::to_vec_pretty(&text)?)?;
        Ok(path)
    }

    /// Node with a script of `tests/`, told of the tools.
    pub fn script(&self, script: &str, agents: &BTreeMap<String, PathBuf>) -> Result<Command> {
        let path = repo::root().join(script);
        ensure!(path.is_file(), "{script} is missing from the checkout");
        let mut command = self.tools()?.node();
        command
            .env("MCP_E2E_TOOLS", self.describe(agents)?)
            .current_dir(repo::root())
            .arg(path);
        Ok(command)
    }
}
