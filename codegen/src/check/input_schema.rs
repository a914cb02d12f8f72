//! Input schemas in files of their own.

use super::Cx;
use super::file::{MAX_INPUT_SCHEMA, check_text_file};
use super::schema_walk::{self, Findings};
use crate::diag::{Address, Code};
use crate::model::Input;
use serde_json::Value;

/// The keywords of JSON Schema 2020-12 that are enforced before a handler runs.
pub const ENFORCED: [&str; 33] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "definitions",
    "else",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "then",
    "type",
    "uniqueItems",
];

/// The keywords that say something to readers and nothing to a validator. An `$anchor` names a place that no `$ref` here may lead to.
pub const ANNOTATIONS: [&str; 14] = [
    "$anchor",
    "$comment",
    "$id",
    "$schema",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// A schema that is sent byte for byte is still one that can be enforced: JSON, of an object, with keywords that are well formed and
/// references that lead somewhere inside of it.
pub(super) fn check_input_schema(cx: &mut Cx<'_>, at: &Address, path: &str) -> Input {
    let Some(text) = check_text_file(cx, at, path, MAX_INPUT_SCHEMA) else {
        return Input::Fields(Vec::new());
    };
    let text = text.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(root @ Value::Object(_)) => check_root(cx, at, path, &root),
        Ok(_) => {
            cx.report(
                Code::SchemaNotObject,
                at,
                format!("`{path}` is JSON, but not an object"),
            )
            .help("{ \"type\": \"object\", \"properties\": {} }");
        }
        Err(error) => {
            // The message of serde_json ends with the place.
            cx.report(
                Code::SchemaNotJson,
                at,
                format!("`{path}` is not JSON: {error}"),
            )
            .help("an input schema is JSON, without comments and trailing commas");
        }
    }
    Input::Schema {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn check_root(cx: &mut Cx<'_>, at: &Address, path: &str, root: &Value) {
    if root.get("type") != Some(&Value::from("object")) {
        cx.report(
            Code::SchemaNotObject,
            at,
            format!("`{path}` is not the schema of an object: arguments are one"),
        )
        .help("\"type\": \"object\" at the top of the file");
    }
    let dialect = root
        .get("$schema")
        .and_then(Value::as_str)
        .unwrap_or("https://json-schema.org/draft/2020-12/schema");
    if !dialect.contains("json-schema.org/draft/2020-12/") {
        cx.report(
            Code::OtherDialect,
            at,
            format!("`{path}` is written for another dialect: `{dialect}`"),
        )
        .help("it is enforced as JSON Schema 2020-12; check what its keywords mean there");
    }
    let Findings {
        problems,
        unenforced,
    } = schema_walk::walk(root);
    for (pointer, what) in problems {
        cx.report(
            Code::BadSchema,
            at,
            format!("`{path}` is malformed at `{pointer}`: {what}"),
        )
        .help("see JSON Schema 2020-12, sections 10 and 11, and Validation, section 6");
    }
    for (keyword, pointer) in unenforced {
        cx.report(
            Code::KeywordNotEnforced,
            at,
            format!("`{keyword}` at `{pointer}` of `{path}` is sent to clients, but not enforced"),
        )
        .help("check it in the handler");
    }
}
