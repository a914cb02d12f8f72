//! `mcp-gen auth`, and what `sync` does when `[auth]` comes, changes and goes.

use crate::bench::{Bench, SMALL};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A golden project of each mode.
const CASES: [&str; 5] = ["handed", "federated", "intranet", "signin", "board"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `UPDATE_GOLDEN=1` writes it anew; review the difference.
#[track_caller]
fn is_golden(name: &str, text: &str) {
    let path = root().join("cli/tests/auth").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, text).expect("written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "{name}; UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn what_is_declared_is_told() {
    for case in CASES {
        let bench = Bench::over(&root().join("codegen/tests/cases").join(case));
        let run = bench.run(&["auth"]).exits(0);
        assert_eq!(run.stderr, "");
        is_golden(&format!("{case}.txt"), &run.stdout);
        let json = bench.run(&["auth", "--format", "json"]).exits(0).json();
        let pretty = serde_json::to_string_pretty(&json).expect("JSON");
        is_golden(&format!("{case}.json"), &format!("{pretty}\n"));
    }
}

#[test]
fn without_auth_it_says_so() {
    let bench = Bench::new();
    bench.write("mcp.toml", SMALL);
    let run = bench.run(&["auth"]).exits(0);
    assert_eq!(
        run.stdout,
        "`small` 1.0.0 has no `[auth]`: whoever reaches the Worker may use all of it\n"
    );
    let json = bench.run(&["auth", "--format", "json"]).exits(0).json();
    assert_eq!(json["mode"], "none");
    bench.edit("mcp.toml", "name = \"small\"", "nane = \"small\"");
    bench.run(&["auth"]).exits(1);
}

const GITHUB: &str = r#"
[auth]
mode = "oauth"
[auth.upstream]
provider = "github"
client_id = { secret = "GITHUB_CLIENT_ID" }
client_secret = { secret = "GITHUB_CLIENT_SECRET" }
[auth.tokens]
store = "kv"
"#;

const BEARER: &str = r#"
[auth]
mode = "bearer"
[auth.bearer.ci]
token = { secret = "CI_TOKEN" }
"#;

fn declare(bench: &Bench, auth: &str) {
    bench.write("agent/mcp.toml", &format!("{SMALL}{auth}"));
}

/// A project of `SMALL`, with this `[auth]`.
fn project(auth: &str) -> Bench {
    let bench = Bench::new();
    bench.write("mcp.toml", &format!("{SMALL}{auth}"));
    bench.run(&["new", "agent", "--from", "mcp.toml"]).exits(0);
    bench
}

fn json(bench: &Bench, path: &str) -> Value {
    let text = bench.read(path);
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    serde_json::from_str(&lines.collect::<String>()).expect("JSON under comments")
}

fn modules(bench: &Bench) -> Vec<String> {
    bench.files("agent/auth").into_keys().collect()
}

#[test]
fn what_is_set_is_told_and_no_value_of_it() {
    let bench = project(GITHUB);
    bench.write(
        "agent/.dev.vars",
        "PUBLIC_URL=http://localhost:9999\nGITHUB_CLIENT_ID=Iv1.hidden\n# GITHUB_CLIENT_SECRET=commented\n",
    );
    bench.edit(
        "agent/wrangler.jsonc",
        "\"PUBLIC_URL\": \"\"",
        "\"PUBLIC_URL\": \"https://mcp.example.com/\"",
    );
    let run = bench.run(&["auth", "agent"]).exits(0);
    for line in [
        "GITHUB_CLIENT_ID      secret    .dev.vars: set ",
        "GITHUB_CLIENT_SECRET  secret    .dev.vars: missing ",
        "     http://localhost:8787/callback\n     https://mcp.example.com/callback\n",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
    let json = bench.run(&["auth", "agent", "--format", "json"]).exits(0);
    for text in [&run.stdout, &json.stdout] {
        assert!(
            !text.contains("hidden") && !text.contains("commented"),
            "{text}"
        );
    }
    let json = json.json();
    assert_eq!(json["settings"][1]["local"]["set"], true);
    assert_eq!(json["settings"][2]["local"]["set"], false);
    assert_eq!(
        json["provider"]["callbacks"][1],
        "https://mcp.example.com/callback"
    );
}

#[test]
fn auth_comes_to_a_project_by_sync() {
    let bench = project("");
    assert!(modules(&bench).is_empty());
    let mine = "# mine\nMINE=1\n";
    bench.write("agent/.dev.vars.example", mine);
    declare(&bench, GITHUB);

    let check = bench.run(&["sync", "agent", "--check"]).exits(1);
    assert!(
        check.stderr.contains("auth/oauth.mjs is missing\n"),
        "{}",
        check.stderr
    );
    assert!(modules(&bench).is_empty());

    bench.run(&["sync", "agent"]).exits(0);
    let wrangler = json(&bench, "agent/wrangler.jsonc");
    assert_eq!(wrangler["main"], "auth/oauth.mjs");
    assert_eq!(
        wrangler["secrets"]["required"],
        serde_json::json!(["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"])
    );
    assert_eq!(wrangler["vars"]["PUBLIC_URL"], "");
    assert_eq!(wrangler["kv_namespaces"][0]["binding"], "OAUTH_KV");
    assert_eq!(
        wrangler["compatibility_flags"],
        serde_json::json!(["global_fetch_strictly_public"])
    );
    let pins = json(&bench, "agent/package.json");
    assert_eq!(pins["devDependencies"]["jose"], "6.2.17");
    assert_eq!(
        pins["devDependencies"]["@cloudflare/workers-oauth-provider"],
        "1.2.3"
    );
    let example = bench.read("agent/.dev.vars.example");
    assert!(
        example.starts_with(mine)
            && example.contains("\nPUBLIC_URL=http://localhost:8787\n")
            && example.contains("\nGITHUB_CLIENT_SECRET=\n"),
        "{example}"
    );
    bench.run(&["sync", "agent", "--check"]).exits(0);
}

#[test]
fn what_a_mode_needs_no_more_goes_and_what_is_yours_stays() {
    let bench = project(GITHUB);
    bench.write("agent/auth/mine.mjs", "// mine\n");
    bench.edit(
        "agent/wrangler.jsonc",
        "[\"GITHUB_CLIENT_ID\"",
        "[\"MY_KEY\", \"GITHUB_CLIENT_ID\"",
    );
    bench.edit(
        "agent/wrangler.jsonc",
        "\"PUBLIC_URL\": \"\"",
        "\"PUBLIC_URL\": \"https://a.example\"",
    );
    declare(&bench, BEARER);

    let check = bench.run(&["sync", "agent", "--check"]).exits(1);
    assert!(
        check
            .stderr
            .contains("auth/shard.mjs is no longer needed\n"),
        "{}",
        check.stderr
    );
    assert!(modules(&bench).contains(&"shard.mjs".to_owned()));
    let told = bench
        .run(&["sync", "agent", "--format", "json"])
        .exits(0)
        .json();
    assert!(
        told.to_string()
            .contains(r#"{"path":"auth/shard.mjs","action":"remove"}"#),
        "{told}"
    );
    let left = modules(&bench);
    assert!(
        left.contains(&"mine.mjs".to_owned())
            && left.contains(&"bearer.mjs".to_owned())
            && !left.contains(&"shard.mjs".to_owned()),
        "{left:?}"
    );
    let wrangler = json(&bench, "agent/wrangler.jsonc");
    assert_eq!(wrangler["main"], "auth/bearer.mjs");
    assert_eq!(
        wrangler["secrets"]["required"],
        serde_json::json!(["MY_KEY", "CI_TOKEN"])
    );
    // Where the Worker is, is the user's to say.
    assert_eq!(wrangler["vars"]["PUBLIC_URL"], "https://a.example");

    declare(&bench, "");
    bench.run(&["sync", "agent"]).exits(0);
    assert_eq!(modules(&bench), ["mine.mjs"]);
    let wrangler = json(&bench, "agent/wrangler.jsonc");
    assert_eq!(wrangler["main"], "entry.mjs");
    assert_eq!(
        wrangler["secrets"]["required"],
        serde_json::json!(["MY_KEY"])
    );
    bench.run(&["sync", "agent", "--check"]).exits(0);
}

#[test]
fn a_folder_with_nothing_left_in_it_goes() {
    let bench = project(BEARER);
    declare(&bench, "");
    bench.run(&["sync", "agent"]).exits(0);
    assert!(!bench.path("agent/auth").exists());
    let wrangler = json(&bench, "agent/wrangler.jsonc");
    assert_eq!(wrangler.get("secrets"), None);
}

#[test]
fn a_module_that_a_user_took_over_is_not_overwritten() {
    let bench = project(BEARER);
    bench.write("agent/auth/front.mjs", "// mine\n");
    let run = bench.run(&["sync", "agent"]).exits(2);
    assert!(run.stderr.contains("auth/front.mjs"), "{}", run.stderr);
    assert_eq!(bench.read("agent/auth/front.mjs"), "// mine\n");
}
