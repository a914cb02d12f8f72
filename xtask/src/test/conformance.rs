//! The step that has no opinion of ours: the official suite judges `examples/everything`.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::lab::Lab;
use crate::process;

pub fn suite(lab: &Lab) -> Result<()> {
    let mut command = lab.script("tests/conformance.mjs", &lab.everything()?)?;
    let status = process::show(&mut command, Duration::from_secs(900))?;
    ensure!(status.success(), "the conformance suite found something");
    Ok(())
}
