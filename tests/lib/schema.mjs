// Validates what the server answers against the specification's JSON Schemas, when `MCP_SPEC_SCHEMAS` names them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./tools.mjs";

const folder = process.env.MCP_SPEC_SCHEMAS;
let told = false;

const RESULTS = {
  initialize: "InitializeResult",
  ping: "EmptyResult",
  "server/discover": "DiscoverResult",
  "tools/list": "ListToolsResult",
  "tools/call": "CallToolResult",
  "resources/list": "ListResourcesResult",
  "resources/templates/list": "ListResourceTemplatesResult",
  "resources/read": "ReadResourceResult",
  "prompts/list": "ListPromptsResult",
  "prompts/get": "GetPromptResult",
};

const versions = new Map();

function validators(version) {
  if (versions.has(version)) return versions.get(version);
  const file = join(folder, version, "schema.json");
  if (!existsSync(file)) throw new Error(`MCP_SPEC_SCHEMAS has no ${version}/schema.json`);
  const schema = JSON.parse(readFileSync(file, "utf8"));
  const modern = schema.$defs !== undefined;
  const Ajv = load(modern ? "ajv/dist/2020" : "ajv").default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  load("ajv-formats").default(ajv);
  const root = modern ? "$defs" : "definitions";
  ajv.addSchema(schema, "mcp");
  const entry = {
    has: (name) => schema[root][name] !== undefined,
    of: (name) => ajv.getSchema(`mcp#/${root}/${name}`),
  };
  versions.set(version, entry);
  return entry;
}

function assertValid(version, names, value) {
  const all = validators(version);
  const name = names.find((n) => all.has(n));
  if (!name) throw new Error(`the schema of ${version} has none of ${names}`);
  const validate = all.of(name);
  if (!validate(value)) {
    const errors = validate.errors.map((e) => `  ${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`).join("\n");
    throw new Error(`not a valid ${name} of ${version}:\n${errors}\n${JSON.stringify(value).slice(0, 2_000)}`);
  }
}

/** Asserts that `message` is a legal response to `method` in `version`. Without schemas it does nothing. */
export function validateResponse(version, method, message) {
  if (!folder) {
    if (!told) console.error("note: MCP_SPEC_SCHEMAS is not set: answers are NOT validated against the specification's schemas in this run");
    told = true;
    return;
  }
  if (message.error) {
    // A response to what could not be read has no id, or a null one; only the newest schemas admit that.
    if (message.id === null || message.id === undefined) {
      if (version >= "2025-11-25" && message.id === undefined) assertValid(version, ["JSONRPCErrorResponse"], message);
      return;
    }
    assertValid(version, ["JSONRPCErrorResponse", "JSONRPCError"], message);
    return;
  }
  assertValid(version, ["JSONRPCResultResponse", "JSONRPCResponse"], message);
  if (RESULTS[method]) assertValid(version, [RESULTS[method]], message.result);
}
