//! What is wrong with a contract by itself: real clients do not take it, or nobody sees what models read.

use crate::contract::{Contract, Text};
use crate::judge::Finding;
use crate::rule::Rule;
use mcp_agent_codegen::diag::Address;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Tools above this number are many: clients of today stop at 128, and models choose badly long before.
pub const MANY_TOOLS: usize = 100;

/// Tokens of `tools/list` that nobody said anything about.
pub const TOKENS: u64 = 25_000;

/// Characters of a tool's name that clients allow everywhere.
const NAME: usize = 64;

/// What is wrong with `contract`. `tokens` is the budget for `tools/list`.
pub fn lint(contract: &Contract, tokens: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    texts(contract, &mut |address, item, text| {
        let hidden = hidden(text);
        if !hidden.is_empty() {
            let message = format!(
                "{item} has characters that nobody sees: {}",
                hidden.join(", ")
            );
            found.push(finding(Rule::HiddenUnicode, address, item, message));
        }
    });
    for (name, tool) in &contract.tools {
        let at = Address::root().key("tools").key(name);
        let item = format!("tool `{name}`");
        let mut find = |rule, at: Address, message| found.push(finding(rule, at, &item, message));
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.chars().count() > NAME || !name.chars().all(allowed) {
            let message = format!(
                "`{name}` is not a name that all clients take: at most {NAME} of `A-Z`, `a-z`, `0-9`, `_` and `-`"
            );
            find(Rule::ToolName, at.clone(), message);
        }
        let union = ["anyOf", "oneOf", "allOf"]
            .iter()
            .find(|it| tool.input.get(**it).is_some());
        if let Some(keyword) = union {
            let message = format!("the arguments of `{name}` are `{keyword}` at their top");
            find(Rule::TopLevelUnion, at.key("input_schema"), message);
        }
        let Some(output) = &tool.output else { continue };
        if output.get("type").is_none_or(|it| it != "object") {
            let message = format!("what `{name}` answers is of no object");
            find(Rule::OutputNotObject, at.key("output"), message);
        }
        if let Some(keyword) = draft_07(output) {
            let message = format!("what `{name}` answers is described in draft-07: `{keyword}`");
            find(Rule::OutputDraft07, at.key("output"), message);
        }
    }
    let tools = Address::root().key("tools");
    if contract.tools.len() > MANY_TOOLS {
        let message = format!(
            "there are {} tools, and {MANY_TOOLS} are many",
            contract.tools.len()
        );
        found.push(finding(
            Rule::TooManyTools,
            tools.clone(),
            "the tools",
            message,
        ));
    }
    let estimate = estimate(contract);
    if estimate > tokens {
        let message =
            format!("`tools/list` takes about {estimate} tokens, and {tokens} are to be enough");
        found.push(finding(Rule::TokenBudget, tools, "the tools", message));
    }
    found
}

fn finding(rule: Rule, address: Address, item: &str, message: String) -> Finding {
    Finding {
        rule,
        home: address.clone(),
        address,
        item: item.to_owned(),
        message,
        texts: None,
        users: vec![item.to_owned()],
    }
}

/// A keyword that drafts up to 07 have and 2020-12 has not, or has otherwise.
fn draft_07(schema: &Value) -> Option<&'static str> {
    match schema {
        Value::Object(map) => {
            let said = map.get("$schema").and_then(Value::as_str);
            if said.is_some_and(|it| it.contains("draft-0")) {
                return Some("$schema");
            }
            if map.get("items").is_some_and(Value::is_array) {
                return Some("items");
            }
            let old = ["additionalItems", "dependencies", "definitions"];
            let keyword = old.iter().find(|it| map.contains_key(**it)).copied();
            // Names of members are no keywords.
            let inner = map.iter().filter(|(keyword, _)| {
                !matches!(
                    keyword.as_str(),
                    "properties" | "default" | "const" | "enum" | "examples"
                )
            });
            let members = map.get("properties").and_then(Value::as_object);
            let members = members.into_iter().flatten().map(|(_, it)| it);
            keyword.or_else(|| inner.map(|(_, it)| it).chain(members).find_map(draft_07))
        }
        Value::Array(all) => all.iter().find_map(draft_07),
        _ => None,
    }
}

/// How many tokens `tools/list` is for a model, about.
///
/// Tokenizers differ, and clients write tools in their own way: one token for four bytes of what is listed is near enough for a budget.
pub fn estimate(contract: &Contract) -> u64 {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Listed<'t> {
        name: &'t str,
        description: &'t Option<Text>,
        input_schema: &'t Value,
    }
    let types = contract.types.iter();
    let sizes: BTreeMap<&str, usize> = types.map(|(name, it)| (name.as_str(), size(it))).collect();
    let bytes: usize = contract
        .tools
        .iter()
        .map(|(name, tool)| {
            let listed = Listed {
                name,
                description: &tool.description,
                input_schema: &tool.input,
            };
            size(&listed) + types_of(contract, &tool.input, &sizes)
        })
        .sum();
    bytes.div_ceil(4) as u64
}

/// Bytes of what is written, which nobody reads here.
fn size(it: &impl Serialize) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // What has strings for keys can be written, and counting does not fail.
    let _ = serde_json::to_writer(&mut count, it);
    count.0
}

