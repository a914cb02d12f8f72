//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, each for some seconds. What is found there belongs into `fuzz/seeds`, which
//! `cargo test` plays.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::setup::clean;
use crate::setup::crates::CrateTool;
use crate::{cache, process, repo};

/// The targets, as in `fuzz/Cargo.toml`.
pub const TARGETS: [&str; 4] = ["frames", "headers", "tokens", "cursors"];

/// Compiling a target and the fuzzer takes most of it, the first time.
const BUILD_LIMIT: Duration = Duration::from_secs(900);

/// Fuzzes these targets, or all, each for this long.
pub fn run(only: &[String], seconds: u64) -> Result<()> {
    let nightly = nightly()?;
    ensure!(
        process::ask(Command::new("c++").arg("--version")).is_some(),
        "fuzzing needs a C++ compiler, `c++` in PATH: libFuzzer is compiled with it (Debian: apt-get install g++)"
    );
    let tool = {
        let _lock = cache::lock()?;
        CrateTool::CARGO_FUZZ.ensure()?.join("bin/cargo-fuzz")
    };
    let cargo_fuzz = |arguments: &[&str]| {
        let mut command = Command::new(&tool);
        clean(&mut command);
        command
            .current_dir(repo::root())
            .arg("fuzz")
            .args(arguments)
            .env("CARGO_TARGET_DIR", repo::target().join("fuzz"));
        // Named, or else rustup's default is taken; nothing is to be fetched, whatever is missing.
        if let Some(nightly) = &nightly {
            command
                .env("RUSTUP_TOOLCHAIN", nightly)
                .env("RUSTUP_AUTO_INSTALL", "0");
        }
        command
    };
    for target in TARGETS {
        if !only.is_empty() && !only.iter().any(|name| name == target) {
            continue;
        }
        let folder = ["--fuzz-dir", "fuzz"];
        let build = [&["build"][..], &folder, &[target]].concat();
        process::run(
            &format!("cargo fuzz build {target}"),
            &mut cargo_fuzz(&build),
            BUILD_LIMIT,
        )?;
        // What is found is kept beside the seeds, not among them.
        let corpus = repo::out().join("fuzz").join(target);
        fs::create_dir_all(&corpus)?;
        let (corpus, seeds) = (text(&corpus)?, format!("fuzz/seeds/{target}"));
        let time = format!("-max_total_time={seconds}");
        let limits = ["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"];
        let run = [
            &["run"][..],
            &folder,
            &[target, corpus, &seeds, "--", &time],
            &limits,
        ]
        .concat();
        process::run(
            &format!("cargo fuzz run {target}, {seconds} s"),
            &mut cargo_fuzz(&run),
            Duration::from_secs(seconds) + Duration::from_secs(300),
        )
        .with_context(|| {
            format!("the input is in fuzz/artifacts/{target}: when what it shows is repaired, put it into fuzz/seeds/{target}")
        })?;
    }
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .with_context(|| format!("{} is no text", path.display()))
}

/// rustup's name of a nightly toolchain that is installed; `None` where the compiler of PATH is one.
fn nightly() -> Result<Option<String>> {
    let mut list = Command::new("rustup");
    clean(&mut list);
    let installed = process::ask(
        list.args(["toolchain", "list"])
            .env("RUSTUP_AUTO_INSTALL", "0"),
    );
    let name = installed
        .iter()
        .flat_map(|all| all.lines())
        .find_map(|line| {
            let name = line.split_whitespace().next()?;
            name.starts_with("nightly").then(|| name.to_owned())
        });
    if name.is_some() {
        return Ok(name);
    }
    let mut rustc = Command::new("rustc");
    clean(&mut rustc);
    if process::ask(rustc.arg("-V")).is_some_and(|version| version.contains("nightly")) {
        return Ok(None);
    }
    bail!(
        "fuzzing needs a nightly Rust, for the sanitizers: none is installed, and xtask does not fetch one \
         (rustup toolchain install nightly --profile minimal)"
    )
}
