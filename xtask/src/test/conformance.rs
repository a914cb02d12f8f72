//! The steps that have no opinion of ours: the official suite judges `examples/everything`, without and with `[auth]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::lab::{EVERYTHING, Lab};
use crate::process;
use crate::worker::{self, Profile};

pub fn suite(lab: &Lab) -> Result<()> {
    judge(lab, "tests/conformance.mjs", &lab.everything()?)
}

pub fn authorization(lab: &Lab) -> Result<()> {
    let project = lab.locked(EVERYTHING)?;
    worker::compile(lab.tools()?, &project, Profile::Tested)?;
    let agents = BTreeMap::from([(format!("{EVERYTHING}-auth"), project)]);
    judge(lab, "tests/conformance-auth.mjs", &agents)
}

fn judge(lab: &Lab, script: &str, agents: &BTreeMap<String, PathBuf>) -> Result<()> {
    let mut command = lab.script(script, agents)?;
    let status = process::show(&mut command, Duration::from_secs(900))?;
    ensure!(status.success(), "the conformance suite found something");
    Ok(())
}
