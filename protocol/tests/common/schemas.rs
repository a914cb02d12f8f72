//! What is answered, against the specification's own schemas, when `MCP_SPEC_SCHEMAS` names their folder (`<version>/schema.json`).

use jsonschema::Validator;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

thread_local! {
    static VALIDATORS: RefCell<HashMap<(String, String), Validator>> = RefCell::default();
}

/// Fails when `message` is no legal answer to `method` in this version.
pub fn check(version: &str, method: &str, message: &Value) {
    let Some(folder) = std::env::var_os("MCP_SPEC_SCHEMAS").map(PathBuf::from) else {
        return;
    };
    let newer = version >= "2025-11-25";
    if message.get("error").is_some() {
        // What could not be read has no `id`, which only newer versions admit, or `null`, which none does.
        if message.get("id").is_some_and(|id| !id.is_null()) {
            let name = if newer {
                "JSONRPCErrorResponse"
            } else {
                "JSONRPCError"
            };
            valid(&folder, version, name, message);
        }
        return;
    }
    let name = if newer {
        "JSONRPCResultResponse"
    } else {
        "JSONRPCResponse"
    };
    valid(&folder, version, name, message);
    let name = match method {
        "initialize" => "InitializeResult",
        "ping" => "EmptyResult",
        "server/discover" => "DiscoverResult",
        "tools/list" => "ListToolsResult",
        "tools/call" => "CallToolResult",
        "resources/list" => "ListResourcesResult",
        "resources/templates/list" => "ListResourceTemplatesResult",
        "resources/read" => "ReadResourceResult",
        "prompts/list" => "ListPromptsResult",
        "prompts/get" => "GetPromptResult",
        "completion/complete" => "CompleteResult",
        _ => return,
    };
    valid(&folder, version, name, &message["result"]);
}

/// Fails when `message`, which a server sent without being asked, is no legal one of this version.
pub fn sent(version: &str, message: &Value) {
    let Some(folder) = std::env::var_os("MCP_SPEC_SCHEMAS").map(PathBuf::from) else {
        return;
    };
    match (message.get("method"), message.get("id")) {
        (Some(_), Some(_)) => valid(&folder, version, "ServerRequest", message),
        (Some(_), None) => valid(&folder, version, "ServerNotification", message),
        (None, _) => check(version, "", message),
    }
}

fn valid(folder: &std::path::Path, version: &str, name: &str, value: &Value) {
    let key = (version.to_owned(), name.to_owned());
    VALIDATORS.with_borrow_mut(|validators| {
        let validator = validators.entry(key).or_insert_with(|| {
            let file = folder.join(version).join("schema.json");
            let text = std::fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let mut schema: Value = serde_json::from_str(&text).expect("a schema");
            let root = if schema.get("$defs").is_some() {
                "$defs"
            } else {
                "definitions"
            };
            assert!(schema[root].get(name).is_some(), "{version} has no {name}");
            schema["$ref"] = json!(format!("#/{root}/{name}"));
            jsonschema::validator_for(&schema).expect("a schema")
        });
        let errors: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "not a valid {name} of {version}: {value}\n{}",
            errors.join("\n")
        );
    });
}
