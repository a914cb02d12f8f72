//! Where a project's runtime crate comes from.

use anyhow::{Context, Result, bail};
use mcp_agent_codegen::emit::project::Runtime;
use std::fs;
use std::path::{Path, PathBuf};

/// The dependency for a project in `project`: as asked for; else by path while the checkout that built this binary is there; else
/// exactly our own version.
pub fn resolve(asked: Option<&str>, project: &Path) -> Result<Runtime> {
    if let Some(asked) = asked {
        let version = asked.strip_prefix('=').unwrap_or(asked);
        if is_version(version) {
            return Ok(Runtime::Version(version.to_owned()));
        }
        let folder = fs::canonicalize(asked)
            .with_context(|| format!("`--runtime {asked}` is neither a version nor a folder"))?;
        if !is_runtime(&folder) {
            bail!("`{asked}` is not the crate `mcp-agent`");
        }
        return Ok(Runtime::Path(path_to(&folder, project)?));
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    match fs::canonicalize(checkout) {
        Ok(folder) if is_runtime(&folder) => Ok(Runtime::Path(path_to(&folder, project)?)),
        _ => Ok(Runtime::Version(env!("CARGO_PKG_VERSION").to_owned())),
    }
}

/// `1.2.3`, perhaps with a pre-release.
fn is_version(text: &str) -> bool {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_runtime(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| {
        text.lines()
            .any(|line| line.trim() == "name = \"mcp-agent\"")
    })
}

/// The runtime's folder as the project writes it: relative inside the same checkout, which may be moved as a whole; else absolute.
fn path_to(runtime: &Path, project: &Path) -> Result<String> {
    let project = absolute(project)?;
    let checkout = runtime.parent().unwrap_or(runtime);
    let path = match project.strip_prefix(checkout) {
        Ok(inside) => inside
            .components()
            .map(|_| Path::new(".."))
            .chain(runtime.file_name().map(Path::new))
            .collect(),
        Err(_) => runtime.to_owned(),
    };
    let text = path.to_str().with_context(|| {
        format!(
            "`{}` is not UTF-8, which Cargo.toml must be",
            path.display()
        )
    })?;
    // Windows' canonical paths begin in a way that cargo does not take, and TOML wants its backslashes escaped.
    Ok(text
        .strip_prefix(r"\\?\")
        .unwrap_or(text)
        .replace('\\', "/"))
}

/// The canonical path of a folder that may not be there yet.
fn absolute(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut there = path.as_path();
    loop {
        match fs::canonicalize(there) {
            Ok(found) => return Ok(found.join(missing.iter().rev().collect::<PathBuf>())),
            Err(error) => match (there.file_name(), there.parent()) {
                (Some(name), Some(parent)) => {
                    missing.push(name.to_owned());
                    there = parent;
                }
                _ => {
                    return Err(error).with_context(|| format!("cannot find `{}`", path.display()));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_are_not_folders() {
        assert!(is_version("0.1.0"));
        assert!(is_version("1.20.3-rc.1"));
        assert!(!is_version("1.2"));
        assert!(!is_version("../runtime"));
        assert!(!is_version("1..2"));
    }
}
