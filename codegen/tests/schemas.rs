//! The JSON that is written: schemas of items, and the schema of the declaration itself.

mod common;

use common::{Folder, golden, root, valid};
use mcp_agent_codegen::emit::{json, reference, schema};
use mcp_agent_codegen::model::{Agent, Uri};
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

fn agent(folder: &str) -> Agent {
    let folder = root().join(folder);
    let text = std::fs::read_to_string(folder.join("mcp.toml")).unwrap();
    valid(&text, &Folder(folder)).agent
}

/// All lists of an agent, one item a line, and what its types are asked for by.
fn items(agent: &Agent) -> String {
    let mut lines = vec![json::server(&agent.server)];
    lines.extend(agent.tools.iter().map(|tool| json::tool(agent, tool)));
    for resource in &agent.resources {
        lines.push(json::resource(agent, resource));
        if matches!(resource.uri, Uri::Template(_)) {
            lines.push(json::resource_schema(agent, resource));
        }
    }
    for prompt in &agent.prompts {
        lines.push(json::prompt(agent, prompt));
        lines.push(json::prompt_schema(agent, prompt));
    }
    lines.extend(agent.types.iter().filter_map(json::requested_schema));
    lines.join("\n") + "\n"
}

#[test]
fn items_are_as_expected() {
    assert_eq!(
        golden(
            &root().join("codegen/tests/items/counter.jsonl"),
            &items(&agent("."))
        ),
        None
    );
    assert_eq!(
        golden(
            &root().join("codegen/tests/items/rich.jsonl"),
            &items(&agent("codegen/tests/rich"))
        ),
        None
    );
}

#[test]
fn a_schema_of_a_file_is_there_byte_for_byte() {
    let agent = agent("codegen/tests/rich");
    let file =
        std::fs::read_to_string(root().join("codegen/tests/rich/schemas/catalog.json")).unwrap();
    assert!(
        json::tool(&agent, &agent.tools[3]).contains(&format!("\"inputSchema\":{}", file.trim()))
    );
}

#[test]
fn headers_are_those_of_the_schema() {
    let headers = |name: &str, agent: &Agent| {
        let tool = agent.tools.iter().find(|tool| tool.name == name).unwrap();
        json::param_headers(agent, tool)
    };
    let rich = agent("codegen/tests/rich");
    let path = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        headers("search-orders", &rich),
        [("mcp-param-limit".to_owned(), path(&["limit"]))]
    );
    assert_eq!(
        headers("add_item", &rich),
        [("mcp-param-shelf".to_owned(), path(&["where", "shelf"]))]
    );
    assert_eq!(headers("ping", &rich), []);
    let schema = r#"{ "type": "object", "properties": { "x-mcp-header": { "type": "string", "x-mcp-header": "Odd" } } }"#;
    let text = format!(
        "{}[tools.odd]\ndescription = \"Odd\"\ninput_schema = \"odd.json\"\n",
        common::PRELUDE
    );
    let loaded = valid(&text, &common::Memory::default().with("odd.json", schema));
    assert_eq!(loaded.notes, []);
    assert_eq!(
        headers("odd", &loaded.agent),
        [("mcp-param-odd".to_owned(), path(&["x-mcp-header"]))]
    );
}

#[test]
fn schemas_of_items_are_schemas() {
    for agent in [agent("."), agent("codegen/tests/rich")] {
        let mut schemas = Vec::new();
        for tool in &agent.tools {
            let item: Value = serde_json::from_str(&json::tool(&agent, tool)).unwrap();
            schemas.push(item["inputSchema"].clone());
            schemas.extend(item.get("outputSchema").cloned());
        }
        schemas.extend(
            agent
                .prompts
                .iter()
                .map(|p| serde_json::from_str(&json::prompt_schema(&agent, p)).unwrap()),
        );
        schemas.extend(
            agent
                .resources
                .iter()
                .map(|r| serde_json::from_str(&json::resource_schema(&agent, r)).unwrap()),
        );
        for schema in schemas {
            assert_eq!(schema["type"], "object");
            if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
                panic!("{error}: {schema}");
            }
            jsonschema::draft202012::new(&schema).unwrap();
        }
    }
}

