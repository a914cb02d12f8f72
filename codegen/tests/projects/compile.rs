//! Golden projects compile, with handlers that nobody has written yet, and clippy, where it is installed, has nothing to say.

use crate::case::Case;
use std::fs;
use std::path::Path;
use std::process::Command;

/// All in one workspace, so that their dependencies are compiled once, at the versions of this repository's lock file.
#[test]
fn projects_compile() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = fs::canonicalize(root).expect("the repository");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    let mut members = Vec::new();
    for case in Case::all() {
        let project = folder.join(&case.name);
        for (path, bytes) in case.project_with_named_files() {
            let bytes = if path == "Cargo.toml" {
                manifest(&bytes, &root)
            } else {
                bytes
            };
            let file = project.join(path);
            // A file that is written again is compiled again.
            if fs::read(&file).is_ok_and(|present| present == bytes) {
                continue;
            }
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, bytes).expect("written");
        }
        members.push(case.name);
    }
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    fs::write(folder.join("Cargo.toml"), workspace).expect("written");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("copied");

    let cargo = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(args).current_dir(&folder);
        command.env("CARGO_TARGET_DIR", folder.join("target"));
        command.output().expect("cargo runs")
    };
    let lint = if cargo(&["clippy", "--version"]).status.success() {
        "clippy"
    } else {
        "check"
    };
    let output = cargo(&[lint, "--quiet", "--workspace", "--all-targets"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    // Cargo itself warns of a network that it has to try again.
    let warned = stderr
        .lines()
        .any(|line| line.starts_with("warning") && !line.contains("network error"));
    assert!(output.status.success() && !warned, "{stderr}");
}

/// A member has no workspace of its own, and finds the runtime from here.
fn manifest(bytes: &[u8], root: &Path) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let (package, rest) = text
        .split_once("# A workspace of its own")
        .expect("a workspace");
    let (_, metadata) = rest.split_once("[package.metadata").expect("metadata");
    let runtime = format!("{:?}", root.join("runtime").display().to_string());
    // Without the files of `--state`, whose SQLite takes longer to compile than all of these projects.
    let runtime = format!("{runtime}, default-features = false");
    let package = package.replace("\"../../../../../runtime\"", &runtime);
    format!("{package}[package.metadata{metadata}").into_bytes()
}
