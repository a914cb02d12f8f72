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

use crate::setup::{self, Tools};
use crate::worker::{self, Profile};
use crate::{files, process, repo};

/// Makes things when they are first asked for.
#[derive(Default)]
pub struct Lab {
    tools: OnceCell<Tools>,
    mcp_gen: OnceCell<PathBuf>,
    agents: OnceCell<BTreeMap<String, PathBuf>>,
    native: OnceCell<PathBuf>,
}

/// The reference agent, written by hand, which the tests of the main path drive.
pub const REFERENCE: &str = "counter";

/// The example that the conformance suite calls.
pub const EVERYTHING: &str = "everything";

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
        self.generate(
            name,
            &folder.join("mcp.toml"),
            &[(&folder.join("src"), "src"), (&folder.join("test"), "test")],
        )
    }

    /// The agent of the conformance suite, built for release: alone, unless all are built already.
    pub fn everything(&self) -> Result<BTreeMap<String, PathBuf>> {
        if let Some(agents) = self.agents.get() {
            return Ok(agents.clone());
        }
        let project = self.example(EVERYTHING)?;
        worker::compile(self.tools()?, &project, Profile::Release)?;
        Ok(BTreeMap::from([(EVERYTHING.to_owned(), project)]))
    }

    /// The agents of the end-to-end tests, built for release as they are deployed.
    pub fn agents(&self) -> Result<&BTreeMap<String, PathBuf>> {
        once(&self.agents, || {
            let mut agents = BTreeMap::new();
            let reference = repo::root().join("examples").join(REFERENCE);
            agents.insert(REFERENCE.to_owned(), reference);
            agents.insert(EVERYTHING.to_owned(), self.example(EVERYTHING)?);
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
                let project = self.generate(&name, &source.join("mcp.toml"), &[(&source, "")])?;
                agents.insert(name, project);
            }
            for project in agents.values() {
                worker::compile(self.tools()?, project, Profile::Release)?;
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
