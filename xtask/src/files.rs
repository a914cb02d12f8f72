//! Copying folders.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Removes a file or folder, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    let result = match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Copies a file, or a folder with all that it holds, over what is there.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(from, to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        return Ok(());
    }
    for (name, path) in all(from)? {
        copy(&path, &to.join(name))?;
    }
    Ok(())
}

/// Makes `to` hold what `from` holds, writing only what differs: unchanged files keep their time, so that cargo does not build them again.
///
/// What building left at the top of `to` (folders and lock files that `from` does not have) stays.
pub fn mirror(from: &Path, to: &Path) -> Result<()> {
    const BUILT: [&str; 4] = ["build", "node_modules", ".wrangler", "Cargo.lock"];
    let wanted = all(from)?;
    if to.exists() {
        for (name, path) in all(to)? {
            let built = name
                .components()
                .next()
                .is_some_and(|top| BUILT.iter().any(|built| top.as_os_str() == *built));
            if !built && !wanted.contains_key(&name) {
                remove(&path)?;
            }
        }
    }
    for (name, path) in wanted {
        let target = to.join(name);
        if fs::read(&target).ok() != Some(fs::read(&path)?) {
            copy(&path, &target)?;
        }
    }
    Ok(())
}

/// All files under a folder by their path in it. Links are not followed.
pub fn all(folder: &Path) -> Result<BTreeMap<PathBuf, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("no folder {}", next.display()))? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && let Ok(name) = path.strip_prefix(folder)
            {
                found.insert(name.to_path_buf(), path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{all, mirror, remove};

    #[test]
    fn a_mirror_writes_what_differs_and_keeps_what_was_built() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("mcp-agent-mirror-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (path, text) in [
            (from.join("src/a"), "new"),
            (from.join("same"), "same"),
            (to.join("src/a"), "old"),
        ] {
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, text)?;
        }
        fs::write(to.join("same"), "same")?;
        fs::write(to.join("gone"), "")?;
        fs::create_dir_all(to.join("build"))?;
        fs::write(to.join("build/index.js"), "")?;
        let before = fs::metadata(to.join("same"))?.modified()?;
        mirror(&from, &to)?;
        let names: Vec<String> = all(&to)?
            .keys()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["build/index.js", "same", "src/a"]);
        assert_eq!(fs::read_to_string(to.join("src/a"))?, "new");
        assert_eq!(fs::metadata(to.join("same"))?.modified()?, before);
        remove(&folder)
    }
}
