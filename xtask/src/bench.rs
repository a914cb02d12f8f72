//! `cargo xtask bench`: the Worker's speed as ratios to floors in plain JavaScript and to its peers, in one run in raw workerd, and its size.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::lab::{Lab, REFERENCE};
use crate::worker::{self, Profile};
use crate::{process, repo};

const SCRIPT: &str = "tests/bench/run.mjs";

/// Builds for release what the chosen rows need, measures, prints.
pub fn run(quick: bool, only: Option<&str>, rest: &[String]) -> Result<()> {
    let lab = Lab::default();
    let tools = lab.tools()?;
    let chosen = only.map(|rows| ["--only", rows]);
    let mut agents = BTreeMap::new();
    for name in needed(&lab, chosen.as_ref())? {
        // Without it, the script says that it leaves the row out.
        let Some(project) = project(&lab, &name)? else {
            continue;
        };
        worker::compile(tools, &project, Profile::Release)?;
        agents.insert(name, project);
    }
    let out = repo::out().join("bench");
    std::fs::create_dir_all(&out)?;
    let mut command = lab.script(SCRIPT, &agents)?;
    command
        .arg("--out")
        .arg(out.join("results.json"))
        .args(quick.then_some("--quick"))
        .args(chosen.iter().flatten())
        .args(rest);
    let status = process::show(&mut command, Duration::from_secs(1800))?;
    ensure!(status.success(), "the bench failed: {status}");
    for (name, project) in &agents {
        let bundle = worker::bundle(tools, project, &out.join(name))?;
        let size = kilobytes(worker::gzip_size(tools, &bundle)?);
        out!("The release Worker `{name}`, as uploaded: {size:.1} KB gzip.");
    }
    out!("Every sample: {}", out.join("results.json").display());
    Ok(())
}

/// The agents that the chosen rows measure.
fn needed(lab: &Lab, chosen: Option<&[&str; 2]>) -> Result<Vec<String>> {
    let mut command = lab.script(SCRIPT, &BTreeMap::new())?;
    command.args(chosen.into_iter().flatten()).arg("--agents");
    let names = process::ask(&mut command)
        .context("`--only` names a row that the bench does not have: see docs/bench.md")?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Where an agent's project is: the reference, an example with `[auth]` (`…-auth`), one of the bench's or of the end-to-end tests', or one that the bench
/// writes (`tools-N` has N tools that are all alike).
fn project(lab: &Lab, name: &str) -> Result<Option<PathBuf>> {
    if name == REFERENCE {
        return Ok(Some(repo::root().join("examples").join(REFERENCE)));
    }
    if let Some(example) = name.strip_suffix("-auth") {
        return lab.locked(example).map(Some);
    }
    let source = match name.strip_prefix("tools-") {
        Some(count) => written(lab, name, count)?,
        None => {
            let own = repo::root().join("tests/bench/agents").join(name);
            let of_tests = repo::root().join("tests/agents").join(name);
            if own.is_dir() { own } else { of_tests }
        }
    };
    let declaration = source.join("mcp.toml");
    if !declaration.is_file() {
        return Ok(None);
    }
    lab.generate(name, &declaration, &[(&source, "")]).map(Some)
}

fn written(lab: &Lab, name: &str, count: &str) -> Result<PathBuf> {
    let folder = repo::out().join("bench/agents").join(name);
    let mut command = lab.script("tests/bench/write-agent.mjs", &BTreeMap::new())?;
    command.arg(&folder).arg(count);
    process::capture("write-agent.mjs", &mut command, Duration::from_secs(60))?;
    Ok(folder)
}

/// Bytes in KB of 1024.
pub fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}
