//! Schemas and arguments that want work, and what is said of them.

mod common;

use common::dice::{Dice, mutate};
use mcp_agent_protocol::schema;

#[test]
fn nothing_makes_the_validator_panic() {
    let schemas = [
        r##"{"type":"object","properties":{"a":{"type":["integer","null"],"multipleOf":0.1},"b":{"$ref":"#/properties/a"}},"additionalProperties":{"anyOf":[{"type":"string","pattern":"^(a+)+$"},{"not":{"const":{"x":[1]}}}]},"required":["a"]}"##,
        r##"{"$defs":{"t":{"type":"array","items":{"$ref":"#/$defs/t"},"uniqueItems":true,"prefixItems":[true,false]}},"oneOf":[{"$ref":"#/$defs/t"},{"enum":[{},[],1]}],"patternProperties":{"^x":{"format":"uri"}},"minProperties":1}"##,
    ];
    let texts = [
        r#"{"a":1,"b":null,"c":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab","x":"http://[::1]"}"#,
        r#"[[1,2.5,-3e2],[[],[{}]],"\ud83e\udd80"]"#,
        r#"{"a":18446744073709551616,"a~/b":{"":0}}"#,
    ];
    let mut dice = Dice(7);
    let mut compiled = 0;
    for _ in 0..20_000 {
        let text = texts[dice.roll(texts.len())];
        let text = mutate(&mut dice, text);
        let mut schema_text = schemas[dice.roll(schemas.len())].to_owned();
        if dice.roll(2) == 0 {
            schema_text = mutate(&mut dice, &schema_text);
        }
        if let Ok(validator) = schema::compile(&schema_text) {
            compiled += 1;
            let _ = validator.check(&text);
        }
    }
    assert!(compiled > 10_000, "{compiled}");
}

#[test]
fn work_is_bounded() {
    // Alternatives that each look at the whole rest: 2^depth without a budget.
    let tree = r##"{"$defs":{"t":{"anyOf":[{"properties":{"c":{"$ref":"#/$defs/t"}},"required":["x"]},{"properties":{"c":{"$ref":"#/$defs/t"}},"required":["y"]}]}},"$ref":"#/$defs/t"}"##;
    let validator = schema::compile(tree).expect("a schema");
    let deep = r#"{"c":"#.repeat(60) + "1" + &"}".repeat(60);
    let violations = validator.check(&deep).expect_err("neither x nor y");
    assert!(
        violations
            .iter()
            .any(|violation| violation.message.contains("too complex")),
        "{violations:?}"
    );

    // References that go nowhere.
    for circle in [
        r##"{"$ref":"#"}"##,
        r##"{"not":{"$ref":"#"}}"##,
        r##"{"if":{"$ref":"#"},"then":false,"else":{"$ref":"#"}}"##,
        r##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
        r##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}"##,
    ] {
        let _ = schema::compile(circle).expect("a schema").check("{}");
    }

    // As many violations as somebody reads, each of a length that somebody reads.
    let validator = schema::compile(r#"{"additionalProperties":false}"#).expect("a schema");
    let many: Vec<String> = (0..1_000)
        .map(|at| format!(r#""{}{at}":1"#, "k".repeat(1_000)))
        .collect();
    let violations = validator
        .check(&format!("{{{}}}", many.join(",")))
        .expect_err("unknown properties");
    assert_eq!(violations.len(), 32);
    assert!(
        violations
            .iter()
            .all(|violation| violation.pointer.len() < 200)
    );
    let validator = schema::compile(r#"{"items":{"type":"string"}}"#).expect("a schema");
    assert_eq!(
        validator
            .check(&format!("[{}1]", "1,".repeat(10_000)))
            .expect_err("no strings")
            .len(),
        32
    );

    // A pattern that other engines need years for.
    let validator = schema::compile(r#"{"pattern":"^(a+)+$"}"#).expect("a schema");
    assert!(
        validator
            .check(&format!("\"{}b\"", "a".repeat(5_000)))
            .is_err()
    );
    assert!(schema::compile(r#"{"pattern":"a{1000000}{1000}"}"#).is_err());

    // Schemas that are too deep.
    let deep = r#"{"items":"#.repeat(500) + "true" + &"}".repeat(500);
    assert!(schema::compile(&deep).is_err());
}

#[test]
fn what_is_no_schema_is_refused_with_its_place() {
    for (text, pointer) in [
        ("", ""),
        ("[]", ""),
        (r#"{"type":"strin"}"#, "/type"),
        (r#"{"type":[]}"#, "/type"),
        (
            r#"{"properties":{"a/b":{"minimum":"1"}}}"#,
            "/properties/a~1b/minimum",
        ),
        (r#"{"items":[{}]}"#, "/items"),
        (r#"{"minLength":-1}"#, "/minLength"),
        (r#"{"maxItems":1.5}"#, "/maxItems"),
        (r#"{"multipleOf":0}"#, "/multipleOf"),
        (r#"{"required":[1]}"#, "/required"),
        (r#"{"enum":1}"#, "/enum"),
        (r#"{"pattern":"(?=a)"}"#, "/pattern"),
        (r#"{"anyOf":[{"pattern":"("}]}"#, "/anyOf/0/pattern"),
        (r#"{"then":{"type":0}}"#, "/then/type"),
        (r#"{"$ref":"https://example.com/schema"}"#, "/$ref"),
        (r##"{"$ref":"#/$defs/nothing"}"##, "/$ref"),
        (r##"{"$ref":"#anchor"}"##, "/$ref"),
    ] {
        let error = schema::compile(text).expect_err(text);
        assert_eq!(error.pointer, pointer, "{text}");
    }
}

#[test]
fn violations_have_their_places() {
    let validator = schema::compile(
        r#"{"type":"object","properties":{"a/b":{"type":"array","items":{"type":"object","properties":{"~":{"minimum":1}}}},"c":{"maxLength":2}},"required":["c","d"]}"#,
    )
    .expect("a schema");
    let check = |text: &str| -> Vec<String> {
        let violations = validator.check(text).expect_err(text);
        violations
            .into_iter()
            .map(|violation| format!("{} {}", violation.pointer, violation.message))
            .collect()
    };
    assert_eq!(
        check(r#"{"a/b":[{},{"~":0}],"c":"äöü"}"#),
        [
            "/a~1b/1/~0 must be at least 1",
            "/c must have at most 2 characters",
            "/d is required"
        ]
    );
    assert_eq!(check("[1]"), [" must be an object, but is an array"]);
    assert_eq!(
        check(r#"{"c":"\ud800","d":1}"#),
        ["/c cannot be read: a number out of range, half of a surrogate pair, or too deep"]
    );
    assert_eq!(
        check(r#"{"c":"a","d":1e999}"#),
        ["/d cannot be read: a number out of range, half of a surrogate pair, or too deep"]
    );
    assert_eq!(
        check(r#"{"c":"a","d":{"x":1,"x":2}}"#),
        ["/d/x is there twice"]
    );
}
