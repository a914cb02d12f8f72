//! How what is found weighs, as `[review]` says: levels, rules of their own weight, exceptions and their end.

use mcp_agent_codegen::model::{Allow, Review as Policy, ReviewLevel, ReviewSeverity};
use mcp_agent_contract::contract::{Contract, Text, Tool};
use mcp_agent_contract::review::{Review, check, review};
use mcp_agent_contract::rule::Severity;
use serde_json::json;

fn contract(version: &str, tool: Tool) -> Contract {
    let mut out = Contract::default();
    out.server.name = "shop".to_owned();
    out.server.version = version.to_owned();
    out.tools.insert("find".to_owned(), tool);
    out
}

fn tool(words: &str, input: serde_json::Value, output: serde_json::Value) -> Tool {
    Tool {
        description: Some(Text(words.to_owned())),
        input,
        output: Some(output),
        ..Tool::default()
    }
}

/// A change of the wire, of an answer, of words and of safety.
fn reviewed(version: &str, policy: &Policy) -> Review {
    let object = |members| json!({ "type": "object", "properties": members });
    let mut before = tool(
        "Find.",
        object(json!({ "a": {}, "b": {} })),
        object(json!({ "x": {} })),
    );
    before.annotations.insert("openWorldHint".to_owned(), false);
    let after = tool("Look.", object(json!({ "b": {} })), object(json!({})));
    review(
        &contract("1.0.0", before),
        &contract(version, after),
        policy,
    )
}

fn told(review: &Review) -> Vec<String> {
    let one = |it: &mcp_agent_contract::review::Weighed| {
        let allowed = it.allowed.as_ref().map(|why| format!(" ({why})"));
        format!(
            "{} {}{}",
            it.severity.as_str(),
            it.finding.rule,
            allowed.unwrap_or_default()
        )
    };
    review.found.iter().map(one).collect()
}

fn allow(rule: &str, at: &str, until: Option<&str>) -> Allow {
    Allow {
        rule: rule.to_owned(),
        at: at.to_owned(),
        until: until.map(str::to_owned),
        why: "meant".to_owned(),
    }
}

#[test]
fn levels_say_what_fails() {
    for (level, expected) in [
        (
            ReviewLevel::Wire,
            [
                "error OPEN_WORLD_SET",
                "error PARAM_REMOVED",
                "note TOOL_DESCRIPTION_CHANGED",
                "note OUTPUT_FIELD_REMOVED",
            ],
        ),
        (
            ReviewLevel::Contract,
            [
                "error OPEN_WORLD_SET",
                "error PARAM_REMOVED",
                "error OUTPUT_FIELD_REMOVED",
                "note TOOL_DESCRIPTION_CHANGED",
            ],
        ),
        (
            ReviewLevel::Behaviour,
            [
                "error TOOL_DESCRIPTION_CHANGED",
                "error OPEN_WORLD_SET",
                "error PARAM_REMOVED",
                "error OUTPUT_FIELD_REMOVED",
            ],
        ),
    ] {
        let policy = Policy {
            level,
            ..Policy::default()
        };
        assert_eq!(told(&reviewed("2.0.0", &policy)), expected, "{level:?}");
    }
}

#[test]
fn a_rule_may_weigh_otherwise_than_its_level() {
    let policy = Policy {
        level: ReviewLevel::Wire,
        severity: vec![
            ("TOOL_DESCRIPTION_CHANGED".to_owned(), ReviewSeverity::Error),
            ("PARAM_REMOVED".to_owned(), ReviewSeverity::Warn),
            ("OPEN_WORLD_SET".to_owned(), ReviewSeverity::Off),
            ("OUTPUT_FIELD_REMOVED".to_owned(), ReviewSeverity::Off),
        ],
        ..Policy::default()
    };
    let review = reviewed("2.0.0", &policy);
    let expected = ["error TOOL_DESCRIPTION_CHANGED", "warn PARAM_REMOVED"];
    assert_eq!(told(&review), expected);
    assert!(review.fails());
    assert_eq!(review.count(Severity::Warn), 1);
}

#[test]
fn an_exception_holds_at_its_place_and_inside() {
    for (at, holds) in [
        ("tools.find.params.a", true),
        ("tools.find.params", true),
        ("tools.find", true),
        ("tools", true),
        ("tools.find.params.a.fields", false),
        ("tools.find.params.b", false),
        ("tools.fin", false),
        ("tools.find.output", false),
    ] {
        let policy = Policy {
            level: ReviewLevel::Wire,
            allow: vec![
                allow("PARAM_REMOVED", at, None),
                allow("OPEN_WORLD_SET", "tools.find", None),
            ],
            ..Policy::default()
        };
        let review = reviewed("2.0.0", &policy);
        assert_eq!(review.fails(), !holds, "{at}");
        let unused = told(&review).iter().any(|it| it == "error ALLOW_UNUSED");
        assert_eq!(unused, !holds, "{at}");
    }
}

#[test]
fn an_exception_ends_with_its_version() {
    for (version, until, expected) in [
        ("1.9.0", Some("2.0.0"), "error PARAM_REMOVED (meant)"),
        ("2.0.0", Some("2.0.0"), "error PARAM_REMOVED"),
        ("2.1.0", Some("2.0.0"), "error PARAM_REMOVED"),
        ("2.0.0-rc.1", Some("2.0.0"), "error PARAM_REMOVED (meant)"),
        ("2.1.0", None, "error PARAM_REMOVED (meant)"),
    ] {
        let policy = Policy {
            allow: vec![allow("PARAM_REMOVED", "tools.find.params.a", until)],
            ..Policy::default()
        };
        let told = told(&reviewed(version, &policy));
        assert!(told.iter().any(|it| it == expected), "{version}: {told:?}");
        let is_over = told.iter().any(|it| it == "error ALLOW_EXPIRED");
        assert_eq!(is_over, !expected.ends_with(')'), "{version}: {told:?}");
    }
}

/// An exception of a rule that weighs nothing allows something all the same.
#[test]
fn what_weighs_nothing_is_found() {
    let policy = Policy {
        severity: vec![("PARAM_REMOVED".to_owned(), ReviewSeverity::Off)],
        allow: vec![allow("PARAM_REMOVED", "tools.find", None)],
        ..Policy::default()
    };
    let told = told(&reviewed("2.0.0", &policy));
    assert!(
        !told.iter().any(|it| it.contains("ALLOW_UNUSED")),
        "{told:?}"
    );
}

#[test]
fn without_a_base_nobody_says_that_an_exception_is_not_used() {
    let policy = Policy {
        tokens: Some(1),
        allow: vec![allow("PARAM_REMOVED", "tools.find", None)],
        ..Policy::default()
    };
    let head = contract(
        "1.0.0",
        tool("Find.", json!({}), json!({ "type": "object" })),
    );
    let rules: Vec<_> = check(&head, &policy)
        .iter()
        .map(|it| it.finding.rule.id())
        .collect();
    assert_eq!(rules, ["TOKEN_BUDGET"]);
}
