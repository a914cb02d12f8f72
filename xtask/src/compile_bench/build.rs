//! Cargo on the crates, with a clock.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::crates::{RMCP, Side};
use crate::process::{self, Took};
use crate::setup;

const LIMIT: Duration = Duration::from_secs(1500);

/// Fetches what a side needs: no build afterwards looks at the network.
pub fn fetch(side: Side) -> Result<()> {
    let mut command = cargo(side);
    command.arg("fetch");
    if side == Side::Rmcp {
        command.arg("--locked");
    }
    process::run(&format!("cargo fetch for {}", side.name()), &mut command, LIMIT).with_context(|| match side {
        Side::Ours => "cannot fetch what mcp-agent depends on".to_owned(),
        Side::Rmcp => format!("cannot fetch rmcp {RMCP}, which this bench compares with: it needs the registry, or a cargo home that has been there"),
    })
}

/// What `cargo build` takes from nothing, dependencies included.
pub fn whole(side: Side, tools: usize) -> Result<Took> {
    crate::files::remove(&side.target())?;
    time(side, tools, "build")
}

/// What `cargo build` takes when all but the crate itself is built.
pub fn clean(side: Side, tools: usize) -> Result<Took> {
    let mut command = cargo(side);
    command.args(["clean", "--offline", "--package", &side.package(tools)]);
    process::capture("cargo clean", &mut command, LIMIT)?;
    time(side, tools, "build")
}

/// What `cargo build` or `cargo check` takes after an edit of one tool's body.
pub fn edited(side: Side, tools: usize, verb: &str, said: &str) -> Result<Took> {
    let source = side.source(tools);
    let text = side.tools(tools, said);
    ensure!(
        fs::read_to_string(&source)? != text,
        "the edit `{said}` changes nothing"
    );
    fs::write(&source, text)?;
    time(side, tools, verb)
}

/// Makes sure that only the crate itself is left to `verb`.
pub fn warm(side: Side, tools: usize, verb: &str) -> Result<()> {
    time(side, tools, verb).map(drop)
}

fn time(side: Side, tools: usize, verb: &str) -> Result<Took> {
    let mut command = cargo(side);
    command.args([verb, "--offline", "--package", &side.package(tools)]);
    process::time(
        &format!("cargo {verb} of {}", side.package(tools)),
        &mut command,
        LIMIT,
    )
}

/// Cargo as it is without anybody's settings: a cache of compilers or another linker would be measured too.
fn cargo(side: Side) -> Command {
    let mut command = setup::native_cargo();
    command
        .current_dir(side.workspace())
        .env("CARGO_TARGET_DIR", side.target());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let changes = text.starts_with("CARGO_PROFILE_")
            || text.starts_with("CARGO_BUILD_")
            || [
                "CARGO_INCREMENTAL",
                "RUSTFLAGS",
                "CARGO_ENCODED_RUSTFLAGS",
                "RUSTC_WRAPPER",
                "RUSTC_WORKSPACE_WRAPPER",
            ]
            .contains(&&*text);
        if changes {
            command.env_remove(&name);
        }
    }
    command
}
