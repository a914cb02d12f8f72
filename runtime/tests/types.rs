//! Types of the user's in the attributes' form: what their schemas become, and what is wrong with them that no macro can see.

use mcp_agent::memory::{Host, Request};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, json};
use mcp_agent::{__rt1, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[path = "pairs/orders.rs"]
mod orders;

fn described<A: __rt1::Agent>() -> Value {
    mcp_agent::serde_json::from_str(&__rt1::describe::<A>()).expect("it is JSON")
}

/// What a crate says of itself is what `mcp-gen` reads. An agent that a file declares has that file.
#[test]
fn a_declaration_can_be_asked_for() {
    let said = described::<orders::rust::Orders>();
    let text = said["declaration"].as_str().expect("text");
    for piece in [
        "name = \"orders\"",
        "[state.fields.rate]",
        "[tools.cancel]",
        "[tools.route.params.shard]",
        "[prompts.sum_up]",
    ] {
        assert!(text.contains(piece), "{piece}\n{text}");
    }
    assert_eq!(said["problems"], json!([]));
    assert_eq!(described::<orders::file::Orders>()["declaration"], "");
}

/// One of the few.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Speed {
    Slow,
    Fast,
}

/// A tree, whose type refers to itself.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Tree {
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    branches: Vec<Tree>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Common {
    id: u16,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Flat {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct Seen {
    nothing: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<i64>,
    pair: (u8, String),
    whole: Option<Common>,
}

#[mcp_agent(name = "types", version = "1.0.0")]
struct Types {}

#[mcp_agent]
impl Types {
    /// Measures.
    #[tool]
    fn measure(shape: Shape, speed: Option<Speed>, by_name: BTreeMap<String, i32>) -> String {
        let fast = matches!(speed, Some(Speed::Fast));
        let area = match shape {
            Shape::Circle { radius } => radius * radius * 3.0,
            Shape::Square { side } => side * side,
        };
        format!("{area} {fast} {}", by_name.len())
    }

    /// Grows.
    #[tool]
    fn grow(tree: Tree) -> Json<Tree> {
        Json(Tree {
            name: "root".into(),
            branches: vec![tree],
        })
    }

    /// Flattened.
    #[tool]
    fn flat(flat: Flat) -> Result<Json<Flat>> {
        Ok(Json(flat))
    }

    /// What is not there.
    #[tool]
    fn seen(there: bool) -> Json<Seen> {
        let number = there.then_some(1);
        Json(Seen {
            nothing: number,
            left_out: number,
            pair: (7, "seven".into()),
            whole: number.map(|_| Common { id: 1 }),
        })
    }

    /// Anything at all.
    #[tool]
    fn anything() -> Json<Value> {
        Json(json!({ "a": [1] }))
    }
}

fn host() -> Host<Types> {
    Host::new(1)
}

fn ask(host: &Host<Types>, method: &str, params: Value) -> Value {
    let response = host.request(&Request::rpc("/mcp", method, params));
    mcp_agent::serde_json::from_str(&response.read()).expect("it is JSON")
}

fn call(name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    ask(&host(), "tools/call", params)["result"].clone()
}

fn tool(name: &str) -> Value {
    let listed = ask(&host(), "tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().expect("tools");
    tools
        .iter()
        .find(|it| it["name"] == name)
        .expect("it is there")
        .clone()
}

#[test]
fn schemas_are_of_what_serde_reads() {
    assert_eq!(
        tool("measure")["inputSchema"],
        json!({
            "type": "object",
            "properties": {
                "shape": { "$ref": "#/$defs/Shape" },
                "speed": { "type": "string", "description": "One of the few.", "enum": ["slow", "fast"] },
                "by_name": {
                    "type": "object",
                    "additionalProperties": { "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }
                }
            },
            "required": ["shape", "by_name"],
            "additionalProperties": false,
            "$defs": { "Shape": { "oneOf": [
                {
                    "type": "object",
                    "properties": { "kind": { "type": "string", "const": "circle" }, "radius": { "type": "number" } },
                    "required": ["kind", "radius"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": { "kind": { "type": "string", "const": "square" }, "side": { "type": "number" } },
                    "required": ["kind", "side"],
                    "additionalProperties": false
                }
            ] } }
        })
    );
    let arguments =
        json!({ "shape": { "kind": "square", "side": 2 }, "speed": "fast", "by_name": { "a": 1 } });
    assert_eq!(call("measure", arguments)["content"][0]["text"], "4 true 1");
    for wrong in [
        json!({ "shape": { "kind": "square", "side": 2, "radius": 1 }, "by_name": {} }),
        json!({ "shape": { "kind": "square" }, "by_name": {} }),
        json!({ "shape": { "kind": "square", "side": 2 }, "speed": "quick", "by_name": {} }),
        json!({ "shape": { "kind": "square", "side": 2 }, "by_name": { "a": "1" } }),
    ] {
        assert_eq!(call("measure", wrong.clone())["isError"], true, "{wrong}");
    }
}

#[test]
fn a_type_that_refers_to_itself_is_a_definition() {
    let grow = tool("grow");
    let tree = json!({
        "type": "object",
        "description": "A tree, whose type refers to itself.",
        "properties": {
            "branches": { "type": "array", "items": { "$ref": "#/$defs/Tree" } },
            "name": { "type": "string" }
        },
        "required": ["name"],
        "additionalProperties": false
    });
    assert_eq!(grow["inputSchema"]["$defs"]["Tree"], tree);
    assert_eq!(grow["inputSchema"].get("description"), None);
    assert_eq!(grow["inputSchema"]["properties"], tree["properties"]);
    assert_eq!(
        grow["outputSchema"]["$defs"]["Tree"]["required"],
        json!(["name"])
    );
    let given = json!({ "name": "a", "branches": [{ "name": "b" }] });
    assert_eq!(
        call("grow", given.clone())["structuredContent"],
        json!({ "name": "root", "branches": [given] })
    );
    let wrong = json!({ "name": "a", "branches": [{ "nam": "b" }] });
    assert_eq!(call("grow", wrong)["isError"], true);
}

#[test]
fn an_object_that_several_types_describe_stays_open() {
    let schema = &tool("flat")["inputSchema"];
    assert_eq!(schema["additionalProperties"], true, "{schema}");
    assert_eq!(schema["properties"]["id"]["maximum"], u16::MAX);
    let given = json!({ "id": 3, "more": "yes" });
    assert_eq!(call("flat", given.clone())["structuredContent"], given);
}

/// serde writes `null` for what is not there, unless it is told to leave it out.
#[test]
fn what_is_written_fits_what_is_declared() {
    let schema = tool("seen")["outputSchema"].clone();
    assert_eq!(
        schema["required"],
        json!(["nothing", "pair", "whole"]),
        "{schema}"
    );
    assert_eq!(
        schema["properties"]["left_out"],
        json!({ "type": "integer" })
    );
    for there in [true, false] {
        let seen = call("seen", json!({ "there": there }));
        assert_ne!(seen["isError"], true, "{seen}");
        assert_eq!(seen["structuredContent"]["pair"], json!([7, "seven"]));
    }
}

#[test]
fn what_has_no_schema_of_an_object_declares_none() {
    assert_eq!(tool("anything").get("outputSchema"), None);
    assert_eq!(
        call("anything", json!({}))["structuredContent"],
        json!({ "a": [1] })
    );
    assert_eq!(described::<Types>()["problems"], json!([]));
}

/// Mistakes that only the compiled crate knows of: `mcp-gen check` says them, as E0911.
mod wrong {
    use super::*;

    #[mcp_agent(name = "wrong", version = "1.0.0")]
    struct Wrong {}

    #[mcp_agent]
    impl Wrong {
        /// All arguments, in what is no object.
        #[tool]
        fn speed(speed: Speed) -> String {
            matches!(speed, Speed::Fast).to_string()
        }

        /// One argument, with a default that is none of its.
        #[tool]
        fn default(#[param(default = "quick")] speed: Speed) -> String {
            matches!(speed, Speed::Fast).to_string()
        }

        /// Structured content that is no object.
        #[tool]
        fn list() -> Json<Vec<Common>> {
            Json(Vec::new())
        }
    }

    #[test]
    fn types_that_do_not_fit_are_found() {
        let said = described::<Wrong>();
        let problems = said["problems"].as_array().expect("a list");
        let expected = [
            ("tool `speed`", "write `#[param]` before it"),
            (
                "tool `default`",
                "the default of `speed` does not fit: unknown variant `quick`",
            ),
            ("tool `list`", "structured content is one"),
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, (tool, words)) in problems.iter().zip(expected) {
            let problem = problem.as_str().expect("text");
            assert!(
                problem.contains(tool) && problem.contains(words),
                "{problem}"
            );
            let (file, rest) = problem.split_once(".rs:").expect("a place");
            assert!(
                file.ends_with("types") && rest.starts_with(|it: char| it.is_ascii_digit()),
                "{problem}"
            );
        }
    }
}
