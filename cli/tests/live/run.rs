//! Runs the binary.

use serde_json::Value;
use std::process::Command;

/// What a run gave.
pub struct Run {
    pub code: Option<i32>,
    pub json: Value,
}

/// `mcp-gen describe --live URL --format json`, with this token in the environment.
pub fn describe(url: &str, token: Option<&str>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-gen"));
    command.args(["describe", "--format", "json", "--live", url]);
    match token {
        Some(token) => command.env("MCP_TOKEN", token),
        None => command.env_remove("MCP_TOKEN"),
    };
    let output = command.output().expect("mcp-gen runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "", "nothing but the JSON");
    Run {
        code: output.status.code(),
        json: serde_json::from_slice(&output.stdout).expect("JSON on stdout"),
    }
}

/// What a server lists. Fails the test where it cannot be had.
#[track_caller]
pub fn listing(url: &str) -> Value {
    let run = describe(url, None);
    assert_eq!(run.code, Some(0), "{}", run.json);
    run.json
}

/// Why it cannot be had.
#[track_caller]
pub fn failure(url: &str, token: Option<&str>) -> String {
    let run = describe(url, token);
    assert_eq!(run.code, Some(2), "{}", run.json);
    run.json["error"].as_str().expect("an error").to_owned()
}

/// The names of the items of a list.
pub fn names<'a>(listing: &'a Value, list: &str, key: &str) -> Vec<&'a str> {
    let items = listing[list].as_array().expect("a list");
    items.iter().filter_map(|it| it[key].as_str()).collect()
}
