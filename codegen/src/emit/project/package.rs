//! `package.json`: the versions that were tried together.

use super::jsonc::{self, Document, Merged};
use super::{MergeError, render};
use crate::model::{Agent, AuthMode};

/// Where it lies in a project.
pub(super) const PATH: &str = "package.json";

/// Where npm keeps what a project is built and tested with.
const DEV: &str = "devDependencies";

/// The Node that wrangler needs.
pub(super) const NODE: &str = ">=22.12";

/// wrangler and the official SDK, exactly: an older Node resolves an older wrangler without a word.
const PINS: [(&str, &str); 2] = [
    ("@modelcontextprotocol/sdk", "1.32.2"),
    ("wrangler", "4.164.0"),
];

/// What `[auth]` needs of the npm registry: the authorization server, and JWTs.
const PROVIDER: (&str, &str) = ("@cloudflare/workers-oauth-provider", "1.2.3");
const JOSE: (&str, &str) = ("jose", "6.2.17");

/// All that a project pins, by name.
pub(super) fn pins(agent: &Agent) -> Vec<(&'static str, &'static str)> {
    let of_mode: &[_] = match agent.auth.as_ref().map(|auth| &auth.mode) {
        None | Some(AuthMode::Bearer(_)) => &[],
        Some(AuthMode::Resource(_) | AuthMode::Access { .. }) => &[JOSE],
        Some(AuthMode::OAuth(_)) => &[PROVIDER, JOSE],
    };
    let mut pins = [&PINS, of_mode].concat();
    pins.sort_unstable();
    pins
}

/// The file of a new project.
pub(super) fn fresh(agent: &Agent) -> String {
    render::package(agent)
}

/// Brings a user's file up to date: the Node that is needed and the pinned tools. Scripts are the user's.
pub(super) fn merge(text: &str, agent: &Agent) -> Result<Merged, MergeError> {
    let mut doc = Document::parse(text)?;
    let top = doc.top();
    let engines = jsonc::object(&top, "engines", "engines")?;
    doc.set(&engines, "node", "engines.node", NODE);
    for (name, version) in pins(agent) {
        // A tool that its user moved to `dependencies` stays there, at our version.
        let moved = top.object_value("dependencies");
        let (key, section) = match moved.filter(|section| section.get(name).is_some()) {
            Some(section) => ("dependencies", section),
            None => (DEV, jsonc::object(&top, DEV, DEV)?),
        };
        doc.set(&section, name, &format!("{key}.{name}"), version);
    }
    Ok(doc.finish())
}
