//! The page of a project: static assets that its own `npm run build` makes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::process;
use crate::setup::Tools;

/// The folder of a project's static assets, by its `wrangler.jsonc`.
pub fn folder(config: &Value, project: &Path) -> Option<PathBuf> {
    Some(project.join(config["assets"]["directory"].as_str()?))
}

/// Makes the page of a project that has one, with the packages that this repository is tested with where it has none of its own.
pub fn build(tools: &Tools, config: &Value, project: &Path) -> Result<()> {
    let Some(folder) = folder(config, project) else {
        return Ok(());
    };
    if !project.join("node_modules").exists() {
        tools.npm.link_modules(project)?;
    }
    let mut command = tools.node();
    command.current_dir(project).args(["--run", "build"]);
    process::run("npm run build", &mut command, Duration::from_secs(300))?;
    ensure!(
        folder.join("index.html").is_file(),
        "`npm run build` made no {}/index.html",
        folder.display()
    );
    Ok(())
}
