//! What a review says of a change, whole: a folder of `pairs` is a declaration before, the same after, and each line that is told.
//! The files that they name are in `before` and `after`.
//!
//! `UPDATE=1` writes what is expected; it is to be read before it is committed.

mod support;

use mcp_agent_codegen::Files;
use mcp_agent_codegen::diag::Part;
use mcp_agent_codegen::model::{Review as Policy, ReviewLevel};
use mcp_agent_codegen::read::toml::Places;
use mcp_agent_contract::review::review;
use mcp_agent_contract::rule::{Category, Rule};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use support::{contract, loaded};

/// Files of a folder.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| error.to_string())
    }
}

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pairs");
    let entries = std::fs::read_dir(all).expect("the pairs are there");
    let mut folders: Vec<_> = entries
        .map(|it| it.expect("a folder can be listed").path())
        .collect();
    folders.sort();
    folders
}

/// A line a finding, `error PARAM_REMOVED after.toml:12:1 message`, then those that came.
fn told(folder: &Path) -> String {
    let files = |name: &str| Folder(folder.join(name));
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("text");
    let (before, after) = (text("before.toml"), text("after.toml"));
    let shown = |name: &str| format!("{}/{name}", folder.display());
    let base = loaded(&shown("before.toml"), &before, &files("before"));
    let head = loaded(&shown("after.toml"), &after, &files("after"));
    // All that is found is told, also what few ask for.
    let policy = Policy {
        level: ReviewLevel::Behaviour,
        ..Policy::default()
    };
    let review = review(&contract(&base), &contract(&head), &policy);
    let places = Places::read(&after);
    let mut out = String::new();
    for it in &review.found {
        let address = it.finding.shown(&|it| places.has(it));
        let start = places.find(&address, Part::Key).start;
        let above = &after[..start];
        let line = above.matches('\n').count() + 1;
        let column = above.rsplit('\n').next().map_or(0, |it| it.chars().count()) + 1;
        let (severity, rule) = (it.severity.as_str(), it.finding.rule);
        let (address, message) = (&it.finding.address, &it.finding.message);
        let users = match it.finding.users.as_slice() {
            [] | [_] => String::new(),
            users => format!(" ({})", users.join(", ")),
        };
        writeln!(
            out,
            "{severity} {rule} after.toml:{line}:{column} {address}: {message}{users}"
        )
        .expect("a string");
    }
    for it in &review.additions {
        writeln!(out, "new: {it}").expect("a string");
    }
    writeln!(out, "bump: {}", review.bump.as_str()).expect("a string");
    out
}

#[test]
fn each_pair_is_told_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = String::new();
    let folders = folders();
    assert!(folders.len() >= 60, "{} pairs", folders.len());
    for folder in folders {
        let (told, path) = (told(&folder), folder.join("expected.txt"));
        if update {
            std::fs::write(&path, &told).expect("it can be written");
            continue;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if told.replace("\r\n", "\n") != expected.replace("\r\n", "\n") {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            wrong += &format!("{name} is expected to be\n{expected}and is\n{told}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A rule that no pair has is a rule that nobody has seen.
#[test]
fn every_rule_is_in_a_pair() {
    // They need what a declaration cannot say, many tools, or exceptions, which are tested for themselves.
    let elsewhere = [
        Rule::OutputNowNullable,
        Rule::OutputUnionWidened,
        Rule::OutputDraft07,
        Rule::OutputNotObject,
        Rule::ToolName,
        Rule::TooManyTools,
        Rule::TokenBudget,
    ];
    let all: String = folders().iter().map(|it| told(it)).collect();
    let seen: BTreeSet<&str> = all.lines().filter_map(|it| it.split(' ').nth(1)).collect();
    let unseen: Vec<_> = Rule::ALL
        .iter()
        .filter(|it| !elsewhere.contains(it))
        .filter(|it| it.category() != Category::Review || **it == Rule::VersionTooLow)
        .filter(|it| !seen.contains(it.id()))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}
