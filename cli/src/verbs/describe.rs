//! `mcp-gen describe`: the whole of an agent, wherever it is declared, or what a server says of itself.

mod live;

use crate::declaration::Declaration;
use crate::outcome::{Outcome, Status};
use anyhow::Result;
use mcp_agent_codegen::emit::json as wire;
use mcp_agent_contract::listing::tools_of;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Prints what an agent is: its declaration in TOML, and with `--format json` its items as clients see them. A crate that declares in
/// Rust is compiled, and asked.
///
/// With --live, prints what a server lists, of whatever protocol version, made with whatever. If it wants an access token, that is in
/// MCP_TOKEN.
#[derive(clap::Args)]
pub struct Args {
    /// A declaration, or a folder with `mcp.toml` or a crate in it.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The URL of an MCP server, with its path: `https://my-agent.example.workers.dev/mcp`
    #[arg(long, value_name = "URL", conflicts_with = "path")]
    live: Option<String>,
}

/// Runs the verb.
pub fn run(args: &Args, color: bool) -> Result<Outcome> {
    if let Some(url) = &args.live {
        return live::run(url);
    }
    let declaration = Declaration::read(&args.path)?;
    let loaded = match declaration.load(color, "") {
        Ok(loaded) => loaded,
        Err(outcome) => return Ok(*outcome),
    };
    let agent = &loaded.agent;
    let parse = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_default();
    // Only the compiled crate knows the schemas of its own types.
    let tools = tools_of(agent, declaration.tools.as_deref().unwrap_or_default());
    let resources = agent.resources.iter();
    let prompts = agent.prompts.iter();
    let data = json!({
        "declaration": declaration.text,
        "server": parse(wire::server(&agent.server)),
        "instructions": agent.server.instructions,
        "tools": tools,
        "resources": resources.map(|it| parse(wire::resource(agent, it))).collect::<Vec<_>>(),
        "prompts": prompts.map(|it| parse(wire::prompt(agent, it))).collect::<Vec<_>>(),
    });
    Ok(Outcome::new(Status::Ok, declaration.text.clone(), data))
}
