//! The contract that can be seen from outside: what a server lists.

use crate::contract::{Contract, Prompt, Resource, Server, Text, Tool};
use crate::make::annotations;
use mcp_agent_codegen::emit::json as wire;
use mcp_agent_codegen::model::{self, Agent, META_PREFIX, Uri};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// What a server says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// `Implementation`.
    pub server: &'a Value,
    /// `instructions`.
    pub instructions: Option<&'a str>,
    /// `tools/list`.
    pub tools: &'a [Value],
    /// `resources/list`.
    pub resources: &'a [Value],
    /// `resources/templates/list`.
    pub templates: &'a [Value],
    /// `prompts/list`.
    pub prompts: &'a [Value],
}

/// The contract of what is listed. What clients do not see is not in it.
pub fn contract(listed: Listed<'_>) -> Contract {
    let named = |it: &Value| it["name"].as_str().unwrap_or_default().to_owned();
    let mut contract = Contract {
        server: server(listed.server, listed.instructions),
        tools: listed
            .tools
            .iter()
            .map(|it| (named(it), tool(it)))
            .collect(),
        resources: listed
            .resources
            .iter()
            .map(|it| (text(it, "uri").unwrap_or_default(), resource(it)))
            .chain(listed.templates.iter().map(|it| {
                let uri = text(it, "uriTemplate").unwrap_or_default();
                (uri, resource(it))
            }))
            .collect(),
        prompts: listed
            .prompts
            .iter()
            .map(|it| (named(it), prompt(it)))
            .collect(),
        ..Contract::default()
    };
    contract.name_types();
    contract
}

/// The tools of `agent` as it lists them, in their order. `known` are those of a compiled crate, where it is one.
pub fn tools_of(agent: &Agent, known: &[Value]) -> Vec<Value> {
    let known: HashMap<&str, &Value> = known
        .iter()
        .filter_map(|it| Some((it["name"].as_str()?, it)))
        .collect();
    let listed = |it: &model::Tool| match known.get(it.name.as_str()) {
        Some(tool) => (*tool).clone(),
        // What codegen writes is JSON.
        None => serde_json::from_str(&wire::tool(agent, it)).unwrap_or_default(),
    };
    agent.tools.iter().map(listed).collect()
}

/// What `agent` lists, as a server that was asked. `tools` are those of a compiled crate, where it is one.
pub fn seen(agent: &Agent, tools: &[Value]) -> Contract {
    let parse = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_default();
    let (templates, resources): (Vec<_>, Vec<_>) = agent
        .resources
        .iter()
        .partition(|it| matches!(it.uri, Uri::Template(_)));
    let resource = |it: &&mcp_agent_codegen::model::Resource| parse(wire::resource(agent, it));
    contract(Listed {
        server: &parse(wire::server(&agent.server)),
        instructions: agent.server.instructions.as_deref(),
        tools: &tools_of(agent, tools),
        resources: &resources.iter().map(resource).collect::<Vec<_>>(),
        templates: &templates.iter().map(resource).collect::<Vec<_>>(),
        prompts: &agent
            .prompts
            .iter()
            .map(|it| parse(wire::prompt(agent, it)))
            .collect::<Vec<_>>(),
    })
}

fn text(it: &Value, key: &str) -> Option<String> {
    it.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn words(it: &Value) -> Option<Text> {
    text(it, "description").map(Text)
}

fn meta(it: &Value) -> Map<String, Value> {
    let mut meta = it["_meta"].as_object().cloned().unwrap_or_default();
    meta.sort_keys();
    meta
}

fn server(it: &Value, instructions: Option<&str>) -> Server {
    Server {
        name: text(it, "name").unwrap_or_default(),
        title: text(it, "title"),
        version: text(it, "version").unwrap_or_default(),
        description: words(it),
        instructions: instructions.map(|it| Text(it.to_owned())),
        website: text(it, "websiteUrl"),
    }
}

fn tool(it: &Value) -> Tool {
    // Before there were titles of tools, there were titles of annotations.
    let title = text(it, "title").or_else(|| text(&it["annotations"], "title"));
    let input = match &it["inputSchema"] {
        schema @ Value::Object(_) => schema.clone(),
        _ => json!({ "type": "object" }),
    };
    let own = |key: &str| it["_meta"].get(format!("{META_PREFIX}/{key}"));
    let aliases = own("aliases").and_then(Value::as_array);
    let aliases = aliases.into_iter().flatten().filter_map(Value::as_str);
    Tool {
        title,
        description: words(it),
        aliases: aliases.map(str::to_owned).collect(),
        deprecated: own("deprecated").and_then(|it| serde_json::from_value(it.clone()).ok()),
        annotations: annotations(it),
        input,
        output: it.get("outputSchema").filter(|it| it.is_object()).cloned(),
        meta: meta(it),
        ..Tool::default()
    }
}

fn resource(it: &Value) -> Resource {
    let mut annotations = it["annotations"].as_object().cloned().unwrap_or_default();
    annotations.sort_keys();
    Resource {
        name: text(it, "name").unwrap_or_default(),
        title: text(it, "title"),
        description: words(it),
        mime: text(it, "mimeType"),
        annotations,
        meta: meta(it),
        ..Resource::default()
    }
}

/// Arguments of prompts are strings, and there is no more to see of them.
fn prompt(it: &Value) -> Prompt {
    let arguments = it["arguments"].as_array();
    let arguments = arguments.into_iter().flatten();
    let mut properties = Map::new();
    let mut required = Vec::new();
    for argument in arguments {
        let name = text(argument, "name").unwrap_or_default();
        let mut schema = Map::new();
        schema.insert("type".into(), "string".into());
        if let Some(words) = text(argument, "description") {
            schema.insert("description".into(), words.into());
        }
        if argument["required"] == true {
            required.push(Value::from(name.as_str()));
        }
        properties.insert(name, schema.into());
    }
    Prompt {
        title: text(it, "title"),
        description: words(it),
        arguments: json!({ "type": "object", "properties": properties, "required": required }),
        meta: meta(it),
        ..Prompt::default()
    }
}