/// `PrimitiveSchemaDefinition` of 2025-11-25 has no more kinds than these, and a type that needs others cannot be asked for.
#[test]
fn what_is_asked_for_is_primitive() {
    let asked = |members: &str| {
        let text = format!("{}[types.Asked]\n{members}\n", common::PRELUDE);
        let agent = valid(&text, &common::Memory::default()).agent;
        json::requested_schema(&agent.types[0])
    };
    for (member, expected) in [
        (
            r#""string""#,
            r#"{"type":"object","properties":{"m":{"type":"string"}},"required":["m"]}"#,
        ),
        (
            r#"{ type = "string", format = "email", optional = true, description = "D" }"#,
            r#"{"type":"object","properties":{"m":{"type":"string","description":"D","format":"email"}}}"#,
        ),
        (
            r#"{ type = "string", enum = ["a", "b"], default = "a" }"#,
            r#"{"type":"object","properties":{"m":{"type":"string","enum":["a","b"],"default":"a"}}}"#,
        ),
        (
            r#"{ type = "array", items = { type = "string", enum = ["a", "b"] }, min_items = 1 }"#,
            r#"{"type":"object","properties":{"m":{"type":"array","items":{"type":"string","enum":["a","b"]},"minItems":1}},"required":["m"]}"#,
        ),
        (
            r#"{ type = "number", minimum = 0, maximum = 1 }"#,
            r#"{"type":"object","properties":{"m":{"type":"number","minimum":0,"maximum":1}},"required":["m"]}"#,
        ),
    ] {
        assert_eq!(
            asked(&format!("fields.m = {member}")).as_deref(),
            Some(expected)
        );
    }
    assert_eq!(
        asked("fields = {}").as_deref(),
        Some(r#"{"type":"object","properties":{}}"#)
    );
    for member in [
        r#""any""#,
        r#""Asked""#,
        r#"{ type = "string", format = "uuid" }"#,
        r#"{ type = "array", items = "string" }"#,
        r#"{ type = "array", items = "Asked" }"#,
        r#"{ type = "object", fields = { a = "string" } }"#,
    ] {
        let member = format!("fields.m = {}", member.replace("\"Asked\"", "\"Other\""));
        let text = format!("{member}\n[types.Other]\nfields.x = \"string\"");
        assert_eq!(asked(&text), None, "{member}");
    }
}

#[test]
fn schemas_accept_and_refuse_what_they_should() {
    let agent = agent("codegen/tests/rich");
    let item: Value = serde_json::from_str(&json::tool(&agent, &agent.tools[0])).unwrap();
    let input = jsonschema::draft202012::new(&item["inputSchema"]).unwrap();
    let output = jsonschema::draft202012::new(&item["outputSchema"]).unwrap();
    let case = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert!(input.is_valid(&case(r#"{"since": "2026-01-01"}"#)));
    assert!(!input.is_valid(&case(r#"{"since": "2026-01-01", "limit": 101}"#)));
    assert!(!input.is_valid(&case(r#"{"since": "2026-01-01", "flags": []}"#)));
    assert!(!input.is_valid(&case(r#"{"since": "2026-01-01", "more": 1}"#)));
    assert!(!input.is_valid(&case("{}")));
    assert!(output.is_valid(&case(
        r#"{"orders": [], "comments": [{"text": "a", "answers": [{"text": "b"}]}]}"#
    )));
    assert!(!output.is_valid(&case(
        r#"{"orders": [], "comments": [{"text": "a", "answers": [{"txt": "b"}]}]}"#
    )));
}

#[test]
fn the_schema_of_the_declaration_is_current() {
    assert_eq!(
        golden(
            &root().join("schema/mcp.schema.json"),
            &schema::declaration()
        ),
        None
    );
}

#[test]
fn the_page_of_keys_is_current() {
    let page = reference::keys();
    // A default, and what a claim equals.
    assert_eq!(page.matches("| any |").count(), 2, "{page}");
    assert_eq!(golden(&root().join("docs/keys.md"), &page), None);
}

#[test]
fn the_schema_of_the_declaration_accepts_what_loads() {
    let validator = declaration();
    for file in ["mcp.toml", "codegen/tests/rich/mcp.toml"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&to_json(&text))
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{file}: {errors:#?}");
    }
}

/// Mistakes that an editor can show: unknown keys, wrong types, words, durations, missing keys.
#[test]
fn the_schema_of_the_declaration_refuses_what_the_reader_refuses() {
    let validator = declaration();
    for (name, bad) in [
        ("E0003", true),
        ("E0005", true),
        ("E0007", true),
        ("E0008", true),
        ("E0009", true),
        ("E0010", true),
        ("E0011", true),
        ("E0012", true),
        ("E0101", true),
        ("E0202", true),
        ("E0207", true),
        ("E0208", true),
        ("E0307", true),
        ("E1101", true),
        ("E1102", true),
        // What only the rules know.
        ("E0103", false),
        ("E0503", false),
    ] {
        let folder = root().join("codegen/tests/errors");
        let entry = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap())
            .find(|e| e.file_name().to_str().unwrap().starts_with(name));
        let text = std::fs::read_to_string(entry.unwrap().path().join("mcp.toml")).unwrap();
        assert_eq!(validator.is_valid(&to_json(&text)), !bad, "{name}");
    }
}

/// The keys of the schema are those that the reader asks for: an unknown key's help lists them.
#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema: Value = serde_json::from_str(&schema::declaration()).unwrap();
    let keys = |object: &Value| {
        object["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let def = |name: &str| keys(&schema["$defs"][name]);
    let tables = [
        ("", keys(&schema)),
        ("[server]", keys(&schema["properties"]["server"])),
        ("[transport]", def("Transport")),
        ("[transport.cors]", def("Cors")),
        ("[[server.icons]]", def("Icon")),
        ("[[tools.a.icons]]", def("Icon")),
        (
            "[resources.\"a:b\".annotations]",
            def("ResourceAnnotations"),
        ),
        ("[types.A]", def("NamedType")),
        ("[state]", def("State")),
        ("[tools.a]", def("Tool")),
        ("[tools.a.annotations]", def("Annotations")),
        ("[tools.a.params.p]", def("MemberTable")),
        ("[resources.\"a:b\"]", def("Resource")),
        ("[prompts.a]", def("Prompt")),
        ("[schedules.a]", def("Schedule")),
        ("[websocket]", def("WebSocket")),
        ("[request]", def("Request")),
        ("[deploy]", def("Deploy")),
    ];
    for (header, expected) in tables {
        let text = format!("{header}\nzzzzzzzzzzzz = 1\n");
        let said = common::said(&text, &common::Memory::default());
        let unknown = said.iter().find(|d| d.code.as_str() == "E0003").unwrap();
        let help = unknown.help.as_deref().unwrap();
        let listed: Vec<_> = help
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        assert_eq!(listed, expected, "{header}");
    }
}

fn declaration() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&schema::declaration()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn to_json(text: &str) -> Value {
    fn value(node: &DeValue<'_>) -> Value {
        match node {
            DeValue::String(text) => Value::from(text.as_ref()),
            DeValue::Integer(i) => Value::from(i.as_str().parse::<i64>().unwrap()),
            DeValue::Float(f) => Value::from(f.as_str().parse::<f64>().unwrap()),
            DeValue::Boolean(b) => Value::from(*b),
            DeValue::Datetime(at) => Value::from(at.to_string()),
            DeValue::Array(items) => items.iter().map(|item| value(item.get_ref())).collect(),
            DeValue::Table(members) => Value::Object(table(members)),
        }
    }
    fn table(members: &DeTable<'_>) -> Map<String, Value> {
        members
            .iter()
            .map(|(key, node)| (key.get_ref().to_string(), value(node.get_ref())))
            .collect()
    }
    Value::Object(table(DeTable::parse(text).unwrap().get_ref()))
}
