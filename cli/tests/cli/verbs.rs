//! `mcp-gen check`, `explain` and `schema`, and what all verbs share.

use crate::bench::{Bench, SMALL};

#[test]
fn check_says_what_is_there() {
    let bench = Bench::with_project();
    let run = bench.run(&["check", "agent"]).exits(0);
    assert_eq!(
        run.stdout,
        "agent/mcp.toml: ok: `counter` 1.0.0 with 3 tools, 2 resources, 1 prompt\n"
    );
    let json = bench
        .run(&["check", "agent/mcp.toml", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(json["command"], "check");
    assert_eq!(json["status"], "ok");
    assert_eq!(json["tools"], 3);
}

#[test]
fn check_shows_every_mistake_at_its_place_and_each_can_be_explained() {
    let bench = Bench::new();
    bench.write("mcp.toml", "schema_version = 1\n[server]\nname = \"UPPER\"\nversion = \"1\"\n[tools.ping]\ndescripton = \"Ping.\"\n");
    let run = bench.run(&["check"]).exits(1);
    assert!(
        run.stderr.contains("mcp.toml:3:8") && run.stderr.contains("mcp.toml:6:1"),
        "{}",
        run.stderr
    );
    assert!(
        !run.stderr.contains('\u{1b}'),
        "colours, and nobody there to see them: {}",
        run.stderr
    );
    let json = bench.run(&["check", "--format", "json"]).exits(1).json();
    let diagnostics = json["diagnostics"].as_array().expect("diagnostics");
    assert!(diagnostics.len() >= 2);
    for diagnostic in diagnostics {
        let code = diagnostic["code"].as_str().expect("a code");
        let explained = bench.run(&["explain", &code.to_lowercase()]).exits(0);
        assert!(
            explained.stdout.starts_with(&format!("{code}: ")),
            "{}",
            explained.stdout
        );
    }
}

#[test]
fn check_without_a_file_cannot() {
    let bench = Bench::new();
    let run = bench.run(&["check", "none.toml"]).exits(2);
    assert!(
        run.stderr.starts_with("error: cannot read `none.toml`"),
        "{}",
        run.stderr
    );
    let json = bench
        .run(&["--format", "json", "check", "none.toml"])
        .exits(2)
        .json();
    assert_eq!(json["status"], "failed");
    assert!(
        json["error"]
            .as_str()
            .expect("an error")
            .contains("none.toml")
    );
}

#[test]
fn explain_lists_all_codes_and_refuses_unknown_ones() {
    let bench = Bench::new();
    let run = bench.run(&["explain", "--list"]).exits(0);
    assert!(run.stdout.lines().count() > 20, "{}", run.stdout);
    let run = bench.run(&["explain", "E9999"]).exits(2);
    assert!(
        run.stderr.contains("`mcp-gen explain --list`"),
        "{}",
        run.stderr
    );
    bench.run(&["explain"]).exits(2);
}

#[test]
fn schema_is_printed_written_and_compared() {
    let bench = Bench::new();
    let printed = bench.run(&["schema"]).exits(0).stdout;
    let schema: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert!(schema["properties"]["tools"].is_object());
    assert_eq!(
        bench.run(&["schema", "--format", "json"]).exits(0).json()["schema"],
        schema
    );

    bench.run(&["schema", "--check"]).exits(1);
    bench
        .run(&["schema", "--out", "schema/mcp.schema.json"])
        .exits(0);
    assert_eq!(bench.read("schema/mcp.schema.json"), printed);
    bench.run(&["schema", "--check"]).exits(0);
    bench.write("schema/mcp.schema.json", "{}\n");
    let run = bench.run(&["schema", "--check"]).exits(1);
    assert_eq!(
        run.stderr,
        "schema/mcp.schema.json is out of date: run `mcp-gen schema --out schema/mcp.schema.json`\n"
    );
    assert_eq!(bench.read("schema/mcp.schema.json"), "{}\n");
}

#[test]
fn a_project_has_the_same_schema() {
    let bench = Bench::with_project();
    bench
        .run(&["schema", "--check", "--out", "agent/schema/mcp.schema.json"])
        .exits(0);
}

#[test]
fn usage_errors_exit_with_two() {
    let bench = Bench::new();
    bench.run(&["nwe", "agent"]).exits(2);
    bench.run(&["new"]).exits(2);
    bench.write("mcp.toml", SMALL);
    bench
        .run(&["new", "agent", "--from", "mcp.toml", "--template", "empty"])
        .exits(2);
}
