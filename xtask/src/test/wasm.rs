//! Steps that build Workers and run them.

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::node;
use crate::bench::kilobytes;
use crate::lab::{EVERYTHING, Lab, REFERENCE, project_cargo};
use crate::setup::chromium;
use crate::{files, process, repo, worker};

/// What the release Worker of the reference agent may weigh, compressed.
const SIZE_LIMIT: u64 = 260 * 1024;

pub fn agents(lab: &Lab) -> Result<()> {
    lab.agents().map(drop)
}

pub fn end_to_end(lab: &Lab) -> Result<()> {
    let files = lab.test_files()?;
    let agents = lab.agents()?;
    if files.iter().any(|file| file.ends_with("stdio.test.mjs")) {
        lab.native()?;
    }
    // Without a browser its own tests fail and say what to install; the others have no need of it.
    for file in &files {
        if fs::read_to_string(file)?.contains("lib/chromium.mjs")
            && let Err(error) = chromium::ensure()
        {
            eprintln!("{error:#}");
        }
    }
    let tools = lab.describe(agents)?;
    let node = || {
        let mut node = lab.tools()?.node();
        node.current_dir(repo::root()).env("MCP_E2E_TOOLS", &tools);
        Ok(node)
    };
    node::test(
        "node --test tests/e2e",
        &node,
        files,
        Duration::from_secs(120),
        Duration::from_secs(2400),
    )
}

pub fn project(lab: &Lab) -> Result<()> {
    let tools = lab.tools()?;
    let written = lab.generated_reference()?;
    let stubs = lab.generate("stubs", &repo::root().join("mcp.toml"), &[])?;
    let everything = lab.example(EVERYTHING)?;
    let attribute = lab.declared_in_rust()?;
    // One whose callers have tokens, and one that gives them out itself.
    let cases = repo::root().join("codegen/tests/cases");
    let case = |name| lab.generate(name, &cases.join(name).join("mcp.toml"), &[]);
    let (handed, signin) = (case("handed")?, case("signin")?);
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
    let program = tools.npm.node.to_string_lossy();
    for project in [&everything, &attribute, &handed, &signin, &written] {
        files::claim(&repo::workers_target(), project)?;
        tools.npm.link_modules(project)?;
        let test = || {
            let mut test = tools.for_workers(&program)?;
            test.current_dir(project);
            Ok(test)
        };
        let name = project.file_name().unwrap_or_default().to_string_lossy();
        node::test(
            &format!("the own test of {name}"),
            &test,
            ["test/*.test.mjs"],
            Duration::from_secs(600),
            Duration::from_secs(900),
        )?;
    }
    let mut deploy = tools.for_workers(&program)?;
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
