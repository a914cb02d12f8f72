//! What a merge does to files as people write them.

use mcp_agent_codegen::emit::project::{self, Declared};
use mcp_agent_codegen::model::Agent;
use mcp_agent_codegen::{Files, Source, load};
use serde_json::Value;

const DECLARATION: &str = r#"
schema_version = 1
[server]
name = "agent"
version = "1.0.0"
[tools.ping]
description = "Ping."
[deploy]
compatibility_date = "2026-07-01"
routes = ["mcp.example.com"]
vars = { REGION = "eu" }
"#;

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no such file".to_owned())
    }
}

fn agent(declaration: &str) -> Agent {
    let source = Source {
        name: "mcp.toml",
        text: declaration,
    };
    load(source, &NoFiles)
        .unwrap_or_else(|report| panic!("{}", report.render(source, false)))
        .agent
}

/// Merges, and proves that a second merge has nothing to do.
#[track_caller]
fn merge(path: &str, text: &str) -> (String, Vec<String>) {
    merge_with(DECLARATION, path, text)
}

#[track_caller]
fn merge_with(declaration: &str, path: &str, text: &str) -> (String, Vec<String>) {
    let agent = agent(declaration);
    let declared = Declared::InFile(declaration);
    let merged = project::merge(path, text, &agent, declared).expect("mergeable");
    let again = project::merge(path, &merged.text, &agent, declared).expect("mergeable");
    assert_eq!(again.keys, Vec::<String>::new(), "{}", merged.text);
    assert_eq!(again.text, merged.text);
    (merged.text, merged.keys)
}

fn json(text: &str) -> Value {
    jsonc_parser::parse_to_serde_value(text.trim_start_matches('\u{feff}'), &Default::default())
        .expect("JSON with comments")
}

/// `wrangler.jsonc` with everything of ours in it, in as few words as possible.
const CURRENT: &str = r#"{"name":"agent","main":"entry.mjs","compatibility_date":"2026-07-01","build":{"command":"make"},"durable_objects":{"bindings":[{"class_name":"Agent","name":"AGENT"}]},"migrations":[{"tag":"a","new_sqlite_classes":["X","Agent"]}],"routes":["x.example/*",{"custom_domain":true,"pattern":"mcp.example.com"}],"vars":{"REGION":"eu","N":1}}"#;

#[test]
fn a_current_file_is_not_touched_whatever_its_format() {
    for text in [
        CURRENT.to_owned(),
        format!("\u{feff}// x\r\n{CURRENT}\r\n"),
        CURRENT.replace(',', " ,\n\n\t"),
        CURRENT.replace('}', ",}"),
    ] {
        assert_eq!(merge("wrangler.jsonc", &text), (text, vec![]));
    }
}

#[test]
fn an_empty_file_gets_all() {
    for text in ["", "{}", "// only a comment\n", "{\n}\n", "\u{feff}{}\r\n"] {
        let (merged, keys) = merge("wrangler.jsonc", text);
        assert_eq!(keys.len(), 8, "{keys:?}");
        let value = json(&merged);
        assert_eq!(
            value["durable_objects"]["bindings"][0]["class_name"],
            "Agent"
        );
        assert_eq!(
            value["build"]["command"],
            "cargo install -q --locked worker-build@0.8.7 && worker-build --release"
        );
        assert!(
            text.trim_matches(['{', '}', '\n', '\r']).is_empty()
                || merged.starts_with(text.trim_end_matches(['{', '}', '\n', '\r']))
        );
    }
}

#[test]
fn line_ends_stay_as_they_are() {
    let (merged, _) = merge("wrangler.jsonc", "{\r\n  \"name\": \"other\"\r\n}\r\n");
    assert_eq!(
        merged.matches('\n').count(),
        merged.matches("\r\n").count(),
        "{merged:?}"
    );
}

#[test]
fn only_the_pin_of_a_command_changes() {
    for (command, expected) in [
        (
            "cargo install worker-build@0.7.5 && worker-build",
            "cargo install worker-build@0.8.7 && worker-build",
        ),
        (
            "cargo install 'worker-build@0.9.0-rc.1'&&worker-build",
            "cargo install 'worker-build@0.8.7'&&worker-build",
        ),
        (
            "cargo install worker-build@=0.7; x worker-build@0.6",
            "cargo install worker-build@0.8.7; x worker-build@0.8.7",
        ),
        ("worker-build --release", "worker-build --release"),
        ("make", "make"),
    ] {
        let (merged, keys) = merge(
            "wrangler.jsonc",
            &CURRENT.replace("\"make\"", &Value::from(command).to_string()),
        );
        assert_eq!(json(&merged)["build"]["command"], expected);
        assert_eq!(keys.is_empty(), command == expected, "{command}");
    }
}

