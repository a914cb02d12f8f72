//! The browser that tests drive: the system's Chromium, or Debian's package. It has no pinned version: people's browsers have none.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::debian;

/// Names one that is nowhere in PATH.
const VARIABLE: &str = "CHROMIUM_BIN";

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];

/// How a person gets it.
pub const WAYS: &str = "install Chromium or Chrome, or name one in CHROMIUM_BIN";

/// Looks for it; installs nothing.
pub fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

/// Installs Debian's package when there is none.
pub fn ensure() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if std::env::var_os(VARIABLE).is_some() || !debian::is_here() {
        bail!("no Chromium: {WAYS}");
    }
    debian::install_browser(WAYS)?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("Debian's package gave no Chromium: {WAYS}"),
    }
}
