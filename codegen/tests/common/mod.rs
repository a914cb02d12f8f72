//! What the tests of this crate share.

use mcp_agent_codegen::{Files, Loaded, Source, diag::Report, load};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files in a folder.
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// Files in memory.
#[derive(Default)]
pub struct Memory(pub BTreeMap<&'static str, Vec<u8>>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0
            .get(path)
            .cloned()
            .ok_or_else(|| "no such file".to_owned())
    }
}

/// `text` as `mcp.toml`.
pub fn source(text: &str) -> Source<'_> {
    Source {
        name: "mcp.toml",
        text,
    }
}

/// Loads `text`, beside files in memory.
pub fn load_text(text: &str, files: &dyn Files) -> Result<Loaded, Report> {
    load(source(text), files)
}

/// Loads `text`, which must be valid.
pub fn valid(text: &str, files: &dyn Files) -> Loaded {
    load_text(text, files).unwrap_or_else(|report| panic!("{}", report.render(source(text), false)))
}
