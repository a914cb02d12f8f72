//! `cargo xtask doctor`: what is found, what is missing, where it is and how to get it. Installs nothing.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::setup::crates::CrateTool;
use crate::setup::{chromium, npm, rust};

/// Prints a line for each tool; fails when one is missing.
pub fn run() -> Result<()> {
    let mut missing = 0;
    let mut line = |name: &str, found: Option<(String, String)>, how: &str| match found {
        Some((version, place)) => out!("  ok     {name:<14} {version:<14} {place}"),
        None => {
            missing += 1;
            out!("MISSING  {name:<14} {}", how.replace('\n', "\n         "));
        }
    };

    let ordinary = rust::ordinary();
    line(
        "rust",
        ordinary
            .filter(|version| *version >= rust::OLDEST)
            .map(|version| (version.to_string(), "rustc of PATH".to_owned())),
        &match ordinary {
            Some(old) => format!(
                "rustc of PATH is {old}, needed is {}: https://rustup.rs",
                rust::OLDEST
            ),
            None => "no rustc in PATH: https://rustup.rs".to_owned(),
        },
    );
    let by_itself = "`cargo xtask demo` or `test` will get it";
    line(
        "rust for wasm",
        rust::find()?.map(|found| {
            let place = found.bin.map_or_else(
                || "rustc of PATH".to_owned(),
                |bin| bin.display().to_string(),
            );
            (found.version.to_string(), place)
        }),
        &format!(
            "{}{}",
            if rust::can_install() {
                format!("{by_itself}; or ")
            } else {
                String::new()
            },
            rust::WAYS
        ),
    );
    for tool in [CrateTool::WORKER_BUILD, CrateTool::WASM_BINDGEN] {
        let how = format!(
            "{by_itself} (cargo install {}@{})",
            tool.package, tool.version
        );
        line(
            tool.binary,
            tool.find()?
                .map(|folder| (tool.version.to_owned(), folder.display().to_string())),
            &how,
        );
    }
    let tools = npm::find()?;
    let how = match process::ask(Command::new("npm").arg("--version")) {
        Some(_) => format!("{by_itself} (npm ci of tools/package-lock.json)"),
        None => "needs npm, which comes with Node.js: https://nodejs.org".to_owned(),
    };
    let ask = |program: &Path, argument: &str| {
        let version = process::ask(Command::new(program).arg(argument)).unwrap_or_default();
        (
            version
                .trim_start_matches('v')
                .trim_start_matches("workerd ")
                .to_owned(),
            program.display().to_string(),
        )
    };
    line(
        "node",
        tools.as_ref().map(|tools| ask(&tools.node, "--version")),
        &how,
    );
    line(
        "workerd",
        tools.as_ref().map(|tools| ask(&tools.workerd, "--version")),
        &how,
    );
    line(
        "esbuild",
        tools.as_ref().map(|tools| ask(&tools.esbuild, "--version")),
        &how,
    );
    for package in npm::PACKAGES {
        let found = tools.as_ref().and_then(|tools| {
            let folder = tools.modules.join(package);
            Some((npm::version(&folder)?, folder.display().to_string()))
        });
        line(package.rsplit('/').next().unwrap_or(package), found, &how);
    }
    line(
        "chromium",
        chromium::find().map(|path| {
            let version = process::ask(Command::new(&path).arg("--version")).unwrap_or_default();
            let number = version
                .split(' ')
                .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            (
                number.unwrap_or_default().to_owned(),
                path.display().to_string(),
            )
        }),
        &format!(
            "`cargo xtask test` will get it on Debian, for the tests in a browser; or {}",
            chromium::WAYS
        ),
    );
    if missing > 0 {
        bail!("{missing} missing");
    }
    Ok(())
}
