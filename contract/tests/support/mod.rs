//! Declarations that tests compare.

use mcp_agent_codegen::{Files, Loaded, Source, load};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::make::{self, Known};

/// A declaration that has no mistakes.
pub fn loaded(name: &str, text: &str, files: &dyn Files) -> Loaded {
    let source = Source { name, text };
    load(source, files).unwrap_or_else(|report| panic!("{}", report.render(source, false)))
}

/// What it promises.
pub fn contract(loaded: &Loaded) -> Contract {
    make::contract(&loaded.agent, Known::default())
}
