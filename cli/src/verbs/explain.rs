//! `mcp-gen explain`: what a code means.

use crate::outcome::{Outcome, Status};
use anyhow::{Result, bail};
use mcp_agent_codegen::explain;
use serde_json::{Value, json};

/// Explains a code that `check` gave.
#[derive(clap::Args)]
pub struct Args {
    /// A code, as `E0103`.
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    code: Option<String>,
    /// Lists all codes.
    #[arg(long)]
    list: bool,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Outcome> {
    let Some(code) = &args.code else {
        let text = explain::all()
            .iter()
            .map(|item| format!("{}  {}\n", item.code, item.title))
            .collect::<String>();
        let codes: Vec<Value> = explain::all()
            .iter()
            .map(|item| json!({ "code": item.code, "title": item.title }))
            .collect();
        return Ok(Outcome::new(Status::Ok, text, json!({ "codes": codes })));
    };
    let Some(found) = explain::find(&code.to_ascii_uppercase()) else {
        bail!("there is no code `{code}`; `mcp-gen explain --list` lists them");
    };
    let text = format!(
        "{}: {}\n\n{}\n",
        found.code,
        found.title,
        found.text.trim_end()
    );
    Ok(Outcome::new(
        Status::Ok,
        text,
        json!({ "code": found.code, "title": found.title, "text": found.text }),
    ))
}
