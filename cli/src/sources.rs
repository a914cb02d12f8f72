//! The Rust files of a crate.

use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files below `src`, `lib.rs` first: `(path, text)`, the paths from `dir` on.
pub fn below(dir: &Path) -> Result<Vec<(String, String)>> {
    let mut paths = Vec::new();
    let mut folders = vec![dir.join("src")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            // A link to a folder may lead around in a circle.
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort_by_key(|path| (!path.ends_with("src/lib.rs"), path.clone()));
    let read = |path: PathBuf| {
        let shown = path
            .strip_prefix(dir)
            .unwrap_or(&path)
            .display()
            .to_string();
        // What is not text is the compiler's to complain of.
        fs::read_to_string(&path).ok().map(|text| (shown, text))
    };
    Ok(paths.into_iter().filter_map(read).collect())
}
