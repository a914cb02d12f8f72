//! `mcp-gen sync`.

use crate::bench::{Bench, SMALL};
use serde_json::json;
use std::fs;

/// `wrangler.jsonc` as a user may have made it: tabs, comments, keys of its own, everything of ours out of date or missing.
const FOREIGN: &str = r#"// my notes
{
	// the name in the dashboard
	"name": "old-name", // was: older
	"main": "entry.mjs",
	"compatibility_date": "2025-01-01",
	"build": { "command": "TRACE=1 cargo install -q --locked worker-build@0.7.0 && worker-build --release", "cwd": "." },
	"kv_namespaces": [
		{ "binding": "CACHE", "id": "abc" }, /* keep me */
	],
	"durable_objects": {
		"bindings": [{ "name": "OTHER", "class_name": "Other", "script_name": "elsewhere" }]
	},
	"migrations": [{ "tag": "v1", "new_classes": ["Other"] }],
	"vars": { "MINE": "1" },
	"limits": { "cpu_ms": 50 }, // trailing comma below
}
"#;

const MERGED: &str = r#"// my notes
{
	// the name in the dashboard
	"name": "counter", // was: older
	"main": "entry.mjs",
	"compatibility_date": "2026-07-01",
	"build": { "command": "TRACE=1 cargo install -q --locked worker-build@0.8.7 && worker-build --release", "cwd": "." },
	"kv_namespaces": [
		{ "binding": "CACHE", "id": "abc" }, /* keep me */
	],
	"durable_objects": {
		"bindings": [
			{ "name": "OTHER", "class_name": "Other", "script_name": "elsewhere" },
			{
				"name": "AGENT",
				"class_name": "Agent"
			}
		]
	},
	"migrations": [
		{ "tag": "v1", "new_classes": ["Other"] },
		{
			"tag": "v2",
			"new_sqlite_classes": ["Agent"]
		}
	],
	"vars": {
		"MINE": "1",
		"REGION": "eu"
	},
	"limits": { "cpu_ms": 50 }, // trailing comma below
	"routes": [
		{
			"pattern": "mcp.example.com",
			"custom_domain": true
		}
	],
}
"#;

#[test]
fn a_new_project_is_up_to_date() {
    let bench = Bench::with_project();
    let before = bench.files(".");
    let run = bench.run(&["sync", "agent", "--check"]).exits(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("everything is up to date\n", "")
    );
    bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(bench.files("."), before);
}

#[test]
fn a_foreign_wrangler_file_keeps_all_that_is_not_ours() {
    let bench = Bench::with_project();
    bench.write("agent/wrangler.jsonc", FOREIGN);
    let declaration = bench.read("agent/mcp.toml");
    bench.write("agent/mcp.toml", &format!("{declaration}\n[deploy]\ncompatibility_date = \"2026-07-01\"\nroutes = [\"mcp.example.com\"]\nvars = {{ REGION = \"eu\" }}\n"));

    let check = bench.run(&["sync", "agent", "--check"]).exits(1);
    let keys = "name, compatibility_date, build.command, durable_objects.bindings, migrations, routes.mcp.example.com, vars.REGION";
    assert_eq!(
        check.stderr,
        format!("wrangler.jsonc is out of date: {keys}\nrun `mcp-gen sync`\n")
    );
    assert_eq!(bench.read("agent/wrangler.jsonc"), FOREIGN);

    let run = bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(run.stdout, format!("merged wrangler.jsonc: {keys}\n"));
    assert_eq!(bench.read("agent/wrangler.jsonc"), MERGED);

    let before = bench.files(".");
    bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(bench.files("."), before);
    bench.run(&["sync", "agent", "--check"]).exits(0);
}

#[test]
fn edits_of_the_users_own_files_stay() {
    let bench = Bench::with_project();
    let mine = [
        "Cargo.toml",
        "src/lib.rs",
        "README.md",
        ".gitignore",
        ".dev.vars.example",
        "test/agent.test.mjs",
    ];
    for path in mine {
        let path = format!("agent/{path}");
        let text = bench.read(&path);
        bench.write(&path, &format!("{text}\n// mine\n"));
    }
    fs::remove_file(bench.path("agent/README.md")).expect("removed");
    bench.edit(
        "agent/package.json",
        "\"dev\": \"wrangler dev\"",
        "\"dev\": \"wrangler dev --port 9000\"",
    );
    bench.edit(
        "agent/wrangler.jsonc",
        "\"observability\": { \"enabled\": true }",
        "\"observability\": { \"enabled\": false }",
    );
    let before = bench.files(".");
    bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(bench.files("."), before);
}

