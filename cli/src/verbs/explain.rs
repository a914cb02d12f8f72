//! `mcp-gen explain`: what a code means.

use crate::outcome::{Outcome, Status};
use anyhow::{Result, bail};
use mcp_agent_codegen::diag::Code;
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
        let text = Code::ALL
            .iter()
            .map(|code| format!("{}  {}\n", code.as_str(), code.title()))
            .collect::<String>();
        let codes: Vec<Value> = Code::ALL
            .iter()
            .map(|code| json!({ "code": code.as_str(), "title": code.title() }))
            .collect();
        return Ok(Outcome::new(Status::Ok, text, json!({ "codes": codes })));
    };
    let Some(found) = Code::ALL
        .iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(code))
    else {
        bail!("there is no code `{code}`; `mcp-gen explain --list` lists them");
    };
    let text = format!("{}: {}\n", found.as_str(), found.title());
    Ok(Outcome::new(
        Status::Ok,
        text,
        json!({ "code": found.as_str(), "title": found.title() }),
    ))
}
