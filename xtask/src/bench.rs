//! `cargo xtask bench`: the Worker's speed as ratios to floors in plain JavaScript, in one run in raw workerd, and its size.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::lab::{Lab, REFERENCE};
use crate::worker::{self, Profile};
use crate::{process, repo};

/// Builds for release, measures, prints.
pub fn run(quick: bool, rest: &[String]) -> Result<()> {
    let lab = Lab::default();
    let tools = lab.tools()?;
    let project = repo::root().join("examples").join(REFERENCE);
    let out = repo::out().join("bench");
    let built = worker::build(tools, &project, Profile::Release, &out.join("worker"))?;
    let agents = BTreeMap::from([(REFERENCE.to_owned(), project)]);
    let mut command = lab.script("tests/bench/run.mjs", &agents)?;
    command
        .arg("--out")
        .arg(out.join("results.json"))
        .args(quick.then_some("--quick"))
        .args(rest);
    let status = process::show(&mut command, Duration::from_secs(1800))?;
    ensure!(status.success(), "the bench failed: {status}");
    out!(
        "\nThe release Worker of the reference agent, as uploaded: {:.1} KB gzip.",
        kilobytes(worker::gzip_size(tools, &built)?)
    );
    out!("Every sample: {}", out.join("results.json").display());
    Ok(())
}

/// Bytes in KB of 1024.
pub fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}
