//! The contract of a declaration, and where in it a finding is.

use crate::declaration::Declaration;
use crate::rust_places::RustPlaces;
use crate::sources;
use crate::sql;
use mcp_agent_codegen::Loaded;
use mcp_agent_codegen::diag::{Address, Part};
use mcp_agent_codegen::read::toml::Places;
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::judge::Finding;
use mcp_agent_contract::make::{self, Known};
use mcp_agent_contract::render::Place;
use mcp_agent_contract::review::Weighed;
use std::fs;
use std::path::Path;

/// What a declaration promises.
pub fn contract(declaration: &Declaration, loaded: &Loaded) -> Contract {
    let known = Known {
        tools: declaration.tools.as_deref().unwrap_or_default(),
        state: declaration.state.as_ref(),
    };
    make::contract(&loaded.agent, known)
}

/// Where findings are, one for one.
pub fn places(declaration: &Declaration, loaded: &Loaded, found: &[Weighed]) -> Vec<Option<Place>> {
    if declaration.is_file {
        let written = Written::new(declaration.name.clone(), &declaration.text, &loaded.places);
        let place = |it: &Weighed| Some(written.place(&it.finding));
        return found.iter().map(place).collect();
    }
    let Some(folder) = &declaration.folder else {
        return found.iter().map(|_| None).collect();
    };
    // What cannot be read has no places, and the findings are as true without.
    let read = configs(declaration, folder);
    let configs = read
        .iter()
        .map(|(name, text, places)| Written::new(declaration.beside(name), text, places));
    let configs: Vec<Written<'_>> = configs.collect();
    let files = sources::below(folder).unwrap_or_default();
    let in_rust = RustPlaces::read(&files);
    let place = |it: &Weighed| {
        let address = &it.finding.address;
        if let Some(written) = configs.iter().find(|file| is_of(address, file.places)) {
            return Some(written.place(&it.finding));
        }
        let (file, line, column) = in_rust.find(address, &loaded.agent)?;
        Some(Place {
            file: declaration.beside(file),
            line,
            column,
        })
    };
    found.iter().map(place).collect()
}

/// A file in TOML.
struct Written<'a> {
    name: String,
    text: &'a str,
    places: &'a Places,
    /// Where its lines begin.
    lines: Vec<usize>,
}

impl<'a> Written<'a> {
    fn new(name: String, text: &'a str, places: &'a Places) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name,
            text,
            places,
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    fn place(&self, finding: &Finding) -> Place {
        let address = finding.shown(&|it| self.places.has(it));
        let at = self.places.find(&address, Part::Key).start;
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).map_or(0, |it| self.lines[it]);
        let before = self.text.get(start..at).unwrap_or_default();
        Place {
            file: self.name.clone(),
            line,
            column: before.chars().count() + 1,
        }
    }
}

/// The files that the attributes of a crate name, each with its text: they lie beside its `Cargo.toml`.
fn configs(declaration: &Declaration, folder: &Path) -> Vec<(String, String, Places)> {
    let names = sql::configs(declaration).unwrap_or_default();
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name)).ok()?;
        let places = Places::read(&text);
        Some((name, text, places))
    };
    names.into_iter().filter_map(read).collect()
}

/// Whether a file has what is at `address`, or what it was part of: an item is declared in one place, and so is a section.
fn is_of(address: &Address, places: &Places) -> bool {
    let names = address.names();
    let whole = match names.first() {
        Some(&("tools" | "resources" | "prompts" | "types" | "handles")) => 2,
        _ => 1,
    };
    names.len() >= whole && places.has(&Address::root().keys(names.into_iter().take(whole)))
}
