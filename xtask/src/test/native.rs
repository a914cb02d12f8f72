//! Steps that need no wasm: format, lints, documentation, tests of the crates.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::nextest;
use crate::lab::Lab;
use crate::setup::native_cargo;
use crate::{process, repo};

/// Compiling the workspace on a small machine is the longest of it.
pub(super) const LIMIT: Duration = Duration::from_secs(2400);

fn cargo(arguments: &[&str]) -> Result<()> {
    let mut command = native_cargo();
    command.current_dir(repo::root()).args(arguments);
    process::run(
        &format!("cargo {}", arguments.join(" ")),
        &mut command,
        LIMIT,
    )
}

/// The examples, each a project of its own.
pub fn examples() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repo::root().join("examples"))? {
        let path = entry?.path();
        if path.join("Cargo.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub fn fmt(_: &Lab) -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    for example in examples()? {
        let manifest = example.join("Cargo.toml");
        cargo(&[
            "fmt",
            "--check",
            "--manifest-path",
            &manifest.to_string_lossy(),
        ])?;
    }
    Ok(())
}

pub fn clippy(_: &Lab) -> Result<()> {
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--keep-going",
        "--locked",
        "--",
        "-D",
        "warnings",
    ])
}

pub fn doc(_: &Lab) -> Result<()> {
    let mut command = native_cargo();
    command
        .current_dir(repo::root())
        .args([
            "doc",
            "--workspace",
            "--no-deps",
            "--locked",
            "--keep-going",
        ])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run("cargo doc --workspace --no-deps", &mut command, LIMIT)
}

pub fn tests(_: &Lab) -> Result<()> {
    let mut nextest = native_cargo();
    if process::ask(nextest.args(["nextest", "--version"])).is_some() {
        nextest::run()?;
        cargo(&["test", "--doc", "--workspace", "--locked"])?;
    } else {
        cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])?;
    }
    for example in examples()?
        .into_iter()
        .filter(|it| it.join("tests").is_dir())
    {
        let mut command = native_cargo();
        command
            .current_dir(&example)
            .args(["test", "--locked", "--lib", "--tests"])
            // What this workspace has compiled already need not be compiled again.
            .env("CARGO_TARGET_DIR", repo::root().join("target"));
        process::run("cargo test of an example", &mut command, LIMIT)?;
    }
    Ok(())
}
