//! Steps that build Workers and run them.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::native::link_modules;
use crate::bench::kilobytes;
use crate::lab::{EVERYTHING, Lab, REFERENCE, project_cargo};
use crate::{files, process, repo, worker};

/// What the release Worker of the reference agent may weigh, compressed.
const SIZE_LIMIT: u64 = 260 * 1024;

pub fn agents(lab: &Lab) -> Result<()> {
    lab.agents().map(drop)
}

pub fn end_to_end(lab: &Lab) -> Result<()> {
    let agents = lab.agents()?;
    lab.native()?;
    let mut command = lab.tools()?.node();
    command
        .current_dir(repo::root())
        .env("MCP_E2E_TOOLS", lab.describe(agents)?)
        // One file at a time: each starts servers of its own, and times are bounded.
        .args([
            "--test",
            "--test-concurrency=1",
            "--test-timeout=120000",
            "tests/e2e/*.test.mjs",
        ]);
    process::run(
        "node --test tests/e2e",
        &mut command,
        Duration::from_secs(900),
    )
}

pub fn project(lab: &Lab) -> Result<()> {
    let tools = lab.tools()?;
    let written = lab.generated_reference()?;
    let stubs = lab.generate("stubs", &repo::root().join("mcp.toml"), &[])?;
    let everything = lab.example(EVERYTHING)?;
    let attribute = lab.declared_in_rust()?;
    for project in [&stubs, &written, &everything, &attribute] {
        let name = project.file_name().unwrap_or_default().to_string_lossy();
        files::claim(&repo::projects_target(), project)?;
        let mut clippy = project_cargo();
        clippy
            .current_dir(project)
            .args(["clippy", "--all-targets", "--", "-D", "warnings"]);
        process::run(
            &format!("cargo clippy of {name}"),
            &mut clippy,
            Duration::from_secs(900),
        )?;
    }
    let node = tools.npm.node.to_string_lossy();
    for project in [&everything, &attribute, &written] {
        files::claim(&repo::workers_target(), project)?;
        link_modules(&tools.npm, project)?;
        let mut test = tools.for_workers(&node)?;
        test.current_dir(project)
            .args(["--test", "--test-timeout=600000", "test/*.test.mjs"]);
        let name = project.file_name().unwrap_or_default().to_string_lossy();
        process::run(
            &format!("the own test of {name}"),
            &mut test,
            Duration::from_secs(900),
        )?;
    }
    let mut deploy = tools.for_workers(&node)?;
    deploy
        .current_dir(&written)
        .arg(&tools.npm.wrangler)
        .args(["deploy", "--dry-run", "--outdir"]);
    deploy.arg(repo::out().join("dry-run"));
    process::run(
        "wrangler deploy --dry-run",
        &mut deploy,
        Duration::from_secs(900),
    )
}

pub fn size(lab: &Lab) -> Result<()> {
    let tools = lab.tools()?;
    let project = &lab.agents()?[REFERENCE];
    let worker = worker::bundle(tools, project, &repo::out().join("size"))?;
    let size = worker::gzip_size(tools, &worker)?;
    eprintln!("       {:.1} KB gzip", kilobytes(size));
    ensure!(
        size <= SIZE_LIMIT,
        "the Worker weighs {:.1} KB gzip, the limit is {:.0}",
        kilobytes(size),
        kilobytes(SIZE_LIMIT)
    );
    Ok(())
}
