//! The contract of a declaration, and where in it a finding is.

use crate::declaration::Declaration;
use crate::rust_places::RustPlaces;
use crate::sources;
use mcp_agent_codegen::Loaded;
use mcp_agent_codegen::diag::Part;
use mcp_agent_codegen::model::Agent;
use mcp_agent_codegen::read::toml::Places;
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::make::{self, Known};
use mcp_agent_contract::render::Place;
use mcp_agent_contract::review::Weighed;

/// What a declaration promises.
pub fn contract(declaration: &Declaration, loaded: &Loaded) -> Contract {
    let known = Known {
        tools: declaration.tools.as_deref().unwrap_or_default(),
        state: declaration.state.as_ref(),
    };
    make::contract(&loaded.agent, known)
}

/// Where findings are, one for one.
pub fn places(declaration: &Declaration, agent: &Agent, found: &[Weighed]) -> Vec<Option<Place>> {
    if declaration.is_file {
        let places = Places::read(&declaration.text);
        let in_file = |it: &Weighed| {
            let address = it.finding.shown(&|it| places.has(it));
            let span = places.find(&address, Part::Key);
            let (line, column) = line_column(span.start, &declaration.text);
            Some(Place {
                file: declaration.name.clone(),
                line,
                column,
            })
        };
        return found.iter().map(in_file).collect();
    }
    let Some(folder) = &declaration.folder else {
        return found.iter().map(|_| None).collect();
    };
    // What cannot be read has no places, and the findings are as true without.
    let files = sources::below(folder).unwrap_or_default();
    let places = RustPlaces::read(&files);
    found
        .iter()
        .map(|it| {
            let (file, line, column) = places.find(&it.finding.address, agent)?;
            Some(Place {
                file: declaration.beside(file),
                line,
                column,
            })
        })
        .collect()
}

/// Line and column of a byte, both from 1, the column in characters.
fn line_column(at: usize, text: &str) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
