//! Declarations that tests compare.

use mcp_agent_codegen::{Files, Loaded, Source, load};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::make::{self, Known};
use std::path::PathBuf;

/// Files of a folder, and none without one.
pub struct Folder(pub Option<PathBuf>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let folder = self.0.as_ref().ok_or("no such file")?;
        std::fs::read(folder.join(path)).map_err(|error| error.to_string())
    }
}

/// A declaration that has no mistakes.
pub fn loaded(name: &str, text: &str, files: &dyn Files) -> Loaded {
    let source = Source { name, text };
    load(source, files).unwrap_or_else(|report| panic!("{}", report.render(source, false)))
}

/// What it promises.
pub fn contract(loaded: &Loaded) -> Contract {
    make::contract(&loaded.agent, Known::default())
}