#[test]
fn the_entry_and_the_schema_are_written_whole() {
    let bench = Bench::with_project();
    let fresh = bench.files("agent");
    let entry = bench.read("agent/entry.mjs");
    bench.write("agent/entry.mjs", &format!("{entry}// tampered\n"));
    fs::remove_file(bench.path("agent/schema/mcp.schema.json")).expect("removed");
    let check = bench
        .run(&["--format", "json", "sync", "agent", "--check"])
        .exits(1);
    assert_eq!(
        check.json()["changes"],
        json!([{ "path": "entry.mjs", "action": "rewrite" }, { "path": "schema/mcp.schema.json", "action": "create" }])
    );
    let run = bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(
        run.stdout,
        "wrote entry.mjs\ncreated schema/mcp.schema.json\n"
    );
    assert_eq!(bench.files("agent"), fresh);
}

#[test]
fn an_entry_that_a_user_took_over_is_not_overwritten() {
    let bench = Bench::with_project();
    bench.write("agent/entry.mjs", "export default {};\n");
    bench.edit("agent/package.json", "4.164.0", "4.0.0");
    let before = bench.files(".");
    let run = bench.run(&["sync", "agent"]).exits(2);
    assert!(
        run.stderr.contains("no longer says that mcp-gen wrote it"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.files("."), before);
}

/// What a handler is given and returns beside its arguments, and handlers that complete an argument.
#[test]
fn signatures_say_what_a_handler_is_given_and_returns() {
    let bench = Bench::with_project();
    let declaration = bench.read("agent/mcp.toml");
    let more = "[tools.ask]\ndescription = \"Ask.\"\nparams.what = \"string\"\nstate = \"write\"\ninteractive = true\n\
                [resources.\"notes://{id}\"]\nparams.id = { type = \"string\", complete = true }\noutput = \"content\"\nstate = \"write\"\n\
                [prompts.plan]\noutput = \"content\"\ninteractive = true\n";
    bench.write("agent/mcp.toml", &format!("{declaration}\n{more}"));

    let run = bench.run(&["--format", "json", "sync", "agent"]).exits(0);
    let json = run.json();
    let missing = json["handlers"]["missing"].as_array().expect("handlers");
    let signatures: Vec<_> = missing
        .iter()
        .map(|stub| stub["signature"].as_str().expect("a signature"))
        .collect();
    assert_eq!(
        signatures,
        [
            "async fn ask(&mut self, cx: &Cx, call: &Call, p: counter::AskParams) -> Result<String>",
            "async fn notes_id(&mut self, cx: &Cx, p: counter::NotesIdParams) -> Result<Vec<ResourceContents>>",
            "async fn plan(cx: &Cx, call: &Call) -> Result<PromptResult>",
            "async fn complete_notes_id_id(&self, cx: &Cx, p: CompleteParams) -> Result<Vec<String>>",
        ]
    );
}

#[test]
fn handlers_that_a_new_tool_needs_are_named_and_can_be_pasted() {
    let bench = Bench::with_project();
    let source = bench.read("agent/src/lib.rs");
    let declaration = bench.read("agent/mcp.toml");
    let declaration = declaration.replace("[tools.greet]", "[tools.welcome]");
    bench.write("agent/mcp.toml", &format!("{declaration}\n[tools.reset]\ndescription = \"Back to a value.\"\nparams.to = \"integer\"\nstate = \"write\"\n"));

    let run = bench.run(&["--format", "json", "sync", "agent"]).exits(0);
    let handlers = &run.json()["handlers"];
    assert_eq!(handlers["file"], "src/lib.rs");
    assert_eq!(handlers["missing"][0]["method"], "welcome");
    assert_eq!(handlers["missing"][1]["method"], "reset");
    assert_eq!(
        handlers["missing"][1]["signature"],
        "async fn reset(&mut self, cx: &Cx, p: counter::ResetParams) -> Result<String>"
    );
    assert_eq!(handlers["left_over"], json!(["greet"]));
    assert_eq!(bench.read("agent/src/lib.rs"), source);

    let check = bench.run(&["sync", "agent", "--check"]).exits(1);
    let stub = handlers["missing"][1]["stub"].as_str().expect("a stub");
    assert!(
        check.stderr.contains(&format!(
            "src/lib.rs: the handler `reset` is still to write:\n\n{stub}"
        )),
        "{}",
        check.stderr
    );
    assert!(
        check.stderr.contains("nothing declares `greet` any more"),
        "{}",
        check.stderr
    );

    // Pasted as they are, with the left-over one gone, there is nothing more to say.
    let welcome = handlers["missing"][0]["stub"].as_str().expect("a stub");
    let (kept, greet) = source.split_once("    async fn greet").expect("greet");
    let after = greet.split_once("\n    }\n").expect("the end of greet").1;
    bench.write(
        "agent/src/lib.rs",
        &format!("{kept}{welcome}\n{stub}{after}"),
    );
    bench.run(&["sync", "agent", "--check"]).exits(0);
}

#[test]
fn handlers_are_found_in_any_file_and_a_file_that_is_not_rust_is_left_to_the_compiler() {
    let bench = Bench::with_project();
    let source = bench.read("agent/src/lib.rs");
    bench.write("agent/src/handlers/counter.rs", &source);
    bench.write(
        "agent/src/lib.rs",
        "mod handlers; // Handlers are elsewhere\n",
    );
    let run = bench
        .run(&["--format", "json", "sync", "agent", "--check"])
        .exits(0);
    assert_eq!(run.json()["handlers"]["file"], "src/handlers/counter.rs");

    bench.write(
        "agent/src/handlers/counter.rs",
        "impl counter::Handlers for Counter {",
    );
    let run = bench
        .run(&["--format", "json", "sync", "agent", "--check"])
        .exits(0);
    assert!(run.json()["handlers"].is_null());
}

#[test]
fn mistakes_write_nothing() {
    let bench = Bench::with_project();
    bench.edit("agent/package.json", "4.164.0", "4.0.0");
    bench.edit("agent/mcp.toml", "[tools.add]", "[tools.\"add it\"]");
    let before = bench.files(".");
    let run = bench.run(&["sync", "agent"]).exits(1);
    assert!(run.stderr.contains("nothing was written"), "{}", run.stderr);
    assert_eq!(bench.files("."), before);
}

#[test]
fn a_file_that_cannot_be_merged_into_stops_all() {
    for (broken, message) in [
        ("{ \"name\": ", "on line 1"),
        ("[]", "it must be an object"),
        ("{ \"build\": [] }", "`build` must be an object"),
        (
            "{ \"durable_objects\": { \"bindings\": {} } }",
            "`durable_objects.bindings` must be an array",
        ),
    ] {
        let bench = Bench::with_project();
        bench.write("agent/wrangler.jsonc", broken);
        bench.edit("agent/package.json", "4.164.0", "4.0.0");
        let before = bench.files(".");
        let run = bench.run(&["sync", "agent"]).exits(2);
        assert!(
            run.stderr.contains(message) && run.stderr.contains("wrangler.jsonc"),
            "{broken}: {}",
            run.stderr
        );
        assert_eq!(bench.files("."), before);
    }
}

#[test]
fn a_folder_without_a_declaration_is_no_project() {
    let bench = Bench::new();
    let run = bench.run(&["sync"]).exits(2);
    assert!(
        run.stderr.contains("`mcp-gen new` makes a project"),
        "{}",
        run.stderr
    );
    bench.write("mcp.toml", SMALL);
    bench.run(&["sync"]).exits(0);
    assert!(bench.path("wrangler.jsonc").exists());
}

#[test]
fn a_runtime_of_another_version_than_the_entry_is_named() {
    let bench = Bench::new();
    bench
        .run(&["new", "agent", "--runtime", env!("CARGO_PKG_VERSION")])
        .exits(0);
    bench.run(&["sync", "agent", "--check"]).exits(0);
    bench.edit(
        "agent/Cargo.toml",
        concat!("=", env!("CARGO_PKG_VERSION")),
        "=0.0.1",
    );
    let run = bench.run(&["sync", "agent", "--check"]).exits(1);
    assert!(
        run.stderr.starts_with("Cargo.toml: `mcp-agent` is 0.0.1"),
        "{}",
        run.stderr
    );
    let json = bench
        .run(&["sync", "agent", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(json["runtime"]["found"], "0.0.1");
    assert!(bench.read("agent/Cargo.toml").contains("=0.0.1"));
}

#[test]
fn a_date_that_nobody_declares_is_the_users() {
    let bench = Bench::with_project();
    bench.edit("agent/wrangler.jsonc", "2026-07-01", "2026-10-01");
    bench.run(&["sync", "agent", "--check"]).exits(0);
    let declaration = bench.read("agent/mcp.toml");
    bench.write(
        "agent/mcp.toml",
        &format!("{declaration}\n[deploy]\ncompatibility_date = \"2026-08-01\"\n"),
    );
    let run = bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(run.stdout, "merged wrangler.jsonc: compatibility_date\n");
    assert!(
        bench
            .read("agent/wrangler.jsonc")
            .contains("\"2026-08-01\"")
    );
}

#[test]
fn a_domain_that_is_no_longer_declared_is_named_and_stays() {
    let bench = Bench::with_project();
    let declaration = bench.read("agent/mcp.toml");
    let deploy = "\n[deploy]\nroutes = [\"mcp.example.com\"]\n";
    bench.write("agent/mcp.toml", &format!("{declaration}{deploy}"));
    let run = bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("merged wrangler.jsonc: routes.mcp.example.com\n", "")
    );
    bench.write("agent/mcp.toml", &declaration);
    let before = bench.files("agent");
    let run = bench.run(&["sync", "agent", "--check"]).exits(0);
    assert!(
        run.stderr
            .starts_with("wrangler.jsonc: `mcp.example.com` is a custom domain"),
        "{}",
        run.stderr
    );
    let json = bench
        .run(&["sync", "agent", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(json["unknown_domains"], json!(["mcp.example.com"]));
    assert_eq!(bench.files("agent"), before);
    bench.write(
        "agent/mcp.toml",
        &declaration.replace(
            "[state]",
            "[transport]\nhosts = [\"mcp.example.com\"]\n\n[state]",
        ),
    );
    assert_eq!(bench.run(&["sync", "agent"]).exits(0).stderr, "");
}

#[test]
fn line_ends_that_git_changed_are_no_difference() {
    let bench = Bench::with_project();
    for path in bench.files("agent").into_keys() {
        let path = format!("agent/{path}");
        bench.write(&path, &bench.read(&path).replace('\n', "\r\n"));
    }
    let before = bench.files("agent");
    bench.run(&["sync", "agent", "--check"]).exits(0);
    bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(bench.files("agent"), before);
}

/// What pages go by is there as long as they see the state, and a file of the user's own is left alone.
#[test]
fn types_of_pages_come_and_go() {
    let bench = Bench::new();
    let declare = |sync: &str| {
        let state = "[state]\nfields.title = { type = \"string\", default = \"\" }\n";
        bench.write("agent/mcp.toml", &format!("{SMALL}{state}{sync}"));
    };
    bench.write("mcp.toml", SMALL);
    bench.run(&["new", "agent", "--from", "mcp.toml"]).exits(0);
    declare("");
    let is_there = || bench.files("agent").contains_key("agent.d.ts");
    bench.run(&["sync", "agent"]).exits(0);
    assert!(!is_there());
    declare("sync = \"readonly\"\n");
    let run = bench.run(&["sync", "agent", "--check"]).exits(1);
    assert!(
        run.stderr.contains("agent.d.ts is missing"),
        "{}",
        run.stderr
    );
    let run = bench.run(&["sync", "agent"]).exits(0);
    assert!(run.stdout.contains("created agent.d.ts"), "{}", run.stdout);
    let types = bench.read("agent/agent.d.ts");
    assert!(types.contains("title: string;") && types.contains("ping(): Promise<string>;"));
    declare("sync = \"off\"\n");
    let run = bench.run(&["sync", "agent", "--check"]).exits(1);
    assert!(
        run.stderr.contains("agent.d.ts is no longer needed"),
        "{}",
        run.stderr
    );
    let run = bench.run(&["sync", "agent"]).exits(0);
    assert!(run.stdout.contains("removed agent.d.ts"), "{}", run.stdout);
    assert!(!is_there());
    bench.write("agent/agent.d.ts", "// mine\n");
    bench.run(&["sync", "agent", "--check"]).exits(0);
    declare("sync = \"readonly\"\n");
    bench.run(&["sync", "agent"]).exits(2);
    assert_eq!(bench.read("agent/agent.d.ts"), "// mine\n");
}
