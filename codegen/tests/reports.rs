//! A report says everything at once, in the order of the file, and each mistake once.

mod common;

use common::{Memory, codes, drawn, said, source};
use mcp_agent_codegen::diag::Report;

#[test]
fn many_mistakes_are_all_said_in_their_order() {
    let text = "schema_version = 1\n\n[tools.add]\ntitel = \"Add\"\nparams.a = \"int\"\nparams.b = { type = \"integer\", minimum = 5, default = 1 }\n\n\
                [server]\nname = \"Bad Name\"\nversion = 3\n\n[tools.add2]\ndescription = \"Add\"\nstate = \"write\"\n\n[transport]\nkeepalive = \"soon\"\n\n\
                [prompts.p]\ntemplate = \"{{ x }}\"\n\n[resources.nowhere]\nfile = \"missing.md\"\n";
    let files = Memory::default();
    let expected = [
        "E0301", "E0003", "E0201", "E0210", "E0101", "E0005", "E0601", "E0011", "E0503", "E0401",
        "E0708",
    ];
    assert_eq!(codes(text, &files), expected, "{}", drawn(text, &files));
    let places: Vec<_> = said(text, &files)
        .iter()
        .map(|d| d.span.clone().unwrap().start)
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// A mistake that the reader has shown is not shown again by a rule that finds nothing there.
#[test]
fn one_mistake_is_one_error() {
    let cases = [
        ("description = 5", "E0005"),
        ("descripton = \"A\"", "E0003"),
        ("description = \"A\"\nparams.a = 5", "E0005"),
        (
            "description = \"A\"\nparams.a = { typ = \"string\" }",
            "E0003",
        ),
        (
            "description = \"A\"\nparams.a = { type = \"sting\", default = 5 }",
            "E0201",
        ),
        (
            "description = \"A\"\nparams.a = { type = \"int\", minimum = 0 }",
            "E0201",
        ),
        (
            "description = \"A\"\nparams.a = { type = \"array\", items = \"sting\", default = [1] }",
            "E0201",
        ),
        ("description = \"A\"\noutput = \"Oder\"", "E0201"),
        (
            "description = \"A\"\ninput_schema = \"missing.json\"",
            "E0708",
        ),
        (
            "description = \"A\"\n[prompts.p]\nparams.a = \"sting\"\ntemplate = \"{{ a }}\"",
            "E0201",
        ),
        (
            "description = \"A\"\n[resources.\"a://{b}\"]\nparams.b = \"sting\"",
            "E0201",
        ),
        (
            "description = \"A\"\n[prompts.p]\nparams.a = 5\ntemplate = \"{{ a }}\"",
            "E0005",
        ),
        (
            "description = \"A\"\nstate = \"read\"\n[state]\nfields.a = 5",
            "E0005",
        ),
        (
            "description = \"A\"\n[state]\nfields.a = { type = \"sting\" }",
            "E0602 E0201",
        ),
        (
            "description = \"A\"\nstate = \"read\"\n[stat]\nfields.a = \"string\"",
            "E0003",
        ),
        (
            "description = \"A\"\n[state]\nfeilds.a = 5\n[resources.\"a:b\"]\nfield = \"a\"\n[prompts.p]\ntemplate = \"{{ state.a }}\"",
            "E0003",
        ),
        (
            "description = \"A\"\nparams.a = \"Order\"\noutput = \"Order\"\n[type.Order]\nfields.a = \"string\"",
            "E0003",
        ),
        (
            "description = \"A\"\noutput = { type = \"object\", fields = { id = \"string\", b = 1, c = 2, d = 3 } }",
            "E0307",
        ),
        (
            "description = \"A\"\nparams = 5\n[prompts.p]\nparams = 5\ntemplate = \"{{ a }}\"",
            "E0005 E0005",
        ),
    ];
    for (body, expected) in cases {
        let text = format!("{}[tools.t]\n{body}\n", common::PRELUDE);
        assert_eq!(
            codes(&text, &Memory::default()).join(" "),
            expected,
            "{text}\n{}",
            drawn(&text, &Memory::default())
        );
    }
}

#[test]
fn a_report_is_an_object_for_programs() {
    let text = "schema_version = 1\n[server]\nname = \"ä\"\nversion = \"1\"\n";
    let report = Report::new(said(text, &Memory::default()));
    let json = report.to_json(source(text));
    let expected = serde_json::json!([{
        "code": "E0101",
        "severity": "error",
        "message": "`ä` cannot be the name of a Worker",
        "help": "a name of your own: `name = \"my-agent\"`",
        "file": "mcp.toml",
        "line": 3,
        "column": 8,
        "address": "server.name",
    }]);
    assert_eq!(json, expected);
}