#[test]
fn the_flag_for_panics_comes_and_goes_and_the_rest_of_a_command_stays() {
    let unwinding = format!("{DECLARATION}panic = \"unwind\"\n");
    for (without, with) in [
        (
            "cargo install -q --locked worker-build@0.8.7 && worker-build --release",
            "cargo install -q --locked worker-build@0.8.7 && worker-build --release --panic-unwind",
        ),
        (
            "worker-build --dev 2>&1; echo done",
            "worker-build --dev --panic-unwind 2>&1; echo done",
        ),
        (
            "WORKER=worker-build-x worker-build  --mode force --release|cat",
            "WORKER=worker-build-x worker-build --panic-unwind  --mode force --release|cat",
        ),
        (
            "(cd x && ./bin/worker-build -- --features a)  && make",
            "(cd x && ./bin/worker-build --panic-unwind -- --features a)  && make",
        ),
        (
            "cargo install worker-build && make",
            "cargo install worker-build && make",
        ),
        ("make", "make"),
    ] {
        let file = |command: &str| CURRENT.replace("\"make\"", &Value::from(command).to_string());
        for (declaration, expected) in [(DECLARATION, without), (&unwinding, with)] {
            for command in [without, with] {
                let (merged, keys) = merge_with(declaration, "wrangler.jsonc", &file(command));
                assert_eq!(json(&merged)["build"]["command"], expected);
                assert_eq!(keys.is_empty(), command == expected, "{command}");
            }
        }
    }
}

#[test]
fn a_class_that_was_renamed_or_moved_here_is_made() {
    for migration in [
        r#"{"tag":"v1","renamed_classes":[{"from":"Old","to":"Agent"}]}"#,
        r#"{"tag":"v1","transferred_classes":[{"from":"Old","from_script":"other","to":"Agent"}]}"#,
    ] {
        let text = CURRENT.replace(
            r#"{"tag":"a","new_sqlite_classes":["X","Agent"]}"#,
            migration,
        );
        assert_eq!(merge("wrangler.jsonc", &text), (text, vec![]));
    }
}

