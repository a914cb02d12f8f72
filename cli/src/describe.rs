//! The declaration of an agent that Rust declares: a small program that depends on its crate prints it.
//!
//! What attributes, signatures and doc comments say is the macro's to know, so it is asked, and nobody reads Rust a second time.

use anyhow::{Context, Result, bail, ensure};
use mcp_agent_codegen::emit::project::agent_path;
use serde_json::Value;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A crate as cargo knows it.
struct Crate {
    name: String,
    /// The root file of its library.
    root: PathBuf,
    /// The dependency on `mcp-agent`, as a manifest writes it.
    runtime: String,
    target: PathBuf,
}

/// Whether a folder is a crate without a declaration in a file.
pub fn is_crate(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
}

/// What a crate says of its agent.
pub struct Description {
    /// The declaration, in TOML.
    pub declaration: String,
    /// What is wrong with the types of its handlers, each with its place.
    pub problems: Vec<String>,
    /// Its tools as clients see them.
    pub tools: Vec<Value>,
    /// The schemas of the fields of its state that are of types of its own.
    pub state: Value,
}

/// What the crate in `folder` declares.
pub fn describe(folder: &Path) -> Result<Description> {
    let folder =
        fs::canonicalize(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let it = Crate::read(&folder)?;
    let beside = it.root.parent().unwrap_or(&folder);
    let file = it
        .root
        .file_name()
        .and_then(|it| it.to_str())
        .unwrap_or("lib.rs");
    let read = |path: &str| fs::read_to_string(beside.join(path)).ok();
    let Some(agent) = agent_path(file, &read) else {
        bail!(
            "`{}` declares no agent: write `#[mcp_agent(name = \"…\", version = \"…\")]` on a struct of the library, or make a `mcp.toml`",
            folder.display()
        );
    };
    let program = it.target.join("mcp-gen/describe");
    write(&program.join("Cargo.toml"), &it.manifest(&folder))?;
    let main = format!(
        "fn main() {{\n    print!(\"{{}}\", mcp_agent::__rt1::describe::<agent::{agent}>());\n}}\n"
    );
    write(&program.join("src/main.rs"), &main)?;
    let lock = folder.join("Cargo.lock");
    if lock.is_file() && !program.join("Cargo.lock").is_file() {
        fs::copy(&lock, program.join("Cargo.lock"))?;
    }
    // The first time takes as long as it takes to compile the crate: people are shown that something goes on, machines what went wrong.
    let shown = std::io::stderr().is_terminal();
    let output = Command::new(cargo())
        .args(["run", "--manifest-path"])
        .arg(program.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&it.target)
        .args((!shown).then_some("--quiet"))
        .current_dir(&folder)
        .stderr(if shown {
            Stdio::inherit()
        } else {
            Stdio::piped()
        })
        .output()
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "the crate does not compile, so nobody knows what `{agent}` declares (it is to be `pub`, and so are the modules that it lies in)\n{}",
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    Description::read(&output.stdout, &folder)
}

impl Description {
    /// Reads what the program printed of the crate in `folder`.
    pub fn read(said: &[u8], folder: &Path) -> Result<Self> {
        let said: Value = serde_json::from_slice(said).context(
            "the crate does not say what it declares: is its `mcp-agent` as old as this `mcp-gen`?",
        )?;
        let problems = said["problems"].as_array().into_iter().flatten();
        Ok(Self {
            declaration: said["declaration"].as_str().unwrap_or_default().to_owned(),
            tools: said["tools"].as_array().cloned().unwrap_or_default(),
            state: said["state"].clone(),
            // The crate is compiled from elsewhere, so its files are named by where they lie.
            problems: problems
                .filter_map(Value::as_str)
                .map(|it| it.replace(&format!("{}/", folder.display()), ""))
                .collect(),
        })
    }
}

impl Crate {
    fn read(folder: &Path) -> Result<Self> {
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(folder)
            .output()
            .context("cannot run cargo")?;
        ensure!(
            output.status.success(),
            "cargo cannot read `{}`: {}",
            folder.join("Cargo.toml").display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let manifest = folder.join("Cargo.toml");
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let package = packages
            .into_iter()
            .find(|it| it["manifest_path"].as_str().map(Path::new) == Some(manifest.as_path()))
            .with_context(|| format!("`{}` is no package", manifest.display()))?;
        let targets = package["targets"].as_array().into_iter().flatten();
        let library = targets
            .into_iter()
            .find(|it| it["kind"].as_array().into_iter().flatten().any(|kind| kind == "lib" || kind == "rlib"))
            .context("the crate has no library: move the agent to `src/lib.rs`, and let `crate-type` have `rlib`")?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Self {
            name: text(&package["name"]),
            root: text(&library["src_path"]).into(),
            runtime: runtime(package)?,
            target: text(&metadata["target_directory"]).into(),
        })
    }

    fn manifest(&self, folder: &Path) -> String {
        let (name, runtime) = (&self.name, &self.runtime);
        let path = Value::from(folder.display().to_string());
        format!(
            "# Written by mcp-gen, which asks with it what the crate declares.\n[package]\nname = \"mcp-gen-describe\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\nagent = {{ package = \"{name}\", path = {path} }}\nmcp-agent = {{ {runtime}, default-features = false }}\n\n[workspace]\n"
        )
    }
}

/// Where the crate has `mcp-agent` from.
fn runtime(package: &Value) -> Result<String> {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let runtime = dependencies
        .into_iter()
        .find(|it| it["name"] == "mcp-agent" && it["kind"].is_null())
        .context("the crate does not depend on `mcp-agent`: `cargo add mcp-agent`")?;
    Ok(match runtime["path"].as_str() {
        Some(path) => format!("path = {}", Value::from(path)),
        None => format!("version = {}", runtime["req"]),
    })
}

/// Cargo, the one that runs us if one does.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Writes a file unless it is so already: what is written again is compiled again.
fn write(file: &Path, text: &str) -> Result<()> {
    if fs::read(file).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    let folder = file.parent().context("a file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display()))
}
