//! `cargo xtask demo`: from the root `mcp.toml` to a Worker that real clients call, in front of your eyes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::lab::{Lab, REFERENCE};
use crate::worker::{self, Profile};
use crate::workerd::Server;
use crate::{files, process, repo, serve};

/// What the counter stands at after `tests/client/demo.mjs` has added over every transport.
const COUNTER_AFTER: &str = "16";

/// Runs the demo; with `once` it ends after the clients have been served.
pub fn run(once: bool) -> Result<()> {
    let lab = Lab::default();
    let tools = lab.tools()?;
    lab.mcp_gen()?;

    say("mcp-gen new --from mcp.toml");
    let project = lab.generated_reference()?;
    out!("The project is {}.", project.display());
    out!(
        "Its handlers answer \"not implemented yet\"; the demo copies the written ones from examples/{REFERENCE}/src/lib.rs."
    );

    say("Build");
    let out = repo::out().join("demo");
    let worker = worker::build(tools, &project, Profile::Release, &out.join("worker"))?;
    out!(
        "The Worker weighs {} KB gzip.",
        worker::gzip_size(tools, &worker)?.div_ceil(1024)
    );

    say("Serve, and call it with real clients");
    let storage = out.join("storage");
    files::remove(&storage)?;
    let server = Server::start(tools, &worker, &storage)?;
    client(&lab, &project, &server, &[])?;

    say("Kill the server (SIGKILL), start it again, and look whether the state was kept");
    drop(server);
    let mut server = Server::start(tools, &worker, &storage)?;
    client(
        &lab,
        &project,
        &server,
        &["--expect-counter", COUNTER_AFTER],
    )?;

    if once {
        return Ok(());
    }
    say("Connect your own client");
    out!("{}", how_to_connect(&server));
    serve::wait(&mut server)
}

fn say(what: &str) {
    out!("\n── {what}");
}

/// Runs the clients; what they print is the demo's output.
fn client(lab: &Lab, project: &Path, server: &Server, arguments: &[&str]) -> Result<()> {
    let agents = BTreeMap::from([(REFERENCE.to_owned(), project.to_path_buf())]);
    let mut command: Command = lab.script("tests/client/demo.mjs", &agents)?;
    command.arg(server.url("")).args(arguments);
    let status = process::show(&mut command, Duration::from_secs(120))?;
    ensure!(
        status.success(),
        "the clients failed ({status}); the server's log: {}",
        server.log().display()
    );
    Ok(())
}

fn how_to_connect(server: &Server) -> String {
    let url = server.url("/mcp");
    format!(
        "Streamable HTTP and 2026-07-28: {url}\nHTTP+SSE of 2024-11-05:         {}\n\n\
         Claude Code   claude mcp add --transport http {REFERENCE} {url}\n\
         Claude        in claude_desktop_config.json:  {{\"mcpServers\": {{\"{REFERENCE}\": {{\"command\": \"npx\", \"args\": [\"mcp-remote\", \"{url}\"]}}}}}}\n\
         Cursor        in .cursor/mcp.json:            {{\"mcpServers\": {{\"{REFERENCE}\": {{\"url\": \"{url}\"}}}}}}\n\
         Inspector     npx @modelcontextprotocol/inspector --cli {url} --transport http --method tools/list\n\
         mcp-remote    npx mcp-remote {url}\n\n\
         Serving until Ctrl-C; the log is {}.",
        server.url("/sse"),
        server.log().display(),
    )
}
