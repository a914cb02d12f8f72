//! `mcp-gen schema`: the JSON Schema of `mcp.toml`, or those of the tools.

mod tools;

use crate::outcome::{Outcome, Status};
use crate::write;
use anyhow::{Context, Result};
use mcp_agent_codegen::emit::schema;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Where a repository keeps its copy.
const PLACE: &str = "schema/mcp.schema.json";

/// Prints the JSON Schema of `mcp.toml`, writes it, or says whether a copy is current.
///
/// With --tools, writes the schemas of each tool's arguments and structured content into a folder, for those who call tools without a model.
#[derive(clap::Args)]
pub struct Args {
    /// Compares the file instead of writing it.
    #[arg(long)]
    check: bool,
    /// The file; with `--check` alone, `schema/mcp.schema.json`.
    #[arg(long, value_name = "FILE", conflicts_with = "tools")]
    out: Option<PathBuf>,
    /// The folder for `<tool>.input.json` and `<tool>.output.json`. Of those that mcp-gen wrote there, the ones of tools that are gone go.
    #[arg(long, value_name = "DIR")]
    tools: Option<PathBuf>,
    /// With --tools: a declaration, or a folder with `mcp.toml` or a crate in it.
    #[arg(long, value_name = "PATH", default_value = ".", requires = "tools")]
    project: PathBuf,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    if let Some(folder) = &args.tools {
        return tools::run(folder, &args.project, args.check, color);
    }
    let schema = schema::declaration();
    let path = match (&args.out, args.check) {
        (Some(path), _) => path.as_path(),
        (None, true) => Path::new(PLACE),
        (None, false) => {
            let value: Value = serde_json::from_str(&schema)?;
            return Ok(Outcome::new(Status::Ok, schema, json!({ "schema": value })));
        }
    };
    let shown = path.display().to_string();
    let current = match fs::read(path) {
        Ok(bytes) => bytes == schema.as_bytes(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}`")),
    };
    let data = json!({ "file": shown, "current": current });
    if current {
        return Ok(Outcome::new(
            Status::Ok,
            format!("{shown} is up to date\n"),
            data,
        ));
    }
    if args.check {
        let findings = format!("{shown} is out of date: run `mcp-gen schema --out {shown}`\n");
        return Ok(Outcome::new(Status::Findings, "", data).with_findings(findings));
    }
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .context("`--out` names no file")?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    write::all(folder, &vec![(name, schema.as_bytes())], &[])?;
    Ok(Outcome::new(Status::Ok, format!("wrote {shown}\n"), data))
}