#[test]
fn a_migration_is_appended_under_a_tag_of_its_own() {
    let others =
        r#"{"tag":"v1","new_sqlite_classes":["X"]},{"tag":"v2","deleted_classes":["Agent2"]}"#;
    let text = CURRENT.replace(r#"{"tag":"a","new_sqlite_classes":["X","Agent"]}"#, others);
    let (merged, keys) = merge("wrangler.jsonc", &text);
    assert_eq!(keys, ["migrations"]);
    let migrations = &json(&merged)["migrations"];
    assert_eq!(migrations[2]["tag"], "v3");
    assert_eq!(migrations[0]["new_sqlite_classes"][0], "X");
    assert_eq!(migrations.as_array().map(Vec::len), Some(3));
}

#[test]
fn a_route_that_is_there_becomes_a_custom_domain() {
    for route in [
        r#"{"pattern":"mcp.example.com"}"#,
        r#"{"pattern":"mcp.example.com","custom_domain":false}"#,
    ] {
        let text = CURRENT.replace(
            r#"{"custom_domain":true,"pattern":"mcp.example.com"}"#,
            route,
        );
        let (merged, keys) = merge("wrangler.jsonc", &text);
        assert_eq!(keys, ["routes.mcp.example.com"]);
        let routes = &json(&merged)["routes"];
        assert_eq!(routes[1]["custom_domain"], true);
        assert_eq!(routes[0], "x.example/*");
        assert_eq!(routes.as_array().map(Vec::len), Some(2));
    }
}

/// Whatever is in a file, a merge changes nothing but the keys that it names.
#[test]
fn foreign_keys_keep_their_values() {
    let foreign = r#"{
  /* a */ "kv_namespaces": [{ "binding": "K", "id": "1" }], // b
  "env": { "production": { "vars": { "REGION": "us" } } },
  "vars": { "OTHER": { "deep": [1, 2.50, null] } }, "name": "x",
  "durable_objects": { "bindings": [ { "name": "O", "class_name": "Other" } ], "unknown": true },
  'single': 'quoted', unquoted: 0x1F,
}"#;
    let (merged, _) = merge("wrangler.jsonc", foreign);
    let (before, after) = (json(foreign), json(&merged));
    for key in ["kv_namespaces", "env", "single", "unquoted"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert_eq!(before["vars"]["OTHER"], after["vars"]["OTHER"]);
    assert_eq!(after["vars"]["REGION"], "eu");
    assert_eq!(after["durable_objects"]["unknown"], true);
    assert_eq!(
        before["durable_objects"]["bindings"][0],
        after["durable_objects"]["bindings"][0]
    );
    for comment in [
        "/* a */",
        "// b",
        "2.50",
        "'single': 'quoted', unquoted: 0x1F,",
    ] {
        assert!(merged.contains(comment), "{comment}: {merged}");
    }
}

#[test]
fn tools_stay_in_the_section_that_they_were_moved_to() {
    let (merged, keys) = merge(
        "package.json",
        "{\n  \"name\": \"mine\",\n  \"dependencies\": { \"wrangler\": \"^4.0.0\" },\n  \"scripts\": { \"test\": \"vitest\" }\n}\n",
    );
    assert_eq!(
        keys,
        [
            "engines.node",
            "devDependencies.@modelcontextprotocol/sdk",
            "dependencies.wrangler"
        ]
    );
    let value: Value = serde_json::from_str(&merged).expect("still strict JSON");
    assert_eq!(value["dependencies"]["wrangler"], "4.164.0");
    assert!(value["devDependencies"]["wrangler"].is_null());
    assert_eq!(value["scripts"], serde_json::json!({ "test": "vitest" }));
}

#[test]
fn a_crate_that_declares_in_rust_watches_no_declaration() {
    let declared = Declared::InRust(DECLARATION);
    for (watched, left) in [
        (r#"["src", "mcp.toml"]"#, r#"["src"]"#),
        (
            r#"["./mcp.toml", "src" /* mine */]"#,
            r#"[ "src" /* mine */]"#,
        ),
    ] {
        let text = |watched: &str| {
            let build = format!(r#"{{"watch_dir": {watched}, "command":"#);
            CURRENT.replace(r#"{"command":"#, &build)
        };
        let merge = |text: &str| {
            project::merge("wrangler.jsonc", text, &agent(DECLARATION), declared)
                .expect("mergeable")
        };
        let merged = merge(&text(watched));
        assert_eq!(merged.keys, ["build.watch_dir"]);
        assert_eq!(merged.text, text(left));
        assert!(merge(&merged.text).keys.is_empty());
    }
}

#[test]
fn an_agent_with_a_cron_is_woken_after_it_was_deployed() {
    let text = format!("{DECLARATION}[state]\n[schedules.report]\ncron = \"0 8 * * *\"\n");
    let source = Source {
        name: "mcp.toml",
        text: &text,
    };
    let agent = load(source, &NoFiles).expect("it loads").agent;
    let merge = |old: &str| {
        project::merge("wrangler.jsonc", old, &agent, Declared::InFile(&text)).expect("mergeable")
    };
    let merged = merge(CURRENT);
    assert_eq!(merged.keys, ["triggers.crons"]);
    assert_eq!(
        json(&merged.text)["triggers"]["crons"],
        serde_json::json!(["*/15 * * * *"])
    );
    assert_eq!(merge(&merged.text).keys, Vec::<String>::new());
    let theirs = merged.text.replace("*/15", "*/5");
    assert_eq!(
        json(&merge(&theirs).text)["triggers"]["crons"],
        serde_json::json!(["*/5 * * * *", "*/15 * * * *"])
    );
    let without = CURRENT.replace("\"vars\"", "\"triggers\":{\"crons\":5},\"vars\"");
    let refused = project::merge("wrangler.jsonc", &without, &agent, Declared::InFile(&text));
    assert!(refused.is_err());
}

#[test]
fn handlers_that_may_be_left_out_are_not_missing() {
    let text = format!("{DECLARATION}[state]\n[websocket]\n");
    let source = Source {
        name: "mcp.toml",
        text: &text,
    };
    let agent = load(source, &NoFiles).expect("it loads").agent;
    let written = "impl agent::Handlers for Agent { async fn on_close(&mut self) {} fn on_open() {} async fn ping() {} }";
    let sources = [("src/lib.rs".to_owned(), written.to_owned())];
    let handlers = project::handlers::compare(&agent, &sources).expect("there are handlers");
    let missing: Vec<_> = handlers.missing.iter().map(|it| &it.signature).collect();
    let expected =
        "async fn on_message(&mut self, cx: &Cx, socket: &Socket, message: Message) -> Result<()>";
    assert_eq!(missing, [expected]);
    assert_eq!(handlers.left_over, ["on_open"]);
}
