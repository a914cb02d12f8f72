//! `cargo nextest run` as a step. When it fails, the tests that did come first and then what they said: long logs are cut where they are kept.
//!
//! A test that fails is tried once more, alone, for some speak to processes and to the network of a machine that others load. One that passes then is
//! named as well, and does not fail the step.

use std::fmt;
use std::fs;

use anyhow::Result;

use super::native::LIMIT;
use crate::process::{self, Failure};
use crate::repo;
use crate::setup::native_cargo;

/// Compiles the tests of the workspace, and runs them.
pub fn run() -> Result<()> {
    let common = ["--workspace", "--locked", "--no-tests=pass"];
    let mut compile = native_cargo();
    compile
        .current_dir(repo::root())
        .args(["nextest", "run", "--no-run"])
        .args(common);
    process::run("cargo nextest run --no-run", &mut compile, LIMIT)?;
    let mut tests = native_cargo();
    tests
        .current_dir(repo::root())
        .args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"])
        .args(["--retries=1", "--failure-output=final"])
        .args(["--status-level=all", "--final-status-level=flaky"])
        .args(["--color=never"])
        .args(common);
    let log = match process::run_logged("cargo nextest run", &mut tests, LIMIT) {
        Ok(log) => log,
        Err(error) => {
            let failure = error.downcast::<Failure>()?;
            let report = fs::read_to_string(&failure.log).unwrap_or_default();
            return Err(Failed::of(failure, &report).into());
        }
    };
    for name in named(&fs::read_to_string(log).unwrap_or_default(), &["FLAKY"]) {
        eprintln!("       flaky: {name}");
    }
    Ok(())
}

/// The error of a run in which tests failed.
#[derive(Debug)]
pub struct Failed {
    /// Which, as `nextest` names them.
    pub names: Vec<String>,
    /// What they said.
    said: String,
    failure: Failure,
}

impl Failed {
    fn of(failure: Failure, report: &str) -> Self {
        const ENDS: [&str; 5] = ["FAIL", "TIMEOUT", "ABORT", "LEAK-FAIL", "SIG"];
        // What comes before the summary is the tests that passed.
        let end = report.find("\n     Summary [").map(|at| &report[at..]);
        Self {
            names: named(end.unwrap_or_default(), &ENDS),
            said: end.unwrap_or(report).trim().to_owned(),
            failure,
        }
    }
}

/// The tests that a report has a word of these for, each once.
fn named(report: &str, words: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    for line in report.lines() {
        let line = line.trim_start();
        // `FAIL [   0.012s] (1/3) crate::binary name`, with `TRY 2` before it where there were several.
        let told = line
            .strip_prefix("TRY ")
            .and_then(|it| it.split_once(' '))
            .map_or(line, |(_, rest)| rest);
        let Some((_, rest)) = told.split_once("s] ") else {
            continue;
        };
        let is_told = words.iter().any(|word| told.starts_with(word));
        let name = rest.rsplit_once(") ").map_or(rest, |(_, name)| name).trim();
        if is_told && !names.iter().any(|it| it == name) {
            names.push(name.to_owned());
        }
    }
    names
}

impl std::error::Error for Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Of what the tests said; their names are told whatever they said.
        const CHARACTERS: usize = 60_000;
        writeln!(f, "{}", self.failure.what)?;
        for name in &self.names {
            writeln!(f, "✖ {name}")?;
        }
        let said: String = self.said.chars().take(CHARACTERS).collect();
        write!(f, "{said}\nthe whole log: {}", self.failure.log.display())
    }
}

#[cfg(test)]
mod tests {
    use super::Failed;
    use crate::process::Failure;

    #[test]
    fn the_tests_that_failed_come_first() {
        let report = "        PASS [   0.014s] (1/3) a::b passes\n  TRY 1 FAIL [   0.010s] (2/3) a::b fails\n\
            ────────────\n     Summary [   1.0s] 3 tests run\n  TRY 2 FAIL [   0.010s] (2/3) a::b fails\n  stdout ───\n    left: 1\n\
               FLAKY 2/2 [   0.010s] (3/3) a::b wavers\n";
        let failure = Failure {
            what: "cargo nextest run: exit status: 100".to_owned(),
            command: "cargo".to_owned(),
            log: "log".into(),
        };
        let failed = Failed::of(failure, report);
        assert_eq!(failed.names, ["a::b fails"]);
        let told = failed.to_string();
        assert!(told.contains("exit status: 100\n✖ a::b fails\n"), "{told}");
        assert!(
            told.contains("left: 1") && !told.contains("passes"),
            "{told}"
        );
        assert_eq!(super::named(report, &["FLAKY"]), ["a::b wavers"]);
    }
}
