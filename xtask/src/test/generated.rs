//! Steps about what mcp-gen writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::native::examples;
use crate::lab::{Lab, REFERENCE};
use crate::setup::crates::CrateTool;
use crate::setup::{clean, native_cargo};
use crate::{files, process, repo};

/// What `mcp-gen new` may take.
const NEW_LIMIT: Duration = Duration::from_millis(50);

fn mcp_gen(binary: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(binary);
    clean(&mut command);
    command.current_dir(repo::root()).args(arguments);
    // A crate that declares in Rust is compiled, to be asked: what this workspace has compiled already need not be compiled again.
    command.env("CARGO_TARGET_DIR", repo::root().join("target"));
    process::capture(
        &format!("mcp-gen {}", arguments.join(" ")),
        &mut command,
        Duration::from_secs(600),
    )
    .map(drop)
}

pub fn current(lab: &Lab) -> Result<()> {
    let binary = lab.mcp_gen()?;
    let mut stale: Vec<String> = Vec::new();
    let mut check =
        |result: Result<()>| stale.extend(result.err().map(|error| format!("{error:#}")));
    check(mcp_gen(binary, &["schema", "--check"]));
    check(mcp_gen(binary, &["check", "mcp.toml"]));
    check(mcp_gen(binary, &["lock", "--check", "mcp.toml"]));
    for example in examples()? {
        check(mcp_gen(
            binary,
            &["sync", "--check", &example.to_string_lossy()],
        ));
        check(mcp_gen(
            binary,
            &["lock", "--check", &example.to_string_lossy()],
        ));
        // Building would bring the lock file up to date without a word, in somebody's checkout.
        let mut locked = native_cargo();
        locked
            .current_dir(&example)
            .args(["metadata", "--locked", "--format-version=1"]);
        check(
            process::capture(
                "cargo metadata --locked",
                &mut locked,
                Duration::from_secs(120),
            )
            .map(drop),
        );
    }
    check(reference_is_root());
    check(pins());
    ensure!(stale.is_empty(), "{}", stale.join("\n\n"));
    Ok(())
}

/// The reference example serves the root declaration.
fn reference_is_root() -> Result<()> {
    let declared = fs::read(repo::root().join("mcp.toml"))?;
    let example = repo::root()
        .join("examples")
        .join(REFERENCE)
        .join("mcp.toml");
    let copied =
        fs::read(&example).with_context(|| format!("cannot read {}", example.display()))?;
    // The first line names the schema by a path, which depends on the folder.
    let body = |text: &[u8]| -> Vec<u8> {
        let first = text.iter().position(|byte| *byte == b'\n').unwrap_or(0);
        text[if text.starts_with(b"#:schema") {
            first
        } else {
            0
        }..]
            .to_vec()
    };
    ensure!(
        body(&declared) == body(&copied),
        "examples/{REFERENCE}/mcp.toml is not the root mcp.toml"
    );
    Ok(())
}

/// What a new project pins is what this repository is tested with.
fn pins() -> Result<()> {
    let read = |path: &str| -> Result<serde_json::Value> {
        let path = repo::root().join(path);
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(serde_json::from_slice(&text)?)
    };
    let tested = read("tools/package.json")?;
    let pinned = read(&format!("examples/{REFERENCE}/package.json"))?;
    for (name, version) in pinned["devDependencies"]
        .as_object()
        .context("the example pins no packages")?
    {
        ensure!(
            tested["dependencies"][name] == *version,
            "projects pin {name} {version}, tools/package.json {}",
            tested["dependencies"][name]
        );
    }
    let build = CrateTool::WORKER_BUILD;
    let wanted = format!("{}@{} ", build.package, build.version);
    let config = fs::read_to_string(
        repo::root()
            .join("examples")
            .join(REFERENCE)
            .join("wrangler.jsonc"),
    )?;
    ensure!(
        config.contains(&wanted),
        "the build command of projects does not name {wanted}"
    );
    Ok(())
}

pub fn same_bytes(lab: &Lab) -> Result<()> {
    let binary = lab.mcp_gen()?;
    let declaration = repo::root().join("mcp.toml");
    let mut made: Vec<PathBuf> = Vec::new();
    for folder in ["first", "second"] {
        // The same name, so that nothing but chance and time could make a difference.
        let project = repo::out().join("twice").join(folder).join("agent");
        files::remove(&project)?;
        mcp_gen(
            binary,
            &[
                "new",
                &project.to_string_lossy(),
                "--from",
                &declaration.to_string_lossy(),
            ],
        )?;
        made.push(project);
    }
    let (first, second) = (files::all(&made[0])?, files::all(&made[1])?);
    ensure!(
        !first.is_empty() && first.keys().eq(second.keys()),
        "the two projects have different files"
    );
    for (name, path) in &first {
        ensure!(
            fs::read(path)? == fs::read(&second[name])?,
            "{} differs between two runs",
            name.display()
        );
    }
    Ok(())
}

pub fn install(_: &Lab) -> Result<()> {
    let root = repo::out().join("install");
    files::remove(&root)?;
    let mut command = native_cargo();
    command
        .current_dir(repo::root())
        // After the build of mcp-gen there is little to compile, and unoptimised it has to be fast enough as well.
        .args(["install", "--debug", "--path", "cli", "--locked", "--root"])
        .arg(&root);
    process::run(
        "cargo install --path cli",
        &mut command,
        Duration::from_secs(1200),
    )?;
    let binary = root.join("bin/mcp-gen");
    let declaration = repo::root().join("mcp.toml");
    let mut best = Duration::MAX;
    for turn in 0..5 {
        let project = root.join(format!("agent-{turn}"));
        let mut command = Command::new(&binary);
        command
            .arg("new")
            .arg(&project)
            .arg("--from")
            .arg(&declaration);
        let started = Instant::now();
        let answer = process::ask(&mut command);
        best = best.min(started.elapsed());
        ensure!(
            answer.is_some(),
            "the installed mcp-gen does not make a project"
        );
    }
    eprintln!("       mcp-gen new: {:.1} ms", best.as_secs_f64() * 1000.0);
    if best > NEW_LIMIT {
        bail!("mcp-gen new took {best:?} at best, more than {NEW_LIMIT:?}");
    }
    files::remove(&root)
}
