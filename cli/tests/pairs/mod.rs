//! What a review says of a change of an agent that Rust declares: a folder is the code before, the same after, and each line that is told, with its
//! place. The code is compiled with these tests, and asked what it declares as `mcp-gen` asks a crate.
//!
//! `UPDATE=1` writes what is expected; it is to be read before it is committed.

use crate::contracts;
use crate::declaration::Declaration;
use crate::describe::Description;
use mcp_agent::__rt1::describe;
use mcp_agent_codegen::model::ReviewLevel;
use mcp_agent_contract::review::review;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Makes modules of the code in these folders.
macro_rules! pairs {
    ($($name:ident)*) => {
        $(mod $name {
            // What is compared is what is declared: nobody calls it.
            #![allow(dead_code)]

            #[path = "before/lib.rs"]
            pub mod before;
            #[path = "after/lib.rs"]
            pub mod after;
        })*

        /// The pairs: their names, and what the crates before and after say of themselves.
        fn pairs() -> Vec<(&'static str, String, String)> {
            vec![$((
                stringify!($name),
                describe::<$name::before::Shop>(),
                describe::<$name::after::Shop>(),
            ),)*]
        }
    };
}

pairs! {
    allowed
    answer_is_no_object_any_more
    argument_default
    argument_gone_and_one_added
    argument_limits
    argument_now_required
    argument_renamed
    auth
    config_file
    deprecated
    everything_moved
    handle
    hints_and_confirm
    method_renamed_only
    resource_and_prompt
    state_widened
    state_with_a_version
    state_without_a_version
    tool_renamed
    tool_renamed_on_the_wire_only
    type_limits
    type_member_added
    type_member_gone_of_a_type_in_a_type
    type_names_on_the_wire
    type_of_all_arguments
    type_value_added
    type_value_gone
    types_in_a_file_of_their_own
    words
}

/// The folder of this crate, below which the macro looks for the files that attributes name.
const CRATE: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with a side of a pair as a crate has it: its code in `src`, and what its attributes name.
fn project(side: &Path) -> TempDir {
    let project = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(side).expect("a side") {
        let from = entry.expect("a file").path();
        let name = from.file_name().expect("a name");
        let to = match from.extension().is_some_and(|it| it == "rs") {
            true => project.path().join("src").join(name),
            false => project
                .path()
                .join(from.strip_prefix(CRATE).expect("below")),
        };
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(&from, to).expect("a copy");
    }
    project
}

/// A line a finding, `error PARAM_REMOVED src/lib.rs:12:1 address: message`, then those that came.
fn told(folder: &Path, said: (&str, &str)) -> String {
    let (before, after) = (
        project(&folder.join("before")),
        project(&folder.join("after")),
    );
    let load = |said: &str, project: &TempDir| {
        let said = Description::read(said.as_bytes(), project.path()).expect("a description");
        let declaration = Declaration::of_crate(said, project.path());
        let loaded = declaration.load(false, "");
        let loaded = loaded.unwrap_or_else(|wrong| panic!("{}", wrong.findings));
        let contract = contracts::contract(&declaration, &loaded);
        (declaration, loaded, contract)
    };
    let (_, _, base) = load(said.0, &before);
    let (declaration, loaded, head) = load(said.1, &after);
    // All that is found is told, also what few ask for.
    let mut policy = loaded.agent.review.clone();
    policy.level = ReviewLevel::Behaviour;
    let review = review(&base, &head, &policy);
    let mut out = String::new();
    let places = contracts::places(&declaration, &loaded, &review.found);
    for (it, place) in review.found.iter().zip(places) {
        let place = place.expect("a crate has its files");
        let file = Path::new(&place.file);
        let file = file.strip_prefix(after.path()).unwrap_or(file).display();
        let (rule, finding) = (it.finding.rule, &it.finding);
        let weight = match it.allowed {
            Some(_) => "allowed",
            None => it.severity.as_str(),
        };
        let users = match finding.users.as_slice() {
            [] | [_] => String::new(),
            users => format!(" ({})", users.join(", ")),
        };
        let (line, column, address, message) =
            (place.line, place.column, &finding.address, &finding.message);
        writeln!(
            out,
            "{weight} {rule} {file}:{line}:{column} {address}: {message}{users}"
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
    for (name, before, after) in pairs() {
        let folder = Path::new(CRATE).join("tests/pairs").join(name);
        let (told, path) = (
            told(&folder, (&before, &after)),
            folder.join("expected.txt"),
        );
        if update {
            fs::write(&path, &told).expect("it can be written");
            continue;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if told.replace("\r\n", "\n") != expected.replace("\r\n", "\n") {
            wrong += &format!("{name} is expected to be\n{expected}and is\n{told}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A folder that no module is made of is compared by nobody.
#[test]
fn every_folder_is_a_pair() {
    let entries = fs::read_dir(Path::new(CRATE).join("tests/pairs")).expect("pairs");
    let names = entries.map(|it| it.expect("a folder").file_name().into_string());
    let mut names: Vec<_> = names.map(|it| it.expect("a name")).collect();
    names.retain(|it| it != "mod.rs");
    names.sort();
    let pairs = pairs();
    let of_pairs: Vec<_> = pairs.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, of_pairs);
}
