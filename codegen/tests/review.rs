//! `[review]`, wherever it is written: it is read the same, and the Worker knows nothing of it.

mod common;

use common::{Memory, PRELUDE, valid};
use mcp_agent_codegen::expand;
use mcp_agent_codegen::model::Review;

const ONE_BY_ONE: &str = r#"review(
    level = "wire",
    severity(TITLE_CHANGED = "off"),
    allow(rule = "TOOL_REMOVED", at = "tools.a", why = "nobody calls it"),
    tokens = 9,
    allow(rule = "RESOURCE_REMOVED", at = "resources.\"docs://a\"", until = "2.0.0", why = "nobody reads it"),
)"#;

const LIST: &str = r#"review(
    level = "wire",
    severity(TITLE_CHANGED = "off"),
    tokens = 9,
    allow = [
        { rule = "TOOL_REMOVED", at = "tools.a", why = "nobody calls it" },
        { rule = "RESOURCE_REMOVED", at = "resources.\"docs://a\"", until = "2.0.0", why = "nobody reads it" },
    ],
)"#;

const TOML: &str = r#"
[review]
level = "wire"
severity.TITLE_CHANGED = "off"
tokens = 9

[[review.allow]]
rule = "TOOL_REMOVED"
at = "tools.a"
why = "nobody calls it"

[[review.allow]]
rule = "RESOURCE_REMOVED"
at = 'resources."docs://a"'
until = "2.0.0"
why = "nobody reads it"
"#;

/// An agent whose struct has this argument too.
fn agent(argument: &str) -> String {
    format!(
        r#"
        #[mcp_agent(name = "inn", version = "1.0.0", {argument})]
        pub struct Inn;
        #[mcp_agent]
        impl Inn {{
            /// Pings.
            #[tool]
            fn ping() {{}}
        }}
        "#
    )
}

fn review(declaration: &str) -> Review {
    valid(declaration, &Memory::default()).agent.review.clone()
}

#[test]
fn a_file_and_the_attribute_say_the_same() {
    let of_attribute = |argument: &str| {
        let declared = expand::declaration(&agent(argument)).expect("a declaration");
        review(&declared.text)
    };
    let expected = review(&(PRELUDE.to_owned() + TOML));
    assert_eq!(expected.allow.len(), 2);
    assert_eq!(of_attribute(ONE_BY_ONE), expected);
    assert_eq!(of_attribute(LIST), expected);
    assert_eq!(of_attribute(""), Review::default());
}

/// What the attribute makes of a file of Rust.
fn expanded(rust: &str, files: &Memory) -> Vec<String> {
    let items = expand::file(rust, files, None).unwrap_or_else(|it| panic!("{}", it.message));
    let results = items.into_iter().map(|it| it.result.ok());
    results.collect::<Option<_>>().expect("nothing is wrong")
}

#[test]
fn nothing_of_a_file_reaches_the_worker() {
    let made = |section: &str| {
        let declaration = format!("{PRELUDE}[tools.ping]\ndescription = \"Pings.\"\n{section}");
        let files = Memory::default().with("mcp.toml", &declaration);
        let rust = "#[mcp_agent(config = \"mcp.toml\")]\npub struct Fixture;\n";
        expanded(rust, &files)
    };
    assert_eq!(made(TOML), made(""));
}

/// The declaration as a text, which only `describe` prints, on the host.
const DECLARATION: &str = "const DECLARATION: &'static [&'static str]";

#[test]
fn nothing_of_the_attribute_reaches_the_worker() {
    let made = |argument: &str| {
        let items = expanded(&agent(argument), &Memory::default());
        let (before, rest) = items[0].split_once(DECLARATION).expect("it is there");
        let (text, after) = rest.split_once("];").expect("it ends");
        assert_eq!(text.contains("[review]"), !argument.is_empty());
        (before.to_owned(), after.to_owned(), items[1..].to_vec())
    };
    assert_eq!(made(ONE_BY_ONE), made(""));
}
