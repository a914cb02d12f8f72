//! The user's cache: tools by name and version, whole or absent, installed by one process at a time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::ui;

/// `$XDG_CACHE_HOME/mcp-agent`, else `~/.cache/mcp-agent`.
pub fn folder() -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        Some(dir) => PathBuf::from(dir),
        None => std::env::home_dir()
            .context("neither XDG_CACHE_HOME nor HOME is set")?
            .join(".cache"),
    };
    Ok(base.join("mcp-agent"))
}

/// Held while something is installed; the operating system lets go of it when the process ends, however it ends.
pub struct Lock {
    _file: File,
}

/// Waits until no other run installs anything.
pub fn lock() -> Result<Lock> {
    let folder = folder()?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    lock_file(&folder.join("lock"), "waiting for another set-up to finish")
}

/// Waits for a lock of this path, saying so when it takes long.
pub fn lock_file(path: &Path, waiting: &str) -> Result<Lock> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let file = File::create(path).with_context(|| format!("cannot make {}", path.display()))?;
    if file.try_lock().is_err() {
        let step = ui::step(waiting);
        file.lock()?;
        step.done();
    }
    Ok(Lock { _file: file })
}

/// Makes `folder` by filling a temporary one beside it and renaming that, so that an interrupted installation never looks finished.
///
/// `fill` gets the temporary folder. To be called under [`lock`].
pub fn install(folder: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = folder
        .file_name()
        .context("a cache folder has a name")?
        .to_string_lossy();
    let temporary = folder.with_file_name(format!(".{name}.part"));
    remove(&temporary)?;
    fs::create_dir_all(&temporary)?;
    fill(&temporary)?;
    // An older, broken one may be in the way: what calls this has found that it does not work.
    remove(folder)?;
    fs::rename(&temporary, folder)
        .with_context(|| format!("cannot put {} in its place", folder.display()))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use anyhow::bail;

    use super::install;

    #[test]
    fn an_installation_is_whole_or_absent() -> anyhow::Result<()> {
        let base = std::env::temp_dir().join(format!("mcp-agent-install-{}", std::process::id()));
        let tool = base.join("tool-1");
        let broken = install(&tool, |folder| {
            fs::write(folder.join("half"), "")?;
            bail!("interrupted")
        });
        assert!(broken.is_err() && !tool.exists());
        install(&tool, |folder| Ok(fs::write(folder.join("whole"), "")?))?;
        assert!(tool.join("whole").exists() && !tool.join("half").exists());
        Ok(fs::remove_dir_all(base)?)
    }
}
