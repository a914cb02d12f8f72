//! `cargo xtask serve DIR`: builds a project and serves it in workerd until it is stopped.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::worker::{self, Profile};
use crate::workerd::Server;
use crate::{process, repo, setup};

/// Builds and serves; the state of earlier runs is kept.
pub fn run(project: &Path, profile: Profile) -> Result<()> {
    let project =
        fs::canonicalize(project).with_context(|| format!("no folder {}", project.display()))?;
    let tools = setup::ensure()?;
    let name = project
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let out = repo::out().join("serve").join(&name);
    let worker = worker::build(&tools, &project, profile, &out.join("worker"))?;
    let mut server = Server::start(&tools, &worker, &out.join("storage"))?;
    out!(
        "{name}: {} KB gzip",
        worker::gzip_size(&tools, &worker)?.div_ceil(1024)
    );
    out!("{}", server.url("/mcp"));
    out!("log: {}", server.log().display());
    wait(&mut server)
}

/// Keeps serving; a signal ends xtask and, with it, the server.
pub fn wait(server: &mut Server) -> Result<()> {
    process::stopping_is_success();
    loop {
        std::thread::sleep(Duration::from_millis(500));
        server.still_runs()?;
    }
}
