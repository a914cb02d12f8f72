// Validates what the server says against the specification's JSON Schemas, when `MCP_SPEC_SCHEMAS` names them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TASKS_SCHEMA } from "./tasks-schema.mjs";
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
  "completion/complete": "CompleteResult",
  "logging/setLevel": "EmptyResult",
  "resources/subscribe": "EmptyResult",
  "resources/unsubscribe": "EmptyResult",
  "subscriptions/listen": "SubscriptionsListenResult",
  "tasks/get": "GetTaskResult",
  "tasks/update": "TaskHeardResult",
  "tasks/cancel": "TaskHeardResult",
};

/** Where a question may come instead of the result, in versions without sessions. */
const ASKING = ["tools/call", "resources/read", "prompts/get"];

/** What a server may ask of a client, and tell it. */
const REQUESTS = {
  ping: "PingRequest",
  "elicitation/create": "ElicitRequest",
  "sampling/createMessage": "CreateMessageRequest",
  "roots/list": "ListRootsRequest",
};
const NOTIFICATIONS = {
  "notifications/progress": "ProgressNotification",
  "notifications/message": "LoggingMessageNotification",
  "notifications/cancelled": "CancelledNotification",
  "notifications/resources/updated": "ResourceUpdatedNotification",
  "notifications/resources/list_changed": "ResourceListChangedNotification",
  "notifications/tools/list_changed": "ToolListChangedNotification",
  "notifications/prompts/list_changed": "PromptListChangedNotification",
  "notifications/elicitation/complete": "ElicitationCompleteNotification",
  "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
  "notifications/tasks": "TaskStatusNotification",
};
/** Errors that have a shape of their own. */
const ERRORS = { [-32020]: "HeaderMismatchError", [-32021]: "MissingRequiredClientCapabilityError", [-32022]: "UnsupportedProtocolVersionError" };

const versions = new Map();
const stateless = (version) => version >= "2026-07-28";

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
  const extension = modern && stateless(version) ? TASKS_SCHEMA : { $defs: {} };
  ajv.addSchema(extension, "tasks");
  const entry = {
    has: (name) => schema[root][name] !== undefined || extension.$defs[name] !== undefined,
    of: (name) => ajv.getSchema(extension.$defs[name] === undefined ? `mcp#/${root}/${name}` : `tasks#/$defs/${name}`),
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

/** Whether there are schemas. Says once that there are none. */
function enabled() {
  if (!folder && !told) {
    console.error("note: MCP_SPEC_SCHEMAS is not set: answers are NOT validated against the specification's schemas in this run");
    told = true;
  }
  return Boolean(folder);
}

/**
 * Asserts that `message`, which came on a stream, is one that a server of `version` may send: a request, a notification, or a response to the request
 * that `methodOf` knows by its id. A response to nothing is an error with and without schemas.
 */
export function validateMessage(version, message, methodOf) {
  if (message.method === undefined) {
    const method = methodOf(message.id);
    if (method === undefined) throw new Error(`a response to a request that nobody made: ${JSON.stringify(message)}`);
    return validateResponse(version, method, message);
  }
  const request = message.id !== undefined;
  // Without sessions, a server asks in results alone.
  if (request && stateless(version)) throw new Error(`a server of ${version} makes no requests: ${JSON.stringify(message)}`);
  const name = (request ? REQUESTS : NOTIFICATIONS)[message.method];
  if (!name) throw new Error(`no server of these tests says ${JSON.stringify(message)}`);
  if (!enabled()) return;
  assertValid(version, [request ? "JSONRPCRequest" : "JSONRPCNotification"], message);
  assertValid(version, [name], message);
}

/** Asserts that `message` is a legal response to `method` in `version`. Without schemas it does nothing. */
export function validateResponse(version, method, message) {
  if (!enabled()) return;
  if (message.error) {
    // A response to what could not be read has no id, or a null one; only the newest schemas admit that.
    if (message.id === null || message.id === undefined) {
      if (version >= "2025-11-25" && message.id === undefined) assertValid(version, ["JSONRPCErrorResponse"], message);
      return;
    }
    assertValid(version, ["JSONRPCErrorResponse", "JSONRPCError"], message);
    const shape = ERRORS[message.error.code];
    if (shape && stateless(version)) assertValid(version, [shape], message);
    return;
  }
  assertValid(version, ["JSONRPCResultResponse", "JSONRPCResponse"], message);
  const { resultType } = message.result;
  if (stateless(version) && resultType === undefined) throw new Error(`a result of no type: ${JSON.stringify(message)}`);
  if (resultType === "input_required") {
    if (!ASKING.includes(method)) throw new Error(`${method} may not ask: ${JSON.stringify(message)}`);
    assertValid(version, ["InputRequiredResult"], message.result);
    return;
  }
  if (resultType === "task") {
    if (method !== "tools/call") throw new Error(`${method} becomes no task: ${JSON.stringify(message)}`);
    assertValid(version, ["CreateTaskResult"], message.result);
    return;
  }
  if (RESULTS[method]) assertValid(version, [RESULTS[method]], message.result);
}
