//! `package.json`: the versions that were tried together.

use super::jsonc::{self, Document, Merged};
use super::{MergeError, render};
use crate::model::Agent;

/// Where it lies in a project.
pub(super) const PATH: &str = "package.json";

/// The Node that wrangler needs.
pub(super) const NODE: &str = ">=22.12";

/// wrangler and the official SDK, exactly: an older Node resolves an older wrangler without a word.
pub(super) const PINS: [(&str, &str); 2] = [
    ("@modelcontextprotocol/sdk", "1.32.2"),
    ("wrangler", "4.164.0"),
];

/// The file of a new project.
pub(super) fn fresh(agent: &Agent) -> String {
    render::package(agent)
}

/// Brings a user's file up to date: the Node that is needed and the pinned tools. Scripts are the user's.
pub(super) fn merge(text: &str) -> Result<Merged, MergeError> {
    let mut doc = Document::parse(text)?;
    let top = doc.top();
    let engines = jsonc::object(&top, "engines", "engines")?;
    doc.set(&engines, "node", "engines.node", NODE);
    for (name, version) in PINS {
        let path = format!("devDependencies.{name}");
        // A user who moved a tool to `dependencies` keeps it there, at our version.
        let section = top
            .object_value("dependencies")
            .filter(|section| section.get(name).is_some());
        let section = match section {
            Some(section) => section,
            None => jsonc::object(&top, "devDependencies", "devDependencies")?,
        };
        doc.set(&section, name, &path, version);
    }
    Ok(doc.finish())
}
