//! Types that schemas share, said once.
//!
//! Every schema on the wire is complete and carries its `$defs`. In a contract a definition that is the same wherever it stands is a
//! type of its own, so that a change of it is one change. One of which there are two of a name stays where it is.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Takes the definitions out of `schemas` that are the same in all, and gives them names in `#/types/…`.
pub fn hoist(schemas: &mut [&mut Value]) -> BTreeMap<String, Value> {
    let mut types: BTreeMap<String, Value> = BTreeMap::new();
    let mut local: BTreeSet<String> = BTreeSet::new();
    for schema in schemas.iter_mut() {
        normalise(schema);
        let plain = is_plain(schema);
        for (name, definition) in definitions(schema) {
            match types.get(name) {
                Some(other) if other != definition => local.insert(name.clone()),
                // What has no place for a hash of its own, or says one, is no item of a lock.
                _ if !plain || !definition.is_object() || definition.get("hash").is_some() => {
                    local.insert(name.clone())
                }
                _ => {
                    types.insert(name.clone(), definition.clone());
                    continue;
                }
            };
        }
    }
    // What leads to a definition that stays cannot leave either.
    loop {
        types.retain(|name, _| !local.contains(name));
        let stay = types.iter().filter(|(_, it)| leads_to(it, &local));
        let stay: Vec<String> = stay.map(|(name, _)| name.clone()).collect();
        if stay.is_empty() {
            break;
        }
        local.extend(stay);
    }
    let names: BTreeSet<String> = types.keys().cloned().collect();
    for schema in schemas.iter_mut() {
        if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
            definitions.retain(|name, _| !names.contains(name));
            if definitions.is_empty()
                && let Value::Object(map) = schema
            {
                map.shift_remove("$defs");
            }
        }
        rename(schema, &names);
    }
    types.values_mut().for_each(|it| rename(it, &names));
    types
}

fn definitions(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let all = schema.get("$defs").and_then(Value::as_object);
    all.into_iter().flatten()
}

/// One form: keys and names by the alphabet, `$defs` for the `definitions` of old drafts, and no `$schema` that says what is so anyway.
fn normalise(schema: &mut Value) {
    if let Value::Object(map) = schema {
        let said = map.get("$schema").and_then(Value::as_str);
        if said.is_none_or(|it| it.contains("2020-12")) {
            map.remove("$schema");
        }
        if let Some(old) = map.remove("definitions") {
            map.entry("$defs").or_insert(old);
            rename_from(schema, "#/definitions/", &|it| {
                Some(format!("#/$defs/{it}"))
            });
        }
    }
    order(schema);
}

/// Orders what has no order of its own.
fn order(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            for keyword in ["required", "enum", "type"] {
                if let Some(Value::Array(values)) = map.get_mut(keyword) {
                    values.sort_by_cached_key(Value::to_string);
                    values.dedup();
                }
            }
            let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            for (keyword, value) in &mut entries {
                match keyword.as_str() {
                    // Names, which may be those of keywords.
                    "properties" | "patternProperties" | "$defs" | "dependentSchemas" => {
                        order_members(value);
                    }
                    // Values, and no schemas.
                    "default" | "const" | "enum" | "examples" => value.sort_all_objects(),
                    _ => order(value),
                }
            }
            *map = entries.into_iter().collect();
        }
        Value::Array(values) => values.iter_mut().for_each(order),
        _ => {}
    }
}

/// Orders schemas that stand under names.
fn order_members(members: &mut Value) {
    if let Value::Object(map) = members {
        map.sort_keys();
        map.values_mut().for_each(order);
    }
}

/// Whether all references lead to definitions, so that one can stand elsewhere.
fn is_plain(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => map.iter().all(|(keyword, value)| match keyword.as_str() {
            "$ref" => value
                .as_str()
                .and_then(|it| it.strip_prefix("#/$defs/"))
                .is_some_and(|name| !name.contains(['/', '~', '%'])),
            "$id" | "$anchor" | "$dynamicAnchor" | "$dynamicRef" => false,
            _ => is_plain(value),
        }),
        Value::Array(values) => values.iter().all(is_plain),
        _ => true,
    }
}

fn leads_to(schema: &Value, names: &BTreeSet<String>) -> bool {
    match schema {
        Value::Object(map) => map.iter().any(|(keyword, value)| {
            let name = value.as_str().and_then(|it| it.strip_prefix("#/$defs/"));
            (keyword == "$ref" && name.is_some_and(|it| names.contains(it)))
                || leads_to(value, names)
        }),
        Value::Array(values) => values.iter().any(|it| leads_to(it, names)),
        _ => false,
    }
}

fn rename(schema: &mut Value, names: &BTreeSet<String>) {
    rename_from(schema, "#/$defs/", &|name| {
        names.contains(name).then(|| format!("#/types/{name}"))
    });
}

fn rename_from(schema: &mut Value, prefix: &str, to: &dyn Fn(&str) -> Option<String>) {
    match schema {
        Value::Object(map) => rename_in(map, prefix, to),
        Value::Array(values) => values.iter_mut().for_each(|it| rename_from(it, prefix, to)),
        _ => {}
    }
}

fn rename_in(map: &mut Map<String, Value>, prefix: &str, to: &dyn Fn(&str) -> Option<String>) {
    for (keyword, value) in map {
        let renamed = match value {
            Value::String(reference) if keyword == "$ref" => {
                reference.strip_prefix(prefix).and_then(to)
            }
            _ => None,
        };
        match renamed {
            Some(reference) => *value = reference.into(),
            None => rename_from(value, prefix, to),
        }
    }
}
