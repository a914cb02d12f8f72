//! `cargo xtask test`: all that CI checks, in steps. A failed step does not stop the others; the end names them all.

mod conformance;
mod generated;
mod native;
mod nextest;
mod node;
mod wasm;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::lab::Lab;
use crate::ui;
use node::FailedTests;

/// One thing that is checked.
struct Step {
    name: &'static str,
    about: &'static str,
    check: fn(&Lab) -> Result<()>,
}

/// Cheap ones first.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "all Rust code is formatted",
        check: native::fmt,
    },
    Step {
        name: "clippy",
        about: "no warning in the workspace",
        check: native::clippy,
    },
    Step {
        name: "doc",
        about: "documentation without a warning",
        check: native::doc,
    },
    Step {
        name: "native",
        about: "tests of all crates, documentation examples too",
        check: native::tests,
    },
    Step {
        name: "current",
        about: "committed generated files are up to date",
        check: generated::current,
    },
    Step {
        name: "new",
        about: "mcp-gen new gives the same bytes twice",
        check: generated::same_bytes,
    },
    Step {
        name: "install",
        about: "cargo install of mcp-gen, which makes a project in 50 ms",
        check: generated::install,
    },
    Step {
        name: "agents",
        about: "the agents of the tests build for wasm",
        check: wasm::agents,
    },
    Step {
        name: "e2e",
        about: "real clients against the Workers in workerd",
        check: wasm::end_to_end,
    },
    Step {
        name: "conformance",
        about: "the official conformance suite, all revisions",
        check: conformance::suite,
    },
    Step {
        name: "conformance-auth",
        about: "the official conformance suite, authorization and all of a server with it",
        check: conformance::authorization,
    },
    Step {
        name: "project",
        about: "generated projects' clippy, test and wrangler deploy --dry-run",
        check: wasm::project,
    },
    Step {
        name: "size",
        about: "the release Worker of the reference agent",
        check: wasm::size,
    },
];

/// The tests that failed, where an error says which.
fn failing(error: &anyhow::Error) -> Vec<String> {
    let node = error.downcast_ref::<FailedTests>();
    let native = error.downcast_ref::<nextest::Failed>();
    match (node, native) {
        (Some(tests), _) => tests.names().collect(),
        (_, Some(tests)) => tests.names.clone(),
        _ => Vec::new(),
    }
}

/// The names of the steps.
pub fn names() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|step| step.name)
}

/// Runs the steps that are asked for, all by default; of the end-to-end tests, the files with one of these in their names, all by default.
pub fn run(only: &[String], files: Vec<String>) -> Result<()> {
    let started = Instant::now();
    let lab = Lab::of_files(files);
    let mut results: Vec<(&Step, Duration, Option<anyhow::Error>)> = Vec::new();
    for step in STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
    {
        eprintln!("\n── {}: {}", step.name, step.about);
        let started = Instant::now();
        let error = (step.check)(&lab).err();
        if let Some(error) = &error {
            eprintln!("{error:#}");
        }
        results.push((step, started.elapsed(), error));
    }
    eprintln!("\n── summary");
    for (step, time, error) in &results {
        let word = if error.is_some() { "FAILED" } else { "ok" };
        eprintln!(
            "{word:>6} {:<11} {:>12}  {}",
            step.name,
            ui::seconds(*time),
            step.about
        );
    }
    eprintln!("       in all      {:>12}", ui::seconds(started.elapsed()));
    let failed: Vec<&str> = results
        .iter()
        .filter(|(.., error)| error.is_some())
        .map(|(step, ..)| step.name)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    // Once more at the very end, which is what is seen of a long log.
    let tests: String = results
        .iter()
        .filter_map(|(.., error)| error.as_ref())
        .flat_map(failing)
        .map(|name| format!("\n  ✖ {name}"))
        .collect();
    bail!(
        "failed: {} (one alone: cargo xtask test --only {}){tests}",
        failed.join(", "),
        failed[0]
    );
}
