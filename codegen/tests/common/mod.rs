//! What the tests of this crate share.

#![allow(dead_code, reason = "each test uses a part of it")]

use mcp_agent_codegen::diag::{Diagnostic, Report};
use mcp_agent_codegen::{Files, Loaded, Source, load};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files in a folder. Those below `big/` are larger than any that fits, and `latin-1.txt` is no UTF-8, wherever it is.
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path.starts_with("big/") {
            return Ok(vec![b'x'; 2 << 20]);
        }
        if path.ends_with("latin-1.txt") {
            return Ok(b"Dear\nM\xfcller".to_vec());
        }
        std::fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// Files in memory.
#[derive(Default)]
pub struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Memory {
    /// `path` with `text` in it, beside what is there.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.as_bytes().to_vec());
        self
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.0.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => Folder(PathBuf::from("/nowhere")).read(path),
        }
    }
}

/// What a small declaration begins with.
pub const PRELUDE: &str =
    "schema_version = 1\n\n[server]\nname = \"fixture\"\nversion = \"1.0.0\"\n\n";

/// `text` as `mcp.toml`.
pub fn source(text: &str) -> Source<'_> {
    Source {
        name: "mcp.toml",
        text,
    }
}

/// Loads `text`, which must be valid.
pub fn valid(text: &str, files: &dyn Files) -> Loaded {
    load(source(text), files)
        .unwrap_or_else(|report| panic!("{}", report.render(source(text), false)))
}

/// Everything that is said of `text`, whether it loads or not.
pub fn said(text: &str, files: &dyn Files) -> Vec<Diagnostic> {
    match load(source(text), files) {
        Ok(loaded) => loaded.notes,
        Err(report) => report.diagnostics().to_vec(),
    }
}

/// The same, drawn.
pub fn drawn(text: &str, files: &dyn Files) -> String {
    Report::new(said(text, files)).render(source(text), false)
}

/// The codes of it, in order.
pub fn codes(text: &str, files: &dyn Files) -> Vec<&'static str> {
    said(text, files).iter().map(|d| d.code.as_str()).collect()
}

/// Compares `actual` with the file at `path`; with `UPDATE=1` writes it instead. Gives what is wrong.
pub fn golden(path: &Path, actual: &str) -> Option<String> {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return None;
    }
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, actual).unwrap();
        return None;
    }
    Some(format!(
        "{} is not what comes out (UPDATE=1 accepts it):\n--- expected\n{expected}\n--- actual\n{actual}",
        path.display()
    ))
}
