//! Copying folders.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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

/// Makes sure that cargo compiles this project, where projects share a target directory.
///
/// Cargo tells packages of equal name and version apart by their place in their workspace, and every project is a workspace of its own:
/// in one target directory it takes what it built for one as up to date for the other, unless a source is newer.
pub fn claim(target: &Path, project: &Path) -> Result<()> {
    let manifest = fs::read_to_string(project.join("Cargo.toml"))?;
    let package = manifest
        .lines()
        .find_map(|line| line.strip_prefix("name = "))
        .map(|name| name.trim_matches('"').to_owned())
        .with_context(|| format!("{} names no package", project.display()))?;
    fs::create_dir_all(target)?;
    let owner = target.join(format!(".{package}.owner"));
    let us = project.to_string_lossy();
    if fs::read(&owner).ok().as_deref() != Some(us.as_bytes()) {
        let source = project.join("src/lib.rs");
        fs::File::options()
            .append(true)
            .open(&source)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .with_context(|| format!("cannot touch {}", source.display()))?;
        fs::write(owner, us.as_bytes())?;
    }
    Ok(())
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
    use std::time::SystemTime;

    use super::{all, claim, mirror, remove};

    #[test]
    fn a_project_is_touched_when_another_of_its_name_was_built() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("mcp-agent-claim-{}", std::process::id()));
        let long_ago = SystemTime::UNIX_EPOCH;
        for name in ["a", "b"] {
            fs::create_dir_all(folder.join(name).join("src"))?;
            fs::write(
                folder.join(name).join("Cargo.toml"),
                "[package]\nname = \"same\"\n",
            )?;
            fs::write(folder.join(name).join("src/lib.rs"), "")?;
        }
        let touched = |name: &str| -> anyhow::Result<bool> {
            let source = folder.join(name).join("src/lib.rs");
            fs::File::options()
                .append(true)
                .open(&source)?
                .set_modified(long_ago)?;
            claim(&folder.join("target"), &folder.join(name))?;
            Ok(fs::metadata(source)?.modified()? != long_ago)
        };
        assert!(touched("a")? && !touched("a")? && touched("b")? && touched("a")?);
        remove(&folder)
    }

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
