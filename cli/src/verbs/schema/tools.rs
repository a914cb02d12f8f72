//! The schemas of an agent's tools, a file each.

use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use crate::verbs::count;
use crate::write;
use anyhow::{Context, Result};
use mcp_agent_codegen::emit::project::is_derived;
use mcp_agent_codegen::model::Agent;
use mcp_agent_contract::listing::tools_of;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const NOTE: &str = "Derived by `mcp-gen schema --tools`; edit the declaration instead.";

/// Writes them into `folder`, or says which are not current.
pub fn run(folder: &Path, project: &Path, check: bool, color: bool) -> Result<Outcome> {
    let declaration = Declaration::read(project)?;
    let loaded = match declaration.load(color, ", so nothing was written") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let files = files(&loaded.agent, declaration.tools.as_deref());
    let present = present(folder)?;
    let changed: Vec<(&str, &[u8])> = files
        .iter()
        .filter(|(name, text)| present.get(*name).is_none_or(|it| it != text.as_bytes()))
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let gone: Vec<&str> = present
        .iter()
        .filter(|(name, bytes)| !files.contains_key(*name) && is_derived(bytes))
        .map(|(name, _)| name.as_str())
        .collect();
    let shown = folder.display();
    let names: Vec<&str> = changed.iter().map(|(name, _)| *name).collect();
    let data = json!({ "folder": shown.to_string(), "changed": names, "gone": gone });
    let current = changed.is_empty() && gone.is_empty();
    if current {
        let text = format!("{shown}: {} up to date\n", count(files.len(), "file"));
        return Ok(Outcome::new(Status::Ok, text, data));
    }
    if check {
        let mut lines: String = names
            .iter()
            .map(|it| format!("{shown}/{it} is out of date\n"))
            .collect();
        lines.extend(
            gone.iter()
                .map(|it| format!("{shown}/{it} is no longer needed\n")),
        );
        let findings = format!("{lines}run `mcp-gen schema --tools {shown}`\n");
        return Ok(Outcome::new(Status::Findings, "", data).with_findings(findings));
    }
    write::all(folder, &changed.clone(), &gone)?;
    let mut text: String = names
        .iter()
        .map(|it| format!("wrote {shown}/{it}\n"))
        .collect();
    text.extend(gone.iter().map(|it| format!("removed {shown}/{it}\n")));
    Ok(Outcome::new(Status::Ok, text, data))
}

/// The files by their names. `known` are the tools of a crate that was compiled.
fn files(agent: &Agent, known: Option<&[Value]>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let listed = tools_of(agent, known.unwrap_or_default());
    for (tool, listed) in agent.tools.iter().zip(listed) {
        for (key, kind) in [("inputSchema", "input"), ("outputSchema", "output")] {
            if let Some(Value::Object(schema)) = listed.get(key) {
                files.insert(
                    format!("{}.{kind}.json", file_name(&tool.name)),
                    text(schema),
                );
            }
        }
    }
    files
}

fn text(schema: &Map<String, Value>) -> String {
    let mut out = Map::new();
    out.insert("$comment".to_owned(), NOTE.into());
    out.extend(schema.clone());
    let mut text = serde_json::to_string_pretty(&Value::Object(out)).unwrap_or_default();
    text.push('\n');
    text
}

/// A tool's name as that of a file, in which nothing leads elsewhere.
fn file_name(tool: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    tool.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// The files of the folder that have such names.
fn present(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", folder.display()));
        }
    };
    let mut out = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = name.ends_with(".input.json") || name.ends_with(".output.json");
        if is_ours && entry.file_type()?.is_file() {
            out.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(out)
}
