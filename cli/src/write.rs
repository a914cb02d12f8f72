//! Writes all files or none.

use anyhow::{Context, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files to write, by their paths below a folder.
pub type Changes<'a> = Vec<(&'a str, &'a [u8])>;

/// Writes the files below `root`, which is made where it is missing, and takes those in `gone` away. After an error everything is as it was.
///
/// All bytes are on the disk, in a folder beside their places, before the first file is put in place: what can fail for want of room
/// or of rights has failed by then.
pub fn all(root: &Path, changes: &Changes<'_>, gone: &[&str]) -> Result<()> {
    if changes.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let mut undo = Undo::default();
    let written = if root.exists() {
        into(root, changes, gone, &mut undo)
    } else {
        whole(root, changes, &mut undo)
    };
    written
        .inspect_err(|_| undo.run())
        .with_context(|| format!("cannot write `{}`; nothing was changed", root.display()))
}

/// A folder that is not there yet comes into being by one rename.
fn whole(root: &Path, changes: &Changes<'_>, undo: &mut Undo) -> io::Result<()> {
    let root = std::path::absolute(root)?;
    let parent = root.parent().unwrap_or(&root);
    make_folder(parent, undo)?;
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let stage = parent.join(format!(".{name}.mcp-gen-{}", std::process::id()));
    undo.0.push(Step::RemoveFolder(stage.clone()));
    stage_all(&stage, changes)?;
    fs::rename(&stage, &root)
}

/// Into a folder that is there, file by file.
fn into(root: &Path, changes: &Changes<'_>, gone: &[&str], undo: &mut Undo) -> io::Result<()> {
    let stage = root.join(format!(".mcp-gen-{}", std::process::id()));
    // Run last, as the files that are put back come from there.
    undo.0.push(Step::RemoveFolder(stage.clone()));
    stage_all(&stage, changes)?;
    for (index, (path, _)) in changes.iter().enumerate() {
        let target = root.join(path);
        if let Some(folder) = target.parent() {
            make_folder(folder, undo)?;
        }
        // A link stays a link: what it points to is what changes.
        let target = fs::canonicalize(&target).unwrap_or(target);
        if target.exists() {
            let former = stage.join(format!(".former-{index}"));
            fs::copy(&target, &former)?;
            fs::set_permissions(stage.join(path), fs::metadata(&target)?.permissions())?;
            undo.0.push(Step::PutBack {
                former,
                target: target.clone(),
            });
        } else {
            undo.0.push(Step::RemoveFile(target.clone()));
        }
        fs::rename(stage.join(path), &target)?;
    }
    for (index, path) in gone.iter().enumerate() {
        let target = root.join(path);
        let former = stage.join(format!(".gone-{index}"));
        fs::rename(&target, &former)?;
        undo.0.push(Step::PutBack {
            former,
            target: target.clone(),
        });
    }
    fs::remove_dir_all(&stage)?;
    // Nothing is left that could fail. A folder with something in it stays.
    for folder in gone
        .iter()
        .filter_map(|path| root.join(path).parent().map(Path::to_owned))
    {
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

fn stage_all(stage: &Path, changes: &Changes<'_>) -> io::Result<()> {
    fs::create_dir(stage)?;
    for (path, bytes) in changes {
        let file = stage.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, bytes)?;
    }
    Ok(())
}

/// Makes a folder and those above it, and notes which were missing.
fn make_folder(folder: &Path, undo: &mut Undo) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent, undo)?;
    }
    fs::create_dir(folder)?;
    undo.0.push(Step::RemoveEmpty(folder.to_owned()));
    Ok(())
}

/// How to get back, the last step first.
#[derive(Default)]
struct Undo(Vec<Step>);

enum Step {
    RemoveFolder(PathBuf),
    RemoveEmpty(PathBuf),
    RemoveFile(PathBuf),
    PutBack { former: PathBuf, target: PathBuf },
}

impl Undo {
    fn run(&mut self) {
        for step in self.0.drain(..).rev() {
            // The error that led here is the one to tell; what cannot be undone either is beyond help.
            let _ = match step {
                Step::RemoveFolder(path) => fs::remove_dir_all(path),
                Step::RemoveEmpty(path) => fs::remove_dir(path),
                Step::RemoveFile(path) => fs::remove_file(path),
                Step::PutBack { former, target } => fs::rename(former, target),
            };
        }
    }
}