/// Bytes of the types that a schema leads to, which is complete on the wire.
fn types_of(contract: &Contract, schema: &Value, sizes: &BTreeMap<&str, usize>) -> usize {
    let mut seen: Vec<&str> = Vec::new();
    let mut todo = vec![schema];
    let mut bytes = 0;
    while let Some(schema) = todo.pop() {
        match schema {
            Value::Object(map) => {
                let reference = map.get("$ref").and_then(Value::as_str);
                let name = reference.and_then(|it| it.strip_prefix("#/types/"));
                let of = |name| contract.types.get_key_value(name);
                if let Some((name, definition)) = name.and_then(of)
                    && !seen.contains(&name.as_str())
                {
                    seen.push(name);
                    bytes += sizes.get(name.as_str()).copied().unwrap_or_default();
                    todo.push(definition);
                }
                todo.extend(map.values());
            }
            Value::Array(all) => todo.extend(all),
            _ => {}
        }
    }
    bytes
}

/// Every text that somebody reads, with its place.
fn texts(contract: &Contract, see: &mut dyn FnMut(Address, &str, &str)) {
    let root = Address::root();
    let server = root.key("server");
    let mut say = |at: &Address, key: &str, item: &str, text: Option<&str>| {
        if let Some(text) = text {
            see(at.key(key), item, text);
        }
    };
    fn of(text: &Option<Text>) -> Option<&str> {
        text.as_ref().map(|it| it.0.as_str())
    }
    let it = &contract.server;
    say(&server, "title", "the server's title", it.title.as_deref());
    say(
        &server,
        "description",
        "the server's description",
        of(&it.description),
    );
    say(
        &server,
        "instructions",
        "the instructions",
        of(&it.instructions),
    );
    for (name, it) in &contract.tools {
        let (at, item) = (root.key("tools").key(name), format!("tool `{name}`"));
        say(&at, "title", &item, it.title.as_deref());
        say(&at, "description", &item, of(&it.description));
        say(&at, "confirm", &item, of(&it.confirm));
        say(&at, "params", &item, Some(&plain(&it.input)));
        say(
            &at,
            "output",
            &item,
            it.output.as_ref().map(plain).as_deref(),
        );
        let meta = Value::Object(it.meta.clone());
        say(&at, "meta", &item, Some(&plain(&meta)));
    }
    for (uri, it) in &contract.resources {
        let (at, item) = (root.key("resources").key(uri), format!("resource `{uri}`"));
        see_all(
            &mut say,
            &at,
            &item,
            it.title.as_deref(),
            of(&it.description),
            it.params.as_ref(),
        );
    }
    for (name, it) in &contract.prompts {
        let (at, item) = (root.key("prompts").key(name), format!("prompt `{name}`"));
        see_all(
            &mut say,
            &at,
            &item,
            it.title.as_deref(),
            of(&it.description),
            Some(&it.arguments),
        );
        say(&at, "template", &item, of(&it.template));
    }
    for (name, it) in &contract.types {
        say(
            &root.key("types"),
            name,
            &format!("type `{name}`"),
            Some(&plain(it)),
        );
    }
    for (name, words) in contract.auth.iter().flat_map(|it| &it.scopes) {
        let at = root.key("auth").key("scopes");
        say(&at, name, &format!("scope `{name}`"), Some(&words.0));
    }
}

/// All texts in a value, as they are: JSON would write some characters as others.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join("\n"),
        Value::Object(map) => {
            let inside = map.iter().map(|(key, it)| format!("{key}\n{}", plain(it)));
            inside.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// Is told of a text at the key of an address, and whose it is.
type Say<'s> = dyn FnMut(&Address, &str, &str, Option<&str>) + 's;

fn see_all(
    say: &mut Say<'_>,
    at: &Address,
    item: &str,
    title: Option<&str>,
    description: Option<&str>,
    params: Option<&Value>,
) {
    say(at, "title", item, title);
    say(at, "description", item, description);
    say(at, "params", item, params.map(plain).as_deref());
}

/// The characters of a text that are not seen or turn what is seen around, each once: `U+202E`.
fn hidden(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = None;
    for c in text.chars() {
        // An emoji is several characters that are joined, and a joiner between two letters is how some scripts are written.
        let joins = matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE0F}')
            && before.is_some_and(|it: char| !it.is_ascii());
        if is_hidden(c) && !joins {
            let name = format!("`U+{:04X}`", u32::from(c));
            if !found.contains(&name) {
                found.push(name);
            }
        }
        before = Some(c);
    }
    found
}

/// Controls, and what Unicode calls default-ignorable or bidirectional formatting, tags and variation selectors among them.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{00}'..='\u{08}'
            | '\u{0B}'..='\u{0C}'
            | '\u{0E}'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::{draft_07, hidden, plain};
    use serde_json::json;

    #[test]
    fn draft_07_is_told_by_what_only_it_has() {
        for (schema, keyword) in [
            (
                json!({ "$schema": "http://json-schema.org/draft-07/schema#" }),
                Some("$schema"),
            ),
            (
                json!({ "properties": { "at": { "items": [{}] } } }),
                Some("items"),
            ),
            (json!({ "dependencies": {} }), Some("dependencies")),
            (
                json!({ "properties": { "dependencies": { "items": {} } } }),
                None,
            ),
        ] {
            assert_eq!(draft_07(&schema), keyword, "{schema}");
        }
    }

    #[test]
    fn controls_in_schemas_are_seen() {
        let schema = json!({ "properties": { "a": { "description": "A\u{1}, \u{202E}B" } } });
        assert_eq!(hidden(&plain(&schema)), ["`U+0001`", "`U+202E`"]);
        assert!(hidden("a family: \u{1F468}\u{200D}\u{1F467}").is_empty());
    }
}
