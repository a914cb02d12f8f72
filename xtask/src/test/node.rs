//! `node --test` as a step. When it fails, the tests that did are all that is told, in not many lines: long logs are cut where they are kept.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value;

use crate::process::{self, Failure};
use crate::repo;

/// Lines that are told of one test, and of all.
const LINES: (usize, usize) = (60, 400);
/// Characters of a line.
const WIDTH: usize = 500;

/// Runs test files with what `node` gives, which has no arguments yet: one at a time, for each starts servers of its own, and times are bounded. No test may
/// take longer than `each`, and all of them not longer than `limit`.
///
/// Files with tests that fail are run once more: browsers and other people's clients have bad moments on a machine that others load. What passes then is
/// named, and fails nothing.
pub fn test(
    title: &str,
    node: &dyn Fn() -> Result<Command>,
    files: impl IntoIterator<Item: AsRef<OsStr>>,
    each: Duration,
    limit: Duration,
) -> Result<()> {
    let files: Vec<OsString> = files.into_iter().map(|it| it.as_ref().to_owned()).collect();
    let failed = match once(title, node()?, &files, each, limit)? {
        Ok(()) => return Ok(()),
        Err(failed) => failed,
    };
    let has_failed = |file: &&OsString| {
        let name = Path::new(file).file_name().unwrap_or(file);
        let mut places = failed.tests.iter().map(|it| it.place.as_str());
        places.any(|place| place.contains(&*name.to_string_lossy()))
    };
    let mut again: Vec<OsString> = files.iter().filter(has_failed).cloned().collect();
    if again.is_empty() {
        // They were given as a pattern.
        again = files;
    }
    let title = format!("{title}, once more");
    once(&title, node()?, &again, each, limit)??;
    for name in failed.names() {
        eprintln!("       flaky: {name}");
    }
    Ok(())
}

/// Runs them, and says which tests failed.
fn once(
    title: &str,
    mut node: Command,
    files: &[OsString],
    each: Duration,
    limit: Duration,
) -> Result<Result<(), FailedTests>> {
    let (_, report) = process::log_file(&format!("{title} failures"))?;
    let reporter = repo::root().join("tests/lib/failures.mjs");
    node.args(["--test", "--test-concurrency=1"])
        .arg(format!("--test-timeout={}", each.as_millis()))
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg(format!("--test-reporter={}", reporter.display()))
        .arg(format!("--test-reporter-destination={}", report.display()))
        .args(files);
    let Err(error) = process::run(title, &mut node, limit) else {
        return Ok(Ok(()));
    };
    let failure = error.downcast::<Failure>()?;
    let report = fs::read_to_string(report).unwrap_or_default();
    let tests: Vec<Failed> = report.lines().filter_map(Failed::read).collect();
    if tests.is_empty() {
        // What failed is Node itself.
        return Err(failure.into());
    }
    Ok(Err(FailedTests { tests, failure }))
}

/// One that failed, as `tests/lib/failures.mjs` says it.
#[derive(Debug)]
struct Failed {
    name: String,
    place: String,
    error: String,
}

impl Failed {
    fn read(line: &str) -> Option<Failed> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Failed {
            name: text("name")?,
            place: text("place")?,
            error: text("error")?,
        })
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.name)
    }
}

/// The error of a run in which tests failed.
#[derive(Debug)]
pub struct FailedTests {
    tests: Vec<Failed>,
    failure: Failure,
}

impl FailedTests {
    /// Where each is, and its name.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.tests.iter().map(Failed::to_string)
    }
}

impl std::error::Error for FailedTests {}

impl fmt::Display for FailedTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.failure.what)?;
        let mut left = LINES.1;
        for test in &self.tests {
            writeln!(f, "\n✖ {test}")?;
            let lines = test.error.trim_end().lines();
            let shown = LINES.0.min(left).min(lines.clone().count());
            for line in lines.clone().take(shown) {
                writeln!(f, "  {}", line.chars().take(WIDTH).collect::<String>())?;
            }
            let more = lines.count() - shown;
            if more > 0 {
                writeln!(f, "  … {more} more lines")?;
            }
            left -= shown;
        }
        write!(f, "\nthe whole log: {}", self.failure.log.display())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Failed, FailedTests, LINES};
    use crate::process::Failure;

    #[test]
    fn all_that_failed_are_named_and_none_takes_the_room_of_all() {
        let long = "a line\n".repeat(1000);
        let tests = (0..20).filter_map(|n| {
            let line = serde_json::json!({ "name": format!("suite > test {n}"), "place": "a.test.mjs:3:5", "error": long });
            Failed::read(&line.to_string())
        });
        let failure = Failure {
            what: "node --test: exit status: 1".to_owned(),
            command: "node".to_owned(),
            log: PathBuf::from("log"),
        };
        let error = FailedTests {
            tests: tests.collect(),
            failure,
        };
        let told = error.to_string();
        for n in 0..20 {
            assert!(told.contains(&format!("✖ a.test.mjs:3:5: suite > test {n}\n")));
        }
        let of_errors = told.lines().filter(|line| *line == "  a line").count();
        assert_eq!(of_errors, LINES.1);
    }
}
