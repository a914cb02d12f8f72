//! Runs the real binary on folders that go away.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What a run gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Fails the test, with all that was said, unless the exit code is this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// The JSON object on stdout, which is one line.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.matches('\n').count(), 1, "{}", self.stdout);
        serde_json::from_str(&self.stdout).expect("JSON on stdout")
    }
}

/// A folder to run in.
pub struct Bench(TempDir);

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for the test"))
    }

    /// A folder with a project of the reference agent in `agent`.
    pub fn with_project() -> Self {
        let bench = Self::new();
        bench.run(&["new", "agent"]).exits(0);
        bench
    }

    /// A folder with a copy of what declares another, and of its code.
    pub fn over(folder: &Path) -> Self {
        let bench = Self::new();
        for path in ["mcp.toml", "migrations", "migrations.lock", "pages", "src"] {
            bench.copy(&folder.join(path), path);
        }
        bench
    }

    fn copy(&self, from: &Path, path: &str) {
        for entry in fs::read_dir(from).into_iter().flatten() {
            let name = entry.expect("an entry").file_name();
            let name = name.to_string_lossy();
            self.copy(&from.join(&*name), &format!("{path}/{name}"));
        }
        if from.is_file() {
            let text = fs::read_to_string(from).expect("text");
            self.write(path, &text);
        }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Runs `mcp-gen` in the folder.
    pub fn run(&self, args: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_mcp-gen"))
            .args(args)
            .current_dir(self.0.path())
            .output()
            .expect("mcp-gen runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Replaces text in a file that has it.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from:?}:\n{text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// All files below a folder with their bytes, hidden ones too.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let root = self.path(folder);
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(relative(&path, &root), fs::read(&path).expect("a file"));
                }
            }
        }
        files
    }
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .expect("below")
        .to_string_lossy()
        .replace('\\', "/")
}

/// A small declaration that is valid.
pub const SMALL: &str = "schema_version = 1\n\n[server]\nname = \"small\"\nversion = \"1.0.0\"\n\n[tools.ping]\ndescription = \"Ping.\"\n";
