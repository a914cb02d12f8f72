//! Front ends and back ends of mcp-agent.
//!
//! [`read`] translates a declaration into [`read::raw::Raw`], [`check`] judges it and makes an [`model::Agent`], [`emit`] writes what
//! follows from it; [`expand`] is the attribute, which does all three. Nothing here does IO: files that a declaration names come
//! through [`Files`].

pub mod check;
pub mod diag;
pub mod emit;
pub mod expand;
pub mod explain;
pub mod model;
pub mod name;
pub mod read;

use diag::{Diagnostic, Report, Sink};
use model::Agent;

/// Reads the files that a declaration names.
pub trait Files {
    /// The contents of `path`, which is relative to the declaration's folder and does not leave it.
    ///
    /// # Errors
    /// What the author should read: `` no such file ``.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// A declaration's text, and what to call it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What is shown in front of a line number: `mcp.toml`.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

/// An agent, and what came up while loading it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The agent.
    pub agent: Agent,
    /// Files that the declaration names, as declared, without duplicates: an agent changes when one of them does.
    pub files: Vec<String>,
    /// Warnings, in the order of the source.
    pub notes: Vec<Diagnostic>,
    /// Where in the source its keys and values stand.
    pub places: read::toml::Places,
}

/// Loads the agent that `source` declares.
///
/// # Errors
/// Everything that is wrong with the declaration, at once.
pub fn load(source: Source<'_>, files: &dyn Files) -> Result<Loaded, Report> {
    let mut sink = Sink::default();
    let (raw, places) = read::toml::read(source.text, &mut sink);
    let checked = raw.and_then(|raw| check::check(&raw, files, &mut sink));
    let has_errors = sink.has_errors();
    let diagnostics = sink
        .into_diagnostics()
        .into_iter()
        .map(|diagnostic| places.locate(diagnostic, source.text))
        .collect();
    let report = Report::new(diagnostics);
    match checked {
        Some((agent, files)) if !has_errors => Ok(Loaded {
            agent,
            files,
            notes: report.diagnostics().to_vec(),
            places,
        }),
        _ => Err(report),
    }
}
