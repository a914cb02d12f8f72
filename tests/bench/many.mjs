// An agent with as many tools as one likes, all alike: what ours is generated from (`write-agent.mjs`), and what the peers register.

/** What `greet` of the reference agent answers. */
export const greeting = (name, style) => (style === "warm" ? `How good to see you, ${name}!` : `Hello, ${name}.`);

/** What each of the tools answers. */
export const repeat = (text, times) => Array(times).fill(text).join(" ");

/** The tools: `{ name, description }`; all take a text and how often to repeat it. */
export function manyTools(count) {
  return Array.from({ length: count }, (_, i) => {
    const number = String(i).padStart(4, "0");
    return { name: `tool_${number}`, description: `Tool ${number} of ${count}: repeats the text that it is given, as often as it is told to.` };
  });
}

/** The declaration. */
export const declaration = (name, count) => `schema_version = 1

[server]
name = "${name}"
version = "1.0.0"
${manyTools(count).map(({ name, description }) => `
[tools.${name}]
description = "${description}"
params.text = { type = "string", min_length = 1, max_length = 200, description = "What to repeat" }
params.times = { type = "integer", minimum = 1, maximum = 9, default = 1, description = "How often" }
annotations = { read_only = true }
`).join("")}`;

/** The handlers. */
export const handlers = (count) => `//! Written by the bench: tools that are all alike.

use mcp_agent::prelude::*;

/// The agent that \`mcp.toml\` declares.
#[mcp_agent(config = "mcp.toml")]
pub struct Many;

/// What every tool does.
fn repeat(text: &str, times: i64) -> String {
    let mut all = text.to_owned();
    for _ in 1..times {
        all.push(' ');
        all.push_str(text);
    }
    all
}

impl many::Handlers for Many {${manyTools(count).map(({ name }) => `
    async fn ${name}(_cx: &Cx, p: many::${name.replace("tool_", "Tool")}Params) -> Result<String> {
        Ok(repeat(&p.text, p.times))
    }
`).join("")}}
`;
