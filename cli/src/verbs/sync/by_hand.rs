//! What `sync` finds and leaves to people.

use crate::sources;
use anyhow::Result;
use mcp_agent_codegen::emit::project::{
    self,
    handlers::{self, Handlers},
};
use mcp_agent_codegen::model::Agent;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The version of this binary, of the entry that it writes, and of the runtime that the entry calls.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is to be done by hand.
pub struct ByHand {
    handlers: Option<Handlers>,
    /// The version of the runtime that the project asks for, if it is not the one whose entry this is.
    stale_runtime: Option<String>,
    unknown_domains: Vec<String>,
    /// What `Cargo.toml` lacks of a Worker.
    manifest: Option<&'static str>,
}

impl ByHand {
    /// Looks through a project.
    pub fn find(dir: &Path, agent: &Agent) -> Result<Self> {
        let text = |path: &str| fs::read_to_string(dir.join(path)).unwrap_or_default();
        let manifest = text("Cargo.toml");
        let version = project::runtime_version(&manifest);
        Ok(Self {
            handlers: handlers::compare(agent, &sources::below(dir)?),
            stale_runtime: version.filter(|version| version != VERSION),
            unknown_domains: project::unknown_domains(&text("wrangler.jsonc"), agent),
            manifest: project::missing_sections(&manifest),
        })
    }

    /// Whether the project does not compile, or does not work, until it is done. A domain that is not served harms nobody.
    pub fn is_needed(&self) -> bool {
        let handlers = self
            .handlers
            .as_ref()
            .is_some_and(|found| !found.missing.is_empty() || !found.left_over.is_empty());
        handlers || self.stale_runtime.is_some() || self.manifest.is_some()
    }

    /// For people.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        if let Some(found) = &self.handlers {
            let file = &found.file;
            for stub in &found.missing {
                let (method, stub) = (&stub.method, &stub.text);
                text.push_str(&format!(
                    "{file}: the handler `{method}` is still to write:\n\n{stub}\n"
                ));
            }
            for method in &found.left_over {
                text.push_str(&format!(
                    "{file}: nothing declares `{method}` any more: remove the handler, or declare it again\n"
                ));
            }
        }
        if let Some(version) = &self.stale_runtime {
            text.push_str(&format!(
                "Cargo.toml: `mcp-agent` is {version}, and the entry is that of {VERSION}: write `mcp-agent = \"={VERSION}\"`\n"
            ));
        }
        if let Some(sections) = self.manifest {
            text.push_str(&format!(
                "Cargo.toml: this is no Worker yet: add\n\n{sections}\n"
            ));
        }
        for domain in &self.unknown_domains {
            text.push_str(&format!(
                "wrangler.jsonc: `{domain}` is a custom domain that mcp.toml does not know, so the Worker answers 403 there: remove it, \
                 or declare it under [deploy] routes\n"
            ));
        }
        text
    }

    /// For machines: members of the verb's object.
    pub fn to_json(&self) -> [(&'static str, Value); 4] {
        let handlers = self.handlers.as_ref().map(|found| {
            let missing = found.missing.iter().map(
                |stub| json!({ "method": stub.method, "signature": stub.signature, "stub": stub.text }),
            );
            json!({ "file": found.file, "missing": missing.collect::<Vec<_>>(), "left_over": found.left_over })
        });
        let runtime = self
            .stale_runtime
            .as_ref()
            .map(|version| json!({ "found": version, "expected": VERSION }));
        [
            ("handlers", json!(handlers)),
            ("runtime", json!(runtime)),
            ("unknown_domains", json!(self.unknown_domains)),
            ("manifest", json!(self.manifest)),
        ]
    }
}
