//! The JSON Schema of `mcp.toml`, out of the types that the reader makes.

use crate::read::raw::Raw;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

/// The JSON Schema of a declaration, indented, ending with a newline. Editors complete and check keys with it.
pub fn declaration() -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.transforms.clear();
        settings.transforms.push(Box::new(RecursiveTransform(Tidy)));
    });
    let mut schema = settings.into_generator().into_root_schema_for::<Raw>();
    schema.insert("title".into(), Value::from("mcp.toml"));
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    // JSON has no comments; as the first member it stands where they do.
    text.insert_str(1, "\n  \"$comment\": \"Derived by `mcp-gen sync` in a project, by `mcp-gen schema --out` elsewhere.\",");
    text.push('\n');
    text
}

/// What schemars says of Rust and not of TOML: an absent key is absent there, and never `null`; integers have no width.
#[derive(Clone)]
struct Tidy;

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|ty| ty != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".into(), only);
            }
        }
        if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
            choices.retain(|choice| choice.get("type").is_none_or(|ty| ty != "null"));
            if let [only] = choices.as_slice() {
                let only = only.clone();
                object.remove("anyOf");
                for (key, value) in only.as_object().into_iter().flatten() {
                    object.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        object.remove("format");
    }
}
